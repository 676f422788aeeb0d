"""Late messages: old rows from a phone are answered as what they are, once, or wait for a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.inbound.test_second_looks import reached
from tests.making import ACCOUNT, ANN, BOB, NOON, direct_chat, inbound
from tests.rig import open_to_all, running
from tests.waiting import until

from openclaw.domain.admission import Reason
from openclaw.domain.ids import AccountId, RowId
from openclaw.domain.messages import InboundMessage, MessageState
from openclaw.store import Ledger, accounts, messages

HOURS_AGO = NOON - timedelta(hours=5)


def late_document(**late: Any) -> dict[str, Any]:
    """Everybody may write, and late messages are met as told."""
    document = open_to_all()
    document["messages"]["late"] = late
    return document


def old(row: int, text: str, sender: str = ANN) -> InboundMessage:
    """A message of five hours ago."""
    chat = direct_chat(sender, 1 if sender == ANN else 2)
    return inbound(row, text, chat=chat, sender=sender, at=HOURS_AGO + timedelta(minutes=row))


async def test_a_few_late_messages_are_answered_like_others(ledger: Ledger) -> None:
    """Up to ``maxTurns`` late messages of a chat need no digest; the agent is told that they are old."""
    async with running(ledger, late_document()) as rig:
        await rig.hear(old(1, "are you there?"))
        assert await rig.phone.texts(1) == ["You said are you there?"]
        assert "could not reach you until now" in rig.agent.prompts[0].instructions


async def test_many_late_messages_of_a_chat_become_one_turn(ledger: Ledger) -> None:
    """oc#89237: after a Push recovery fourteen old messages were answered one by one; now once, saying how many."""
    document = late_document()
    document["messages"]["queue"]["mode"] = "followup"
    async with running(ledger, document) as rig:
        await rig.hear(*(old(n, f"message {n}") for n in range(1, 8)))
        await rig.hear(*(old(n, f"message {n}") for n in range(8, 15)), old(20, "only me", BOB))
        await reached(ledger, MessageState.ANSWERED, 15)
        assert len(await rig.phone.texts(2)) == 2
    asked = {prompt.text.count("message"): prompt for prompt in rig.agent.prompts}
    assert set(asked) == {14, 0}
    assert "14 of these messages were written between" in asked[14].instructions


async def test_a_digest_leaves_nothing_out_of_the_count(ledger: Ledger) -> None:
    """A prompt stays readable: the newest fifty are shown, the others counted, and all of them answered."""
    async with running(ledger, late_document()) as rig:
        await rig.hear(*(old(n, f"message {n}") for n in range(1, 121)))
        await reached(ledger, MessageState.ANSWERED, 120)
    [prompt] = rig.agent.prompts
    assert prompt.text.startswith("⟦70 earlier messages are left out here⟧")
    assert prompt.text.endswith("message 120")


async def test_late_messages_may_wait_for_a_person(ledger: Ledger) -> None:
    """``policy: hold``: the operator releases what is to be answered; nothing is lost."""
    async with running(ledger, late_document(policy="hold")) as rig:
        await rig.hear(old(1, "one"), old(2, "two"))
        held = list(await reached(ledger, MessageState.LATE, 2))
        assert [one.message.text for one in held] == ["one", "two"]
        await ledger.write(lambda tx: messages.release(tx, [held[0].id], NOON))
        await rig.gateway.judge([held[0].id])
        assert await rig.phone.texts(1) == ["You said one"]
        assert len(await reached(ledger, MessageState.LATE)) == 1


async def test_late_messages_may_be_answered_one_by_one(ledger: Ledger) -> None:
    """``policy: answer`` treats them as if they had just come."""
    document = late_document(policy="answer", maxTurns=1)
    document["messages"]["queue"]["mode"] = "followup"
    async with running(ledger, document) as rig:
        await rig.hear(old(1, "one"), old(2, "two"))
        assert await rig.phone.texts(2) == ["You said one", "You said two"]


