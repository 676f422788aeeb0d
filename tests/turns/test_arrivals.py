"""Arrivals: what a message does to what waits already, through a running gateway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.making import ANN, BOB, NOON, direct_chat, group_chat, inbound
from tests.rig import Agent, Rig, open_to_all, running
from tests.waiting import until

from openclaw.domain.admission import Reason
from openclaw.domain.ids import SessionKey
from openclaw.domain.messages import Attachment, LedgerMessage, MessageState
from openclaw.domain.turns import Finished, Prompt, TextDelta, TurnEvent
from openclaw.store import Ledger, messages, queues, session_settings

ANNS = SessionKey(f"agent:main:imessage:direct:{ANN}")
FILE = Attachment("a.jpg", "/a.jpg", "image/jpeg", 1, missing=False)


def queueing(debounce_ms: int = 0, **queue: Any) -> dict[str, Any]:
    """A document with these rules for queues; nothing is waited for after a turn."""
    inbound_rules = {"debounceMs": debounce_ms}
    return open_to_all() | {"messages": {"inbound": inbound_rules, "queue": {"debounceMs": 0} | queue}}


class Slow(Agent):
    """Takes its time over the first prompt."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()
        self.behave = self._wait

    async def _wait(self, prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        self.behave = Agent().behave
        self.begun.set()
        await self.go_on.wait()
        yield TextDelta(f"You said {prompt.text}")
        yield Finished("m")


async def settled(ledger: Ledger, state: MessageState, count: int) -> list[LedgerMessage]:
    """The messages in ``state``, once there are ``count``."""

    async def look() -> list[LedgerMessage] | None:
        found = await ledger.read(lambda tx: messages.in_state(tx, state))
        return found if len(found) == count else None

    return await until(look, f"{count} messages {state}") if count else []


async def asked_behind_a_turn(rig: Rig, agent: Slow, *texts: str) -> None:
    """Ann asks something, and the other things while it is being answered."""
    await rig.hear(inbound(1, "first"))
    await agent.begun.wait()
    for row, text in enumerate(texts, 2):
        await rig.hear(inbound(row, text))


async def test_what_one_person_writes_in_quick_succession_is_one_turn(ledger: Ledger) -> None:
    """messages.inbound.debounceMs (behaviour facts D.9); a pause begins anew with each message."""
    async with running(ledger, queueing(50, mode="followup")) as rig:
        await rig.hear(inbound(1, "can you"))
        rig.clock[0] += timedelta(milliseconds=40)
        await rig.hear(inbound(2, "come over"))
        rig.clock[0] += timedelta(milliseconds=40)
        await rig.hear(inbound(3, "tonight?"))
        rig.clock[0] += timedelta(milliseconds=60)
        assert await rig.phone.texts(1) == ["You said can you\ncome over\ntonight?"]


async def test_what_waits_for_silence_is_answered_after_a_restart(ledger: Ledger) -> None:
    """Promise 3: the rows wait in the ledger, and nothing was put together in memory."""
    async with running(ledger, queueing(60_000)) as rig:
        await rig.hear(inbound(1, "one"), inbound(2, "two"))
        assert await settled(ledger, MessageState.WAITING, 2)
        assert rig.agent.prompts == []
    async with running(ledger, queueing(60_000)) as rig:
        assert rig.agent.prompts == []
        rig.clock[0] += timedelta(minutes=2)
        rig.lanes.wake(ANNS)
        assert await rig.phone.texts(1) == ["You said one\ntwo"]


async def test_a_file_ends_the_waiting_and_keeps_its_place(ledger: Ledger) -> None:
    """Behaviour facts D.9: an attachment is not waited with, and what was before it goes first."""
    async with running(ledger, queueing(60_000, mode="followup")) as rig:
        await rig.hear(inbound(1, "look"), inbound(2, "at this"))
        await rig.hear(replace(inbound(3, "here"), attachments=(FILE,)))
        first, second = await rig.phone.texts(2)
        assert (first, second.partition("\n")[0]) == ("You said look\nat this", "You said here")


@pytest.mark.parametrize("command", ["/new", "/status"])
async def test_a_command_ends_the_waiting_and_keeps_its_place(ledger: Ledger, command: str) -> None:
    """A reset does not overtake what was said before it; /status is answered beside it."""
    async with running(ledger, queueing(60_000)) as rig:
        await rig.hear(inbound(1, "remember this"))
        await rig.hear(inbound(2, command))
        texts = await rig.phone.texts(2)
        assert "You said remember this" in texts
        assert command != "/new" or texts[0] == "You said remember this"


async def test_nobody_waits_for_anybody_else_of_another_chat(ledger: Ledger) -> None:
    """One sender in one chat: others are answered at once, also where dmScope main shares the session."""
    document = queueing(60_000) | {"session": {"dmScope": "main"}}
    async with running(ledger, document) as rig:
        await rig.hear(inbound(1, "wait for me"))
        await rig.hear(
            replace(inbound(2, "not for me", chat=direct_chat(BOB, 2), sender=BOB), attachments=(FILE,))
        )
        [answer] = await rig.phone.texts(1)
        assert answer.startswith("You said not for me")
        assert await settled(ledger, MessageState.WAITING, 1)


async def test_who_goes_on_and_on_is_answered_all_the_same(ledger: Ledger) -> None:
    """Every wait has a bound: a minute after the first word it ends, however short the pauses."""
    async with running(ledger, queueing(10_000)) as rig:
        for row in range(1, 8):
            await rig.hear(inbound(row, f"m{row}"))
            rig.clock[0] += timedelta(seconds=9)
        [first, *_] = await settled(ledger, MessageState.WAITING, 7)
        assert first.quiet_until == NOON + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("drop", "refused", "reason", "answer"),
    [
        ("old", ["b"], Reason.QUEUE_FULL_OLD, "You said c\nd"),
        ("new", ["d"], Reason.QUEUE_FULL_NEW, "You said b\nc"),
        (
            "summarize",
            [],
            None,
            "You said ⟦1 more came before, faster than could be answered; in short:⟧\n• b\n\nc\nd",
        ),
    ],
)
async def test_what_has_no_room_behind_a_turn_is_refused_or_told_in_short(
    ledger: Ledger, drop: str, refused: list[str], reason: Reason | None, answer: str
) -> None:
    """messages.queue.cap and drop: visible to the operator, silent to the sender, nothing lost without a reason."""
    agent = Slow()
    async with running(ledger, queueing(cap=2, drop=drop), agent) as rig:
        await asked_behind_a_turn(rig, agent, "b", "c", "d")
        dropped = await settled(ledger, MessageState.DROPPED, len(refused))
        assert [(held.message.row_id, held.reason) for held in dropped] == [
            ("abcd".index(text) + 1, reason) for text in refused
        ]
        agent.go_on.set()
        assert await rig.phone.texts(2) == ["You said first", answer]
        assert await settled(ledger, MessageState.ANSWERED, 4 - len(refused))


