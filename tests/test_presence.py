"""Which signs are due, and when; with a gateway in this process whose phone writes down the gestures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any, cast

import pytest
from tests.making import ACCOUNT, ANN, NOON, direct_chat, group_chat, inbound
from tests.rig import Agent, Presences, open_to_all, running
from tests.waiting import until

from openclaw.domain.bridge import MarkRead, React, ShowTyping
from openclaw.domain.ids import AgentId, MessageId, SessionKey, TurnId
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.domain.turns import EffectStarting, Finished, Prompt, TextDelta, Turn, TurnEvent, TurnMessage
from openclaw.presence import MOST_REMEMBERED, Presence, PresenceRules, acknowledgement, is_unsaid
from openclaw.store import Ledger


def signs(**messages: Any) -> dict[str, Any]:
    """A document with ``messages`` set, in which read receipts are on."""
    document = open_to_all(sendReadReceipts=True)
    document["messages"] |= messages
    return document


async def test_a_message_is_read_acknowledged_and_typed_for(ledger: Ledger) -> None:
    """Read and "seen" when it is let in, typing while the agent writes, "seen" taken back with the answer (A.11)."""
    seen = Presences()
    document = signs(ackReaction="👍", ackReactionScope="all", removeAckAfterReply=True)
    async with running(ledger, document, presences=seen) as rig:
        first = inbound(1, "hello")
        await rig.hear(first)
        await rig.phone.texts(1)
        await seen.count(5)
    assert first.chat is not None
    like = React(first.chat, first.guid, "like")
    assert [gesture for _, gesture in seen.made] == [
        MarkRead(first.chat),
        like,
        ShowTyping(first.chat, on=True),
        ShowTyping(first.chat, on=False),
        replace(like, remove=True),
    ]


async def test_a_stranger_and_the_defaults_give_no_sign_but_typing(ledger: Ledger) -> None:
    """Who is not let in learns nothing; nobody's messages are marked as read unless it was asked for."""
    seen = Presences()
    document = open_to_all(dmPolicy="allowlist", allowFrom=[ANN])
    async with running(ledger, document, presences=seen) as rig:
        await rig.hear(inbound(1, "let me in", sender="+15550100009"))
        await rig.hear(inbound(2, "hello"))
        await rig.phone.texts(1)
        await seen.count(2)
    assert all(isinstance(gesture, ShowTyping) and gesture.chat.identifier == ANN for _, gesture in seen.made)