async def test_a_backlog_of_strangers_makes_nothing_to_release(ledger: Ledger) -> None:
    """Lateness is judged after admission (design section 5): old spam is dropped like new spam."""
    document = late_document()
    document["channels"]["imessage"] |= {"dmPolicy": "allowlist", "allowFrom": [BOB]}
    async with running(ledger, document) as rig:
        await rig.hear(*(old(n, f"buy {n}") for n in range(1, 30)))
        await reached(ledger, MessageState.DROPPED, 29)
    assert rig.agent.prompts == []


async def test_a_command_that_comes_late_is_not_carried_out(ledger: Ledger) -> None:
    """A /stop of this morning must not end what runs now; it is refused visibly."""
    async with running(ledger, late_document()) as rig:
        await rig.hear(old(1, "/status"))
        [dropped] = await reached(ledger, MessageState.DROPPED)
        assert dropped.reason == Reason.COMMAND_LATE
    assert rig.phone.sent == []


async def test_a_phone_whose_clock_is_behind_is_not_late(ledger: Ledger) -> None:
    """Age counts against the account's usual clock offset, as the rows of our own bubbles show it."""
    behind = NOON - timedelta(hours=1)
    async with running(ledger, late_document(policy="hold")) as rig:
        rig.phone.clock = lambda: behind
        await rig.hear(inbound(1, "hello"))
        await rig.phone.texts(1)
        await reached(ledger, MessageState.OURS)
        await rig.hear(inbound(2, "again", at=behind))
        assert await rig.phone.texts(2) == ["You said hello", "You said again"]


async def test_a_backlog_goes_on_after_a_restart(ledger: Ledger) -> None:
    """What had been admitted late is on disk; the next start answers it."""
    async with running(ledger, late_document(policy="hold")) as rig:
        await rig.hear(old(1, "one"))
        await reached(ledger, MessageState.LATE)
    async with running(ledger, late_document()) as rig:
        assert await rig.phone.texts(1) == ["You said one"]
    assert rig.agent.prompts[0].text == "one"
    assert rig.phone.sent[0].account == ACCOUNT


async def test_a_backlog_goes_on_after_a_restart_behind_that_of_another_account_however_long(
    ledger: Ledger,
) -> None:
    """Two accounts were cut off while they caught up; the second one's few rows stand behind many of the first."""
    accounts, other = {"default": {}, "work": {"dbPath": "/work.db"}}, AccountId("work")
    document = open_to_all(accounts=accounts)
    async with running(ledger, document | {"messages": {"late": {"policy": "hold"}}}) as rig:
        await rig.hear(*(replace(old(n, "hello?"), sent_at=HOURS_AGO) for n in range(1, 1002)))
        await rig.gateway.receive(other, [replace(old(1, "only one", BOB), account=other)])
    async with running(ledger, document):

        async def gone() -> bool:
            return not await ledger.read(lambda tx: messages.in_state(tx, MessageState.LATE, account=other))

        await until(gone, "the other account's backlog goes on")


async def test_what_was_written_before_the_first_start_is_never_answered(ledger: Ledger) -> None:
    """oc#2551: iCloud brought rows of years ago with new numbers, and they were answered: here they are refused."""
    async with running(ledger, late_document()) as rig:
        years_ago = NOON - timedelta(days=3000)
        await rig.hear(
            inbound(1, "still mine?", at=years_ago), inbound(2, "hello", chat=direct_chat(BOB, 2), sender=BOB)
        )
        [dropped] = await reached(ledger, MessageState.DROPPED)
        assert dropped.reason == Reason.BEFORE_START
        assert await rig.phone.texts(1) == ["You said hello"]
    assert len(rig.agent.prompts) == 1


async def test_a_phone_whose_clock_is_behind_at_the_first_start_is_heard(ledger: Ledger) -> None:
    """Nothing shows the difference of the clocks yet; what is newer than the phone's newest row then is new."""
    behind = NOON - timedelta(days=3)
    await ledger.write(lambda tx: accounts.begin(tx, ACCOUNT, RowId(0), NOON, behind - timedelta(hours=1)))
    async with running(ledger, late_document()) as rig:
        await rig.hear(inbound(1, "hello", at=behind))
        assert await rig.phone.texts(1) == ["You said hello"]
        await rig.hear(inbound(2, "of years ago", at=behind - timedelta(days=900)))
        [dropped] = await reached(ledger, MessageState.DROPPED)
        assert dropped.reason == Reason.BEFORE_START
