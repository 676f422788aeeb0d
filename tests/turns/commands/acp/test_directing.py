"""/acp cancel, steer and close, and which sessions somebody may name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest
from tests.rig import Agent
from tests.waiting import until

from openclaw.domain.messages import MessageState
from openclaw.domain.turns import Finished, Prompt, TextDelta, TurnEvent
from openclaw.store import Ledger, messages

from ..house import OTHER, OWNER, in_group, says
from .programs import Programs, bindings_of, outside, outside_house, sessions_of


async def test_cancel_stops_the_answer_and_drops_nothing_else(ledger: Ledger) -> None:
    """It does not wait for the lane, keeps binding and session, and what waits is answered next (facts H.2)."""
    agent, begun = Agent(), asyncio.Event()
    echo = agent.behave

    async def stuck(prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        begun.set()
        await asyncio.Event().wait()
        yield TextDelta(prompt.text)
        yield Finished("m")

    async with outside(ledger, agent=agent) as rig:
        await rig.hear(says(1, "/acp spawn codex --bind here"))
        await rig.phone.texts(1)
        agent.behave = stuck
        await rig.hear(says(2, "for ever"))
        await begun.wait()
        await rig.hear(says(3, "next"))
        agent.behave = echo
        await rig.hear(says(4, "/acp cancel"))
        texts = await rig.phone.texts(3)

    assert any(text.startswith("✅ Stopped.") for text in texts)
    assert "You said next" in texts
    assert len(await bindings_of(ledger)) == 1


async def test_steer_echoes_what_the_agent_says_shortened(ledger: Ledger) -> None:
    """At most 800 characters (behaviour facts H.2)."""
    programs = Programs(ledger, answer="x" * 1000)
    async with outside(ledger, programs=programs) as rig:
        await rig.hear(says(1, "/acp spawn codex --bind here"))
        await rig.phone.texts(1)
        await rig.hear(says(2, "/acp steer use the other branch"))
        texts = await rig.phone.texts(2)

    assert texts[1] == f"✅ {'x' * 800}…"
    assert programs.asked[0][1] == "use the other branch"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("<think>the password is 1234</think>\n[[reply_to_current]] Done.", "✅ Done."),
        ("NO_REPLY", "✅ The agent has heard it."),
        ("<think>hm</think>", "✅ The agent has heard it."),
    ],
)
async def test_what_a_steered_agent_says_is_looked_at_as_a_reply_is(
    ledger: Ledger, answer: str, told: str
) -> None:
    """Nothing internal leaves, whichever way an agent's words go out."""
    async with outside(ledger, programs=Programs(ledger, answer=answer)) as rig:
        await rig.hear(says(1, "/acp spawn codex --bind here"))
        await rig.phone.texts(1)
        await rig.hear(says(2, "/acp steer go on"))
        texts = await rig.phone.texts(2)

    assert texts[1] == told


@pytest.mark.parametrize("by", ["chat", "policy"])
async def test_where_an_agent_may_not_be_heard_a_steer_does_not_tell_what_it_says(
    ledger: Ledger, by: str
) -> None:
    """``/send off`` and ``session.sendPolicy`` hold for all that an agent says; the gateway itself still answers."""
    document = outside_house()
    if by == "policy":
        document["session"] = {**document["session"], "sendPolicy": {"default": "deny"}}
    async with outside(ledger, document, Programs(ledger, answer="a secret")) as rig:
        await rig.hear(says(1, "/acp spawn codex --bind here"))
        await rig.phone.texts(1)
        await rig.hear(says(2, "/send off" if by == "chat" else "/status"))
        await rig.phone.texts(2)
        await rig.hear(says(3, "/acp steer go on"))
        texts = await rig.phone.texts(3)

    assert texts[2] == "✅ The agent has heard it."


