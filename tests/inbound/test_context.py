"""What is said in a group beside its agent: shown once with the next answer there, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.making import ANN, BOB, NOON, direct_chat, group_chat, inbound
from tests.rig import Rig, open_to_all, running
from tests.waiting import until

from openclaw.control import decisions
from openclaw.domain.admission import Reason
from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import AccountId, MessageGuid, RowId
from openclaw.domain.messages import InboundMessage, LedgerMessage, MessageState, Quote
from openclaw.domain.turns import Prompt
from openclaw.store import FILE_NAME, Ledger, messages, open_ledger, session_settings

STRANGER = "+15550100009"


def groups(**more: Any) -> dict[str, Any]:
    """A document in which Ann and Bob may write in any group, and the agent is called claw."""
    keys: dict[str, Any] = {"groupPolicy": "allowlist", "groupAllowFrom": [ANN, BOB], "groups": {"*": {}}}
    return open_to_all(**(keys | more)) | {
        "messages": {"queue": {"debounceMs": 0}, "groupChat": {"mentionPatterns": [r"\bclaw\b"]}}
    }


def says(row: int, text: str, sender: str = BOB, chat: ChatRef | None = None) -> InboundMessage:
    return inbound(row, text, sender=sender, chat=chat or group_chat())


async def answer(
    rig: Rig, row: int, text: str = "claw?", chat: ChatRef | None = None, sender: str = ANN
) -> Prompt:
    """What the agent was shown for a message that it answered."""
    count = len(rig.agent.prompts) + 1
    await rig.hear(says(row, text, sender, chat))
    await rig.phone.texts(count)
    await until(lambda: _is_answered(rig.ledger, row), f"message {row} is answered")
    return rig.agent.prompts[-1]


async def _is_answered(ledger: Ledger, row: int) -> bool:
    found = await ledger.read(lambda tx: messages.latest(tx, 99))
    return any(one.message.row_id == row and one.state is MessageState.ANSWERED for one in found)


async def kept(ledger: Ledger, state: MessageState = MessageState.CONTEXT) -> list[LedgerMessage]:
    return await ledger.read(lambda tx: messages.in_state(tx, state))


def everything(prompt: Prompt) -> str:
    """All that a model gets to see."""
    return "\n".join([prompt.instructions, prompt.user_turn, *(entry.text for entry in prompt.history)])


async def test_what_was_not_for_the_agent_is_shown_once_with_its_next_answer(ledger: Ledger) -> None:
    """Behaviour facts D.8; and never again, in no transcript either."""
    async with running(ledger, groups()) as rig:
        await rig.hear(says(1, "pizza tonight?"), says(2, "or sushi", ANN))
        assert [one.reason for one in await kept(ledger)] == [Reason.NOT_MENTIONED] * 2
        first = await answer(rig, 3, "claw, which?")
        second = await answer(rig, 4, "claw, sure?")

    assert first.text == f"{ANN}: claw, which?"
    assert first.about.count("pizza tonight?") == first.about.count("or sushi") == 1
    assert "pizza" not in everything(second)
    assert "sushi" not in everything(second)
    assert [one.message.text for one in await kept(ledger, MessageState.SHOWN)] == ["", ""]


async def test_it_survives_a_restart(ledger: Ledger) -> None:
    """The original keeps it in memory and loses it; what was said is in the ledger here."""
    async with running(ledger, groups()) as rig:
        await rig.hear(says(1, "pizza tonight?"))
    async with running(ledger, groups()) as rig:
        assert "pizza tonight?" in (await answer(rig, 2)).about


async def test_it_is_shown_in_no_other_chat(ledger: Ledger) -> None:
    """Promise 1: neither in another group nor to one of the two alone."""
    async with running(ledger, groups()) as rig:
        await rig.hear(says(1, "a secret of group seven"))
        elsewhere = await answer(rig, 2, chat=group_chat(8))
        alone = await answer(rig, 3, "hi", direct_chat())
        here = await answer(rig, 4)

    assert "secret" not in everything(elsewhere) + everything(alone)
    assert "secret" in here.about


async def test_two_accounts_in_one_group_keep_their_own(ledger: Ledger) -> None:
    """The chat of two phones has one key; what one heard, the other does not say."""
    other = AccountId("work")
    document = groups()
    document["channels"]["imessage"]["accounts"] = {
        "default": {},
        "work": {"historyLimit": 0, "dbPath": "/elsewhere/chat.db"},
    }
    async with running(ledger, document) as rig:
        await rig.gateway.receive(other, [replace(says(1, "heard by work alone"), account=other)])
        await rig.hear(says(2, "heard by the first"))
        shown = await answer(rig, 3)

    assert "heard by the first" in shown.about
    assert "heard by work" not in everything(shown)
    [dropped] = await kept(ledger, MessageState.DROPPED)
    assert (dropped.message.account, dropped.message.text, dropped.reason) == (
        other,
        "",
        Reason.NOT_MENTIONED,
    )


async def test_at_most_the_limit_is_kept_the_newest(ledger: Ledger) -> None:
    """historyLimit: the oldest is pushed out, and its text with it."""
    async with running(ledger, groups(historyLimit=2)) as rig:
        await rig.hear(*(says(row, f"aside {row}") for row in (1, 2)))
        await rig.hear(*(says(row, f"aside {row}") for row in (3, 4, 5)))
        assert [one.message.text for one in await kept(ledger)] == ["aside 4", "aside 5"]
        assert {(one.message.text, one.reason) for one in await kept(ledger, MessageState.DROPPED)} == {
            ("", Reason.CONTEXT_LEFT)
        }
        shown = await answer(rig, 6)
    assert "aside 4" in shown.about
    assert "aside 3" not in shown.about


@pytest.mark.parametrize(
    "more", [{"historyLimit": 0}, {"contextVisibility": "allowlist"}], ids=["limit", "hidden"]
)
async def test_nothing_is_kept_where_nothing_may_be_shown(ledger: Ledger, more: dict[str, Any]) -> None:
    """historyLimit 0, or a sender outside the list where contextVisibility goes by it: not even the text is kept."""
    async with running(ledger, groups(**(more | {"groupPolicy": "open", "groupAllowFrom": [ANN]}))) as rig:
        await rig.hear(says(1, "nobody keeps this"))
        assert "nobody keeps this" not in everything(await answer(rig, 2))
    assert [(one.message.text, one.reason) for one in await kept(ledger, MessageState.DROPPED)] == [
        ("", Reason.NOT_MENTIONED)
    ]


async def test_a_strangers_words_reach_no_prompt_and_no_disk(tmp_path: Any) -> None:
    """Promise 5: only what the gates admit becomes context."""
    async with open_ledger(tmp_path) as ledger:
        async with running(ledger, groups()) as rig:
            await rig.hear(says(1, "words of a stranger", STRANGER))
            shown = await answer(rig, 2)
        assert "words of a stranger" not in everything(shown)
        assert await kept(ledger) == []
    assert b"words of a stranger" not in (tmp_path / FILE_NAME).read_bytes()


async def test_the_operator_can_have_it_answered(ledger: Ledger) -> None:
    """Released, it is for the agent although nobody called it; whatever else was held for its own sake is not."""
    async with running(ledger, groups()) as rig:
        await rig.hear(says(1, "what a day"))
        [held] = await kept(ledger)
        await ledger.write(lambda tx: decisions.release_message(tx, held.id, NOON))
        await rig.gateway.judge([held.id])
        await rig.phone.texts(1)
    assert rig.agent.prompts[0].text == f"{BOB}: what a day"
    assert "what a day" not in rig.agent.prompts[0].about


async def test_what_people_set_in_the_chat_decides_when_it_is_called(ledger: Ledger) -> None:
    """Behaviour facts I.2, /activation: always answers all of a group, mention only what calls the agent."""
    key = "agent:main:imessage:group:7"
    async with running(ledger, groups()) as rig:
        await ledger.write(lambda tx: session_settings.change(tx, key, activation="always"))  # type: ignore[arg-type]
        shown = await answer(rig, 1, "what a day")
        assert "You see every message" in shown.instructions
        await ledger.write(lambda tx: session_settings.change(tx, key, activation="mention"))  # type: ignore[arg-type]
        await rig.hear(says(2, "what a night"))
        assert [one.message.text for one in await kept(ledger)] == ["what a night"]


async def test_what_is_replied_to_is_shown_by_its_own_words_or_the_phones(ledger: Ledger) -> None:
    """imsg contract 1.6: from 0.9 on the phone tells the text; before, the ledger knows it, and knows what is ours."""
    async with running(ledger, groups()) as rig:
        first = await answer(rig, 1, "claw, where is the key?")
        own = rig.phone.sent[0].text
        reply = replace(says(2, "claw, there?", ANN), reply_to_guid=MessageGuid("own-1001"))
        older = replace(says(3, "claw, and this?", ANN), reply_to_guid=MessageGuid("guid-1"))
        told = replace(says(4, "claw, hm?", ANN), quote=Quote("from long ago", BOB))
        for row in (reply, older, told):
            count = len(rig.agent.prompts) + 1
            await rig.hear(row)
            await rig.phone.texts(count)
        shown = [prompt.about for prompt in rig.agent.prompts[1:]]

    assert "replied to" not in first.about
    assert '{"from": "you", "text": ' in shown[0]
    assert own.split(":")[0] in shown[0]
    assert f'{{"from": "{ANN}", "text": "claw, where is the key?"}}' in shown[1]
    assert f'{{"from": "{BOB}", "text": "from long ago"}}' in shown[2]


@pytest.mark.parametrize(
    ("visibility", "sender", "shown"),
    [
        ("all", STRANGER, True),
        ("allowlist", STRANGER, False),
        ("allowlist", "", False),
        ("allowlist", BOB, True),
        ("allowlist_quote", STRANGER, True),
    ],
)
async def test_whose_words_a_reply_may_bring_in(
    ledger: Ledger, visibility: str, sender: str, shown: bool
) -> None:
    """Behaviour facts C.9: in a group with a list, the quoted one must be in it under ``allowlist``."""
    async with running(ledger, groups(contextVisibility=visibility)) as rig:
        row = replace(says(1, "claw, what of this?", ANN), quote=Quote("quoted words", sender))
        await rig.hear(row)
        await rig.phone.texts(1)
    assert ("quoted words" in everything(rig.agent.prompts[0])) is shown


async def test_what_a_refused_message_quotes_is_not_kept(ledger: Ledger) -> None:
    """Text is kept for what was admitted or is context; a quote is text."""
    async with running(ledger, groups()) as rig:
        await rig.hear(replace(says(1, "x", STRANGER), quote=Quote("quoted words", BOB)))
        await rig.hear(replace(says(2, "aside"), quote=Quote("quoted words", ANN)))
    found = await ledger.read(lambda tx: messages.latest(tx, 9))
    assert [one.message.quote for one in found] == [None, None]


async def test_a_backlog_that_was_not_for_the_agent_is_context_too(ledger: Ledger) -> None:
    """What came while the gateway was off; each entry tells its time."""
    async with running(ledger, groups()) as rig:
        await rig.hear(replace(says(1, "long ago"), sent_at=NOON - timedelta(hours=3)))
        shown = await answer(rig, 2)
    assert "long ago" in shown.about


async def test_group_instructions_reach_that_group_alone(ledger: Ledger) -> None:
    """groups.<id>.systemPrompt, else that of ``*``."""
    told = {"7": {"systemPrompt": "Answer in Dutch."}, "*": {"systemPrompt": "Answer in French."}}
    async with running(ledger, groups(groups=told)) as rig:
        here, there = await answer(rig, 1), await answer(rig, 2, chat=group_chat(8))
        alone = await answer(rig, 3, "hi", direct_chat())
    assert here.instructions.endswith("\nAnswer in Dutch.")
    assert there.instructions.endswith("\nAnswer in French.")
    assert "Answer in" not in alone.instructions


@pytest.mark.parametrize("scope", ["main", "per-peer", "per-channel-peer", "per-account-channel-peer"])
async def test_the_memory_of_a_direct_chat_is_bounded_in_every_scope(ledger: Ledger, scope: str) -> None:
    """dms.<peer>.historyLimit before dmHistoryLimit: the documented meaning, where the original has it in one scope."""
    document = open_to_all(dmHistoryLimit=2, dms={BOB: {"historyLimit": 0}})
    document["session"] = {"dmScope": scope}
    async with running(ledger, document) as rig:
        for row in range(1, 5):
            await answer(rig, row, f"word {row}", direct_chat())
        bobs = await answer(rig, 5, "hello", direct_chat(BOB, 2), BOB)
    said = [entry.text for entry in rig.agent.prompts[3].history if entry.role == "user"]
    assert said == ["word 2", "word 3"]
    assert bobs.history == ()


async def test_thousands_of_asides_leave_no_more_than_the_limit(ledger: Ledger) -> None:
    """A chatty group costs what its limit is, however much is said."""
    async with running(ledger, groups(historyLimit=5)) as rig:
        for start in range(1, 2001, 500):
            await rig.hear(*(says(row, f"aside {row}") for row in range(start, start + 500)))
    assert [one.message.row_id for one in await kept(ledger)] == [RowId(row) for row in range(1996, 2001)]