async def test_what_comes_at_once_while_nobody_is_busy_has_no_bound(ledger: Ledger) -> None:
    """The cap is for what waits behind a running turn: a burst is one turn."""
    async with running(ledger, queueing(cap=2, drop="new")) as rig:
        await rig.hear(*(inbound(row, f"m{row}") for row in range(1, 6)))
        assert await rig.phone.texts(1) == ["You said m1\nm2\nm3\nm4\nm5"]


async def test_a_command_is_never_dropped(ledger: Ledger) -> None:
    """A reset behind a full queue is carried out, in its place."""
    agent = Slow()
    async with running(ledger, queueing(cap=1, drop="new"), agent) as rig:
        await asked_behind_a_turn(rig, agent, "b", "/new", "c")
        agent.go_on.set()
        assert await rig.phone.texts(3) == ["You said first", "You said b", "A new conversation has begun."]
        [dropped] = await settled(ledger, MessageState.DROPPED, 1)
        assert (dropped.message.row_id, dropped.reason) == (4, Reason.QUEUE_FULL_NEW)


async def test_a_session_may_have_a_queue_of_its_own(ledger: Ledger) -> None:
    """What /queue sets counts for its session: here the newer message ends the turn, and the operator sees why."""
    agent = Slow()
    await ledger.write(lambda tx: session_settings.change(tx, ANNS, queue="interrupt"))
    async with running(ledger, queueing(mode="followup"), agent) as rig:
        await asked_behind_a_turn(rig, agent, "never mind")
        assert await rig.phone.texts(1) == ["You said never mind"]
        [ended] = await settled(ledger, MessageState.CANCELLED, 1)
        assert ended.reason == Reason.OVERTAKEN