async def test_a_stopped_turn_ends_its_typing(ledger: Ledger) -> None:
    """Stopped at the end, by cancelling too, and shown anew for as long as it lasts."""
    seen, agent, started = Presences(), Agent(), asyncio.Event()

    async def behave(_prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        started.set()
        await asyncio.Event().wait()
        yield Finished("never")

    agent.behave = behave
    document = open_to_all()
    async with running(ledger, document, agent, presences=seen, typing_every_s=0.01) as rig:
        await rig.hear(inbound(1, "hello"))
        await started.wait()
        await seen.count(3)
        assert rig.runner.cancel(rig.agent.sessions[0])
        await until(lambda: _last_is(seen, on=False), "typing has ended")


async def _last_is(seen: Presences, *, on: bool) -> bool:
    _, gesture = seen.made[-1]
    return isinstance(gesture, ShowTyping) and gesture.on is on


@pytest.mark.parametrize(
    ("mode", "answer", "shown"),
    [
        ("never", "Hello", False),
        ("message", "Hello", True),
        ("message", "NO_REPLY", False),
        ("thinking", "NO_REPLY", True),
        ("instant", "NO_REPLY", True),
    ],
)
async def test_typing_begins_as_it_is_set(ledger: Ledger, mode: str, answer: str, shown: bool) -> None:
    """session.typingMode; with ``message`` nobody sees a bubble that ends in silence (demand K5)."""
    seen, agent = Presences(), Agent()

    async def behave(_prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        yield EffectStarting("look")
        for piece in (answer[:2], answer[2:]):
            yield TextDelta(piece)
        yield Finished("echo/1", 3, 4)
        seen.over.set()

    agent.behave = behave
    document = open_to_all()
    document["session"]["typingMode"] = mode
    async with running(ledger, document, agent, presences=seen) as rig:
        await rig.hear(inbound(1, "hello"))
        await seen.over.wait()
        await rig.runner.quiet()
    assert bool(seen.made) is shown


async def test_a_session_that_may_not_speak_shows_no_typing(ledger: Ledger) -> None:
    """session.sendPolicy forbids the answer, so nobody waits for it (demand K5)."""
    seen = Presences()
    document = open_to_all()
    document["session"]["sendPolicy"] = {"default": "deny"}
    async with running(ledger, document, presences=seen) as rig:
        await rig.hear(inbound(1, "hello"))
        await until(lambda: _asked(rig.agent), "the agent was asked")
        await rig.runner.quiet()
    assert seen.made == []


async def _asked(agent: Agent) -> bool:
    return bool(agent.prompts)


async def test_a_group_sees_typing_at_once_only_where_the_agent_was_called(ledger: Ledger) -> None:
    """An agent that may say nothing in a group shows nothing before its first words."""
    seen, agent = Presences(), Agent()
    agent.behave = agent.saying("NO_REPLY")
    document = open_to_all(groupPolicy="open", groups={"*": {"requireMention": False}})
    document["agents"]["list"] = [{"id": "main", "identity": {"name": "Sam"}}]
    async with running(ledger, document, agent, presences=seen) as rig:
        await rig.hear(inbound(1, "by the way", chat=group_chat()))
        await until(lambda: _asked(rig.agent), "the agent was asked")
        await rig.runner.quiet()
        assert seen.made == []
        await rig.hear(inbound(2, "Sam, what now?", chat=group_chat()))
        await seen.count(2)


def held(text: str, *, is_group: bool, command: str = "") -> LedgerMessage:
    """A message that was let in."""
    return LedgerMessage(
        MessageId(1), inbound(1, text), NOON, MessageState.WAITING, "", 0, is_group=is_group, command=command
    )


@pytest.mark.parametrize(
    ("scope", "direct", "called", "beside"),
    [
        ("all", True, True, True),
        ("direct", True, False, False),
        ("group-all", False, True, True),
        ("group-mentions", False, True, False),
        ("off", False, False, False),
        ("none", False, False, False),
    ],
)
def test_the_scope_decides_where_seen_is_told(scope: str, direct: bool, called: bool, beside: bool) -> None:
    """messages.ackReactionScope (behaviour facts A.11)."""

    def is_called(_agent: AgentId, text: str) -> bool:
        return "Sam" in text

    rules = PresenceRules(tapback="like", scope=scope, is_called=is_called)
    found = [
        acknowledgement(held("hello", is_group=False), rules),
        acknowledgement(held("Sam, hello", is_group=True), rules),
        acknowledgement(held("hello", is_group=True), rules),
    ]
    assert found == ["like" if due else None for due in (direct, called, beside)]
    assert acknowledgement(held("/new", is_group=False, command="new"), rules) is None


@pytest.mark.parametrize(
    ("text", "unsaid"), [("", True), (" NO_", True), ("no_reply\n", True), ("No, thanks", False)]
)
def test_the_beginning_of_silence_is_not_speech(text: str, unsaid: bool) -> None:
    """An agent's word for saying nothing comes in pieces."""
    assert is_unsaid(text) is unsaid


async def test_other_rules_hold_from_the_next_sign_on() -> None:
    """A reloaded configuration; what was to be taken back still is."""
    seen = Presences()
    presence = Presence(PresenceRules(tapback="like", scope="all", takes_back=True), seen.make)
    presence.admitted([held("hello", is_group=False)])
    presence.adopt(PresenceRules(reads=frozenset({ACCOUNT})))
    presence.admitted([held("again", is_group=False)])
    presence.answered(turn_of(MessageId(1)))
    assert [type(gesture) for _, gesture in seen.made] == [React, MarkRead, React]
    assert seen.made[-1][1] == replace(cast("React", seen.made[0][1]), remove=True)


async def test_only_so_many_are_remembered() -> None:
    """A gateway that runs for years; an old tapback stays."""
    seen = Presences()
    presence = Presence(PresenceRules(tapback="like", scope="all", takes_back=True), seen.make)
    for number in range(MOST_REMEMBERED + 1):
        presence.admitted([replace(held("hello", is_group=False), id=MessageId(number))])
    presence.answered(turn_of(MessageId(0)))
    presence.answered(turn_of(MessageId(1)))
    assert [gesture for _, gesture in seen.made if isinstance(gesture, React) and gesture.remove] != []
    assert len(seen.made) == MOST_REMEMBERED + 2


def turn_of(message: MessageId) -> Turn:
    """A turn that answers one message."""
    said = TurnMessage(message, ANN, "hello", NOON)
    return Turn(TurnId(1), ACCOUNT, AgentId("main"), SessionKey("s"), direct_chat(), False, (said,), 1, False)
