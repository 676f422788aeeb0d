"""Doubtful rows: what they become decides, and nobody waits for them for long."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.making import ANN, BOB, NOON, direct_chat, group_chat, inbound
from tests.rig import Phone, open_to_all, running
from tests.waiting import until

from openclaw.domain.admission import Reason
from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import AccountId, ChatRowId, MessageGuid, MessageId
from openclaw.domain.messages import InboundMessage, LedgerMessage, MessageState
from openclaw.errors import WireError
from openclaw.inbound.second_looks import Doubt, Look, SecondLooks
from openclaw.store import Ledger, checkpoints, messages

LONG = "The train leaves at nine from platform four."


async def reached(ledger: Ledger, state: MessageState, count: int = 1) -> Collection[LedgerMessage]:
    """The messages in ``state``, once there are ``count``."""

    async def look() -> Collection[LedgerMessage] | None:
        found = await ledger.read(lambda tx: messages.in_state(tx, state))
        return found if len(found) >= count else None

    return await until(look, f"{count} messages {state}")


def shown(row: InboundMessage, becomes: InboundMessage) -> Phone:
    """A phone on which ``row`` has become something else when it is read again."""
    phone = Phone()
    phone.shows[row.guid] = becomes
    return phone


@pytest.mark.parametrize(
    "early",
    [
        replace(inbound(1, "hello"), chat=None),
        replace(inbound(1, "hello"), text=""),
        replace(inbound(1, "hello"), from_me=None),
    ],
    ids=["without its chat", "without its text", "without its direction"],
)
async def test_a_row_that_came_too_early_is_answered_as_what_it_becomes(
    ledger: Ledger, early: InboundMessage
) -> None:
    """imsg reports a row once, as it is at that moment (imsg contract 5.2); what it becomes is answered, once."""
    phone = shown(early, inbound(1, "hello"))
    async with running(ledger, open_to_all(), phone=phone) as rig:
        await rig.hear(early)
        assert await phone.texts(1) == ["You said hello"]
        await reached(ledger, MessageState.ANSWERED)
    assert [sent.target for sent in phone.sent] == [direct_chat()]


async def test_an_own_row_that_first_shows_as_the_peers_is_never_answered(ledger: Ledger) -> None:
    """imsg#80: macOS flips is_from_me after the row was written; a bubble of ours still open makes it doubtful."""
    phone = Phone()
    phone.shows_own_rows = False
    async with running(ledger, open_to_all(), phone=phone) as rig:
        await rig.hear(inbound(1, "hi"))
        assert await phone.texts(1) == ["You said hi"]
        early = inbound(2, "You said hi", from_me=False)
        phone.shows[early.guid] = replace(early, from_me=True)
        await rig.hear(early)
        [ours] = await reached(ledger, MessageState.OURS)
        assert ours.message.from_me is True
    assert len(phone.sent) == 1
    assert len(rig.agent.prompts) == 1


async def test_a_person_who_says_the_same_short_word_is_answered(ledger: Ledger) -> None:
    """The echo gate must not swallow a person's "ok" (demand A): the own row comes, so the other one is a person's."""
    phone = Phone()
    async with running(ledger, open_to_all(responsePrefix=""), phone=phone) as rig:
        rig.agent.behave = rig.agent.saying("ok")
        await rig.hear(inbound(1, "is it fine?"))
        await phone.texts(1)
        await rig.hear(inbound(2, "ok"))
        assert await phone.texts(2) == ["ok", "ok"]


async def test_a_short_word_that_stays_the_peers_is_a_person_even_while_ours_is_missing(
    ledger: Ledger,
) -> None:
    """After the last look nothing more can be learnt: short words are a person's, long ones ours (design section 4)."""
    phone = Phone()
    phone.shows_own_rows = False
    async with running(ledger, open_to_all(), phone=phone) as rig:
        rig.agent.behave = rig.agent.saying("ok")
        await rig.hear(inbound(1, "is it fine?"))
        await phone.texts(1)
        await rig.hear(inbound(2, "ok"))
        assert await phone.texts(2) == ["ok", "ok"]

        rig.agent.behave = rig.agent.saying(LONG)
        await rig.hear(inbound(3, "when?", chat=direct_chat(BOB, 2), sender=BOB))
        await phone.texts(3)
        await rig.hear(inbound(4, LONG, chat=direct_chat(BOB, 2), sender=BOB))
        [ours] = await reached(ledger, MessageState.OURS)
        assert ours.message.row_id == 4