async def test_followup_answers_one_after_the_other(ledger: Ledger) -> None:
    """messages.queue.mode followup; steer does the same while no runtime can be steered."""
    agent = Slow()
    async with running(ledger, queueing(mode="steer"), agent) as rig:
        await asked_behind_a_turn(rig, agent, "b", "c")
        agent.go_on.set()
        assert await rig.phone.texts(3) == ["You said first", "You said b", "You said c"]


async def test_an_answer_that_may_not_leave_is_kept_back_and_the_agent_remembers_it(ledger: Ledger) -> None:
    """session.sendPolicy suppresses delivery; the agent still processes (behaviour facts D.12)."""
    rules = [{"action": "deny", "match": {"chatType": "direct"}}]
    document = open_to_all()
    document["session"]["sendPolicy"] = {"rules": rules}
    async with running(ledger, document) as rig:
        await rig.hear(inbound(1, "hello"))
        [silent] = await settled(ledger, MessageState.SILENT, 1)
        assert (silent.reason, rig.phone.sent) == (Reason.SEND_DENIED, [])
        await ledger.write(lambda tx: session_settings.change(tx, ANNS, send="on"))
        await rig.hear(inbound(2, "again"))
        assert await rig.phone.texts(1) == ["You said again"]
        assert [entry.text for entry in rig.agent.prompts[1].history] == ["hello", "You said hello"]
        await ledger.write(lambda tx: session_settings.change(tx, ANNS, send="off"))
        await rig.hear(inbound(3, "/whoami"), inbound(4, "and now"))
        assert ANN in (await rig.phone.texts(2))[1]
        assert [held.reason for held in await settled(ledger, MessageState.SILENT, 2)] == [
            Reason.SEND_DENIED,
            Reason.SEND_OFF,
        ]


@pytest.mark.parametrize(
    ("activation", "required", "answered"),
    [("", True, False), ("always", True, True), ("mention", False, False), ("", False, True)],
)
async def test_a_command_may_decide_whether_a_group_has_to_call_the_agent(
    ledger: Ledger, activation: str, required: bool, answered: bool
) -> None:
    """SessionSettings.activation goes over requireMention for its group (behaviour facts I.2)."""
    document = open_to_all(groupAllowFrom=[ANN], groups={"7": {"requireMention": required}})
    document["messages"]["groupChat"] = {"mentionPatterns": ["claw"]}
    key = SessionKey("agent:main:imessage:group:7")
    await ledger.write(lambda tx: session_settings.change(tx, key, activation=activation))
    async with running(ledger, document) as rig:
        await rig.hear(inbound(1, "hello all", chat=group_chat(7)))
        state = MessageState.ANSWERED if answered else MessageState.CONTEXT
        [held] = await settled(ledger, state, 1)
        assert answered or held.reason == Reason.NOT_MENTIONED
        await rig.hear(inbound(2, "hello claw", chat=group_chat(7)))
        assert "hello claw" in (await rig.phone.texts(1 + answered))[-1]


async def test_a_flood_behind_a_turn_is_not_read_from_its_beginning_each_time(ledger: Ledger) -> None:
    """What was marked once is passed by; the mark is set for the oldest beyond the bound, once."""
    agent = Slow()
    async with running(ledger, queueing(cap=3), agent) as rig:
        await asked_behind_a_turn(rig, agent, *(f"m{row}" for row in range(2, 30)))
        waiting = await settled(ledger, MessageState.WAITING, 28)
        marked = [held.message.row_id for held in waiting if held.reason == str(Reason.QUEUE_CONDENSED)]
        assert marked == list(range(2, 27))
        assert await ledger.read(lambda tx: queues.beyond(tx, ANNS, 3, newest_stay=True)) == []
        agent.go_on.set()
        assert (await rig.phone.texts(2))[1].endswith("m27\nm28\nm29")