async def test_a_failed_steer_says_nothing_internal(ledger: Ledger) -> None:
    """The form of behaviour facts H.9; why, the log knows."""
    programs = Programs(ledger)
    async with outside(ledger, programs=programs) as rig:
        await rig.hear(says(1, "/acp spawn codex --bind here"))
        await rig.phone.texts(1)
        programs.broken = True
        await rig.hear(says(2, "/acp steer go on"))
        texts = await rig.phone.texts(2)

    assert (
        texts[1] == "ACP error (ACP_TURN_FAILED): the agent did not answer.\nnext: try again, or /acp cancel"
    )


async def test_close_ends_the_program_and_the_conversation_goes_its_ordinary_way(ledger: Ledger) -> None:
    """Session and bindings go and are counted; what is typed right behind it is the ordinary agent's."""
    programs = Programs(ledger)
    async with outside(ledger, programs=programs) as rig:
        await rig.hear(says(1, "/acp spawn codex --bind here"))
        await rig.phone.texts(1)
        [session] = await sessions_of(ledger)
        await rig.hear(says(2, "/acp close"), says(3, "hello"))
        texts = await rig.phone.texts(3)

    assert texts[1] == f"✅ Closed {session.key}; 1 conversation released."
    assert rig.agent.sessions == ["agent:main:imessage:direct:+15550100001"]
    assert (programs.running, await sessions_of(ledger), await bindings_of(ledger)) == ({}, [], [])


async def test_what_waited_for_a_closed_agent_is_not_answered_by_another(ledger: Ledger) -> None:
    """Never another agent in its place (demand L5); it is told how much that is."""
    document = outside_house(dispatch={"enabled": False})
    async with outside(ledger, document) as rig:
        await rig.hear(says(1, "/acp spawn codex --bind here"))
        assert "acp.dispatch.enabled" in (await rig.phone.texts(1))[0]
        await rig.hear(says(2, "waits"))
        await rig.hear(says(3, "/acp steer now"))
        assert (await rig.phone.texts(2))[1].startswith("ACP error (ACP_DISPATCH_DISABLED)")
        [waiting] = await ledger.read(lambda tx: messages.in_state(tx, MessageState.WAITING))
        assert waiting.agent == "acp:codex"
        await rig.hear(says(4, "/acp close"))
        texts = await rig.phone.texts(3)

    assert texts[2].endswith("1 message that waited for it will not be answered.")
    assert rig.agent.prompts == []