async def test_what_stays_incomplete_ends_with_its_reason_after_four_looks(ledger: Ledger) -> None:
    """Empty is dropped, chatless quarantined, without direction held; each is visible (design section 5)."""
    async with running(ledger, open_to_all()) as rig:
        await rig.hear(
            replace(inbound(1, "lost"), chat=None),
            inbound(2, "", chat=direct_chat(BOB, 2), sender=BOB),
            inbound(3, "who?", from_me=None),
        )
        [lost] = await reached(ledger, MessageState.QUARANTINED)
        [empty] = await reached(ledger, MessageState.DROPPED)
        [held] = await reached(ledger, MessageState.HELD)
        assert (lost.reason, empty.reason, held.reason) == (
            Reason.NO_CHAT,
            Reason.EMPTY,
            Reason.DIRECTION_UNKNOWN,
        )
        steps = await ledger.read(lambda tx: checkpoints.story(tx, "message", lost.id))
        assert [step.step for step in steps] == [MessageState.SUSPECT, MessageState.QUARANTINED]
    assert rig.agent.prompts == []


async def test_a_chatless_row_of_a_group_is_answered_in_the_group_or_nowhere(ledger: Ledger) -> None:
    """oc#84470: a link preview of a group came with chat_id 0 and is_group false, and was answered to its sender."""
    document = open_to_all(groupPolicy="open", groups={"*": {"requireMention": False}})
    early = replace(inbound(1, "https://example.com", chat=group_chat()), chat=None)
    phone = shown(early, inbound(1, "https://example.com", chat=group_chat()))
    async with running(ledger, document, phone=phone) as rig:
        await rig.hear(early)
        await phone.texts(1)
        assert phone.sent[0].target == group_chat()


async def test_later_messages_of_the_chat_wait_a_moment_and_others_do_not(ledger: Ledger) -> None:
    """The order of a chat is kept; nobody else is delayed (design section 5)."""
    early = replace(inbound(1, ""), guid=MessageGuid("late-text"))
    phone = shown(early, replace(early, text="first"))
    looks = (0.2, 0.3, 0.4, 0.5)
    async with running(ledger, open_to_all(), phone=phone, looks_s=looks) as rig:
        await rig.hear(early)
        await rig.hear(inbound(2, "second"), inbound(3, "elsewhere", chat=direct_chat(BOB, 2), sender=BOB))
        assert await phone.texts(1) == ["You said elsewhere"]
        assert len(await reached(ledger, MessageState.RECEIVED)) == 1
        assert await phone.texts(2) == ["You said elsewhere", "You said first\nsecond"]


async def test_a_doubtful_row_holds_its_chat_up_for_two_seconds_at_most(ledger: Ledger) -> None:
    """A row that never becomes complete must not silence its chat."""
    async with running(ledger, open_to_all(), looks_s=(60, 61, 62, 63)) as rig:
        await rig.hear(inbound(1, ""))
        await rig.hear(inbound(2, "second"))
        [waiting] = await reached(ledger, MessageState.RECEIVED)
        rig.clock[0] = NOON + timedelta(seconds=2)
        assert await rig.phone.texts(1) == ["You said second"]
        assert waiting.message.text == "second"


async def test_doubtful_rows_are_followed_up_after_a_restart(ledger: Ledger) -> None:
    """Nothing is kept in memory alone: the same functions run over the rows that are not finished."""
    early = replace(inbound(1, "hello"), chat=None)
    async with running(ledger, open_to_all(), looks_s=(60, 60, 60, 60)) as rig:
        await rig.hear(early)
        await reached(ledger, MessageState.SUSPECT)
    phone = shown(early, inbound(1, "hello"))
    async with running(ledger, open_to_all(), phone=phone):
        assert await phone.texts(1) == ["You said hello"]