async def test_what_waits_behind_a_turn_does_not_start_a_closed_agent_anew(ledger: Ledger) -> None:
    """The turn that is stopped frees the lane long before the program has ended."""
    agent, programs, begun = Agent(), Programs(ledger), asyncio.Event()

    async def stuck(_prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        begun.set()
        await asyncio.Event().wait()
        yield Finished("m")

    echo = agent.behave
    programs.may_close.clear()
    async with outside(ledger, programs=programs, agent=agent) as rig:

        async def shut() -> bool:
            return not rig.lanes.is_open(session.key)

        await rig.hear(says(1, "/acp spawn codex --bind here"))
        await rig.phone.texts(1)
        [session] = await sessions_of(ledger)
        agent.behave = stuck
        await rig.hear(says(2, "first"))
        await begun.wait()
        agent.behave = echo
        await rig.hear(says(3, "second"))
        await rig.hear(says(4, "/acp close"))
        await programs.closing.wait()
        await rig.runner.quiet()
        await until(shut, "the lane is shut")
        prompts = [prompt.text for prompt in agent.prompts]
        programs.may_close.set()
        texts = await rig.phone.texts(2)

    assert len(prompts) == 1
    assert texts[1].endswith("1 message that waited for it will not be answered.")


async def test_a_close_that_was_cut_off_is_told_the_same_by_the_next_start(ledger: Ledger) -> None:
    """It was forgotten already, and that is what whoever asked wants to hear."""
    programs = Programs(ledger)
    programs.may_close.clear()
    async with outside(ledger, programs=programs) as rig:
        await rig.hear(says(1, "/acp spawn codex --bind here"))
        await rig.phone.texts(1)
        [session] = await sessions_of(ledger)
        await rig.hear(says(2, "/acp close"))
        await programs.closing.wait()
    programs.may_close.set()
    async with outside(ledger, programs=programs) as rig:
        [told] = await rig.phone.texts(1)

    assert told == f"✅ Closed {session.key}; 1 conversation released."


CONFIGURED = {
    "type": "acp",
    "agentId": "codex",
    "match": {"channel": "imessage", "peer": {"kind": "group", "id": "chat_id:7"}},
    "acp": {"label": "codex-group", "cwd": "/srv/group"},
}


async def test_a_configured_conversation_has_its_session_from_the_first_word_on(ledger: Ledger) -> None:
    """It is initialised on first use (ruling 6) as binding and agent say; closing does not unbind it."""
    async with outside(ledger, outside_house([CONFIGURED])) as rig:
        await rig.hear(in_group(1, "hello"))
        await rig.phone.texts(1)
        [session] = await sessions_of(ledger)
        await rig.hear(in_group(2, "/acp close"))
        closed = (await rig.phone.texts(2))[1]
        assert await sessions_of(ledger) == []
        await rig.hear(in_group(3, "again"))
        await rig.phone.texts(3)

    assert (session.label, session.cwd, session.mode) == ("codex-group", "/srv/group", "persistent")
    assert rig.agent.sessions == [session.key, session.key]
    assert [len(prompt.history) for prompt in rig.agent.prompts] == [0, 0]
    assert "The configuration binds this conversation" in closed


async def test_a_binding_made_in_the_chat_goes_before_the_configured_one(ledger: Ledger) -> None:
    """Behaviour facts H.5, through the whole gateway."""
    async with outside(ledger, outside_house([CONFIGURED])) as rig:
        await rig.hear(in_group(1, "/acp spawn claude --bind here"))
        await rig.phone.texts(1)
        await rig.hear(in_group(2, "hello"))
        await rig.phone.texts(2)
        await rig.hear(in_group(3, "/acp close"))
        await rig.phone.texts(3)
        await rig.hear(in_group(4, "hello"))
        await rig.phone.texts(4)

    assert [key.split(":")[1] for key in rig.agent.sessions] == ["claude", "codex"]


@pytest.mark.parametrize("named", ["key", "label", "outside_id"])
@pytest.mark.parametrize(("sender", "may"), [(OWNER, True), (OTHER, False)])
async def test_somebody_else_reaches_no_session_of_another_conversation(
    ledger: Ledger, named: str, sender: str, may: bool
) -> None:
    """Only the owner does; to others it is as if there were none (decision 027)."""
    programs = Programs(ledger)
    async with outside(ledger, programs=programs) as rig:
        await rig.hear(says(1, "/acp spawn codex --bind here --label tests"))
        await rig.phone.texts(1)
        [session] = await sessions_of(ledger)
        await ledger.write(
            lambda tx: tx.exec_driver_sql("update acp_session set outside_id = 'Abc-1'") and None
        )
        [session] = await sessions_of(ledger)
        token = getattr(session, named)
        await rig.hear(in_group(2, f"/acp status {token}", sender))
        await rig.phone.texts(2)
        await rig.hear(in_group(3, "/acp sessions", sender))
        texts = await rig.phone.texts(3)

    assert (f"session: {session.key}" in texts[1]) is may
    assert (session.key in texts[2]) is may
    if not may:
        assert texts[1].startswith("⚠️ There is no session")


async def test_whoever_writes_in_a_bound_conversation_may_name_its_session(ledger: Ledger) -> None:
    """A group is steered by its members who may command."""
    async with outside(ledger) as rig:
        await rig.hear(in_group(1, "/acp spawn codex --bind here --label tests"))
        await rig.phone.texts(1)
        await rig.hear(in_group(2, "/acp status tests", OTHER))
        await rig.phone.texts(2)
        await rig.hear(in_group(3, "/acp sessions", OTHER))
        texts = await rig.phone.texts(3)

    assert "label: tests" in texts[1]
    assert "folder:" not in texts[1]
    assert texts[2].startswith("* agent:codex:acp:")