async def test_a_row_of_some_minutes_ago_settles_no_longer_than_others(ledger: Ledger) -> None:
    """After a downtime a person who types too must not wait for the last look (``settleMs`` is a second)."""
    long_ago = inbound(1, "hello", at=NOON - timedelta(minutes=5))
    phone = shown(long_ago, long_ago)
    async with running(ledger, open_to_all(settleMs=20), phone=phone, looks_s=(0.01, 0.03, 0.06, 600)) as rig:
        await rig.hear(long_ago)
        assert await phone.texts(1) == ["You said hello"]


async def test_strangers_without_text_are_not_looked_at(ledger: Ledger) -> None:
    """Group events and empty rows of people who may not enter cost no reads."""
    document = open_to_all(dmPolicy="allowlist", allowFrom=[BOB])
    async with running(ledger, document, looks_s=(60, 60, 60, 60)) as rig:
        await rig.hear(inbound(1, ""))
        [dropped] = await reached(ledger, MessageState.DROPPED)
        assert dropped.reason == Reason.DM_NOT_ALLOWED


async def test_a_row_that_is_joined_to_another_chat_than_it_seemed_goes_there(ledger: Ledger) -> None:
    """The chat of the second look counts, with its lasting name."""
    early = replace(inbound(1, "hello"), from_me=None, chat=ChatRef(ChatRowId(1), ""))
    phone = shown(early, inbound(1, "hello"))
    async with running(ledger, open_to_all(), phone=phone) as rig:
        await rig.hear(early)
        await phone.texts(1)
        [held] = await reached(ledger, MessageState.ANSWERED)
        assert held.message.chat == direct_chat(ANN)


class Looks:
    """Remembers what came of looks."""

    def __init__(self) -> None:
        self.found: list[InboundMessage | None] = []

    async def note(self, _message: MessageId, row: InboundMessage | None, _look: Look) -> None:
        """What a look found."""
        self.found.append(row)

    async def judge(self, ids: Sequence[MessageId]) -> None:
        """Nobody waits behind."""


async def test_a_phone_that_cannot_be_read_does_not_end_the_doubt(ledger: Ledger) -> None:
    """Only a look that was taken counts: while the reading child is down a late text must not become an empty row."""
    early, answers = replace(inbound(1, "hello"), text=""), [WireError("down"), WireError("down"), None]

    async def reread(_row: InboundMessage) -> InboundMessage | None:
        answer = answers.pop(0)
        if isinstance(answer, WireError):
            raise answer
        return inbound(1, "hello")

    [held] = await ledger.write(lambda tx: messages.load(tx, messages.receive(tx, [early], NOON)))
    taken = Looks()
    looks = SecondLooks(reread, taken.note, taken.judge, looks_s=(0.01,), rest_s=0.01)
    running_looks = asyncio.create_task(looks.run())
    looks.expect([Doubt(held)], {})

    async def found() -> list[InboundMessage | None]:
        return taken.found

    assert await until(found, "a look was taken") == [inbound(1, "hello")]
    running_looks.cancel()


async def test_a_phone_that_answers_slowly_holds_up_no_other_account(ledger: Ledger) -> None:
    """Design section 4, blast radius: each account by itself, in the looks as well."""
    work, never = AccountId("work"), asyncio.Event()

    async def reread(row: InboundMessage) -> InboundMessage | None:
        if row.account == work:
            await never.wait()
        return row

    rows = [replace(inbound(n, "", account=work), guid=MessageGuid(f"w{n}")) for n in range(9)]
    kept = await ledger.write(lambda tx: messages.load(tx, messages.receive(tx, rows, NOON)))
    [mine] = await ledger.write(lambda tx: messages.load(tx, messages.receive(tx, [inbound(99, "")], NOON)))
    taken = Looks()
    looks = SecondLooks(reread, taken.note, taken.judge, looks_s=(0.01,))
    running_looks = asyncio.create_task(looks.run())
    looks.expect([Doubt(held) for held in (*kept, mine)], {})

    async def found() -> list[InboundMessage | None]:
        return taken.found

    assert await until(found, "a look was taken") == [mine.message]
    running_looks.cancel()
