"""/acp spawn: a session, its program, and the conversation bound to it, in the whole gateway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest
from tests.rig import Agent

from openclaw.domain.messages import MessageState
from openclaw.domain.turns import Finished, Prompt, TextDelta, TurnEvent
from openclaw.store import Ledger, messages

from ..house import OTHER, OWNER, in_group, says
from .programs import Programs, bindings_of, outside, outside_house, sessions_of


async def test_what_follows_goes_to_the_agent_that_was_bound(ledger: Ledger) -> None:
    """The fast operator flow of the page: every message of the conversation, not the first alone (demand L1, L4)."""
    programs = Programs(ledger)
    async with outside(ledger, programs=programs) as rig:
        await rig.hear(says(1, "before"))
        await rig.phone.texts(1)
        await rig.hear(says(2, "/acp spawn codex --bind here"))
        answer = (await rig.phone.texts(2))[-1]
        for row in (3, 4, 5):
            await rig.hear(says(row, f"message {row}"))
            await rig.phone.texts(row)

    [session], [binding] = await sessions_of(ledger), await bindings_of(ledger)
    assert answer.startswith(f"✅ codex has begun. Session: {session.key} (persistent).")
    assert session.key.startswith("agent:codex:acp:")
    assert (session.agent, session.harness, binding.session, binding.by) == (
        "acp:codex",
        "codex",
        session.key,
        OWNER,
    )
    assert rig.agent.sessions[1:] == [session.key] * 3
    assert programs.starts == [session.key]


async def test_a_message_right_behind_the_command_never_reaches_the_agent_of_before(ledger: Ledger) -> None:
    """It was judged before the binding was there, and is judged anew behind it."""
    programs = Programs(ledger)
    programs.may_start.clear()
    async with outside(ledger, programs=programs) as rig:
        await rig.hear(says(1, "/acp spawn codex --bind here"), says(2, "fix the tests"))
        await programs.starting.wait()
        await rig.hear(says(3, "and the docs"))
        assert rig.agent.prompts == []
        programs.may_start.set()
        texts = await rig.phone.texts(2)

    [session] = await sessions_of(ledger)
    assert texts[0].startswith("✅")
    assert set(rig.agent.sessions) == {session.key}
    assert "fix the tests" in rig.agent.prompts[0].text


async def test_starting_an_agent_holds_up_nobody_else(ledger: Ledger) -> None:
    """An npx may fetch for minutes; other conversations go on."""
    programs = Programs(ledger)
    programs.may_start.clear()
    async with outside(ledger, programs=programs) as rig:
        await rig.hear(says(1, "/acp spawn codex --bind here"))
        await programs.starting.wait()
        await rig.hear(says(2, "hello", OTHER))
        assert await rig.phone.texts(1) == ["You said hello"]


async def test_what_cannot_be_started_leaves_nothing_behind_and_tells_nothing_internal(
    ledger: Ledger,
) -> None:
    """Binding and session go, what was written meanwhile is not answered by another (demand L5), the log knows why."""
    programs = Programs(ledger, broken=True)
    programs.may_start.clear()
    async with outside(ledger, programs=programs) as rig:
        await rig.hear(says(1, "/acp spawn codex --bind here", OTHER))
        await programs.starting.wait()
        await rig.hear(says(2, "meanwhile", OTHER))
        programs.may_start.set()
        [answer] = await rig.phone.texts(1)
        await rig.hear(says(3, "again", OTHER))
        assert (await rig.phone.texts(2))[-1] == "You said again"

    assert answer.startswith("ACP error (ACP_")
    assert "next: " in answer
    assert "send it again" in answer
    assert "secret" not in answer
    assert "npm" not in answer
    assert (await sessions_of(ledger), await bindings_of(ledger)) == ([], [])
    [lost] = await ledger.read(lambda tx: messages.in_state(tx, MessageState.CANCELLED))
    assert lost.message.text == "meanwhile" or lost.reason == "its agent could not be started"


async def test_a_failed_start_gives_the_conversation_back_to_whom_it_was_bound_before(ledger: Ledger) -> None:
    """Taking the place of a binding is undone as a whole."""
    programs = Programs(ledger)
    async with outside(ledger, programs=programs) as rig:
        await rig.hear(says(1, "/acp spawn codex --bind here"))
        await rig.phone.texts(1)
        [first] = await bindings_of(ledger)
        programs.broken = True
        await rig.hear(says(2, "/acp spawn claude --bind here"))
        await rig.phone.texts(2)

    [binding] = await bindings_of(ledger)
    assert binding.session == first.session


async def test_a_failed_start_gives_nobody_a_session_that_was_closed_meanwhile(ledger: Ledger) -> None:
    """The owner can close what the conversation was bound to from elsewhere; then it goes its ordinary way."""
    programs = Programs(ledger)
    async with outside(ledger, programs=programs) as rig:
        await rig.hear(in_group(1, "/acp spawn codex --bind here"))
        await rig.phone.texts(1)
        [first] = await sessions_of(ledger)
        programs.broken = True
        programs.may_start.clear()
        programs.starting.clear()
        await rig.hear(in_group(2, "/acp spawn claude --bind here"))
        await programs.starting.wait()
        await rig.hear(says(3, f"/acp close {first.key}"))
        await rig.phone.texts(2)
        programs.may_start.set()
        await rig.phone.texts(3)

    assert (await sessions_of(ledger), await bindings_of(ledger)) == ([], [])


async def test_an_order_cut_off_by_the_end_is_carried_out_once_by_the_next_start(ledger: Ledger) -> None:
    """The session is named by the message, so that twice is once."""
    programs = Programs(ledger)
    programs.may_start.clear()
    async with outside(ledger, programs=programs) as rig:
        await rig.hear(says(1, "/acp spawn codex --bind here"))
        await programs.starting.wait()
    programs.may_start.set()
    async with outside(ledger, programs=programs) as rig:
        [answer] = await rig.phone.texts(1)

    assert answer.startswith("✅")
    assert len(await sessions_of(ledger)) == len(await bindings_of(ledger)) == 1
    assert len(set(programs.starts)) == 1


async def test_a_turn_of_before_ends_in_its_own_session(ledger: Ledger) -> None:
    """Binding takes nothing away from an answer that is being written."""
    agent, begun, go_on = Agent(), asyncio.Event(), asyncio.Event()

    async def slow(prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        begun.set()
        await go_on.wait()
        yield TextDelta(f"heard: {prompt.text}")
        yield Finished("m")

    agent.behave = slow
    async with outside(ledger, agent=agent) as rig:
        await rig.hear(says(1, "old question"))
        await begun.wait()
        await rig.hear(says(2, "/acp spawn codex --bind here"))
        await rig.phone.texts(1)
        go_on.set()
        await rig.phone.texts(2)
        await rig.hear(says(3, "new question"))
        await rig.phone.texts(3)

    [session] = await sessions_of(ledger)
    assert agent.sessions == ["agent:main:imessage:direct:+15550100001", session.key]


async def test_only_who_bound_a_conversation_or_the_owner_binds_it_anew(ledger: Ledger) -> None:
    """Behaviour facts H.3: the same person replaces."""
    async with outside(ledger) as rig:
        await rig.hear(in_group(1, "/acp spawn codex --bind here"))
        await rig.phone.texts(1)
        await rig.hear(in_group(2, "/acp spawn claude --bind here", OTHER))
        refused = (await rig.phone.texts(2))[-1]
        [first] = await bindings_of(ledger)
        await rig.hear(in_group(3, "/acp spawn claude --bind here"))
        await rig.phone.texts(3)

    [second] = await bindings_of(ledger)
    assert refused.startswith("⚠️ Somebody else bound this conversation")
    assert (first.agent, second.agent) == ("acp:codex", "acp:claude")


async def test_unbound_sessions_are_named_by_key_and_label(ledger: Ledger) -> None:
    """Without --bind the conversation goes on as before, and other commands name the session."""
    programs = Programs(ledger)
    async with outside(ledger, programs=programs) as rig:
        await rig.hear(says(1, "/acp spawn codex —label tests"))
        await rig.phone.texts(1)
        await rig.hear(says(2, "/acp steer --session tests run them"))
        await rig.phone.texts(2)
        await rig.hear(says(3, "hello"))
        texts = await rig.phone.texts(3)

    [session] = await sessions_of(ledger)
    assert (session.label, await bindings_of(ledger)) == ("tests", [])
    assert programs.asked == [(session.key, "run them")]
    assert texts[1:] == ["✅ understood", "You said hello"]


REFUSALS = [
    ("/acp spawn --bind here", {}, "⚠️ Which agent?"),
    ("/acp spawn nobody --bind here", {}, "⚠️ No outside agent is called nobody."),
    ("/acp spawn codex --bind here", {"enabled": False}, "ACP error (ACP_BACKEND_UNAVAILABLE)"),
    ("/acp spawn codex", {"allowedAgents": ["claude"]}, "ACP error (ACP_SESSION_INIT_FAILED)"),
    ("/acp spawn codex --cwd relative/path", {}, "⚠️ The folder must be an absolute path."),
    ("/acp spawn codex --bind here --thread here", {}, "⚠️ --bind here and --thread"),
    ("/acp spawn codex --frob x", {}, '⚠️ "--frob" is no option here. Usage: /acp spawn'),
    ("/acp spawn codex claude", {}, "⚠️ That is more than fits."),
    (f"/acp spawn codex --label {'x' * 65}", {}, "⚠️ A label has at most"),
]


@pytest.mark.parametrize(("said", "acp", "answer"), REFUSALS)
async def test_what_may_not_be_is_told_and_leaves_nothing(
    ledger: Ledger, said: str, acp: dict[str, object], answer: str
) -> None:
    """Each check of behaviour facts H.3 in its place."""
    async with outside(ledger, outside_house(**acp)) as rig:
        await rig.hear(says(1, said))
        [told] = await rig.phone.texts(1)

    assert told.startswith(answer)
    assert (await sessions_of(ledger), await bindings_of(ledger)) == ([], [])


async def test_no_more_run_than_may(ledger: Ledger) -> None:
    """acp.maxConcurrentSessions, with n of how many (behaviour facts H.1); one that rests makes room."""
    programs = Programs(ledger)
    async with outside(ledger, outside_house(maxConcurrentSessions=1), programs) as rig:
        await rig.hear(says(1, "/acp spawn codex"))
        await rig.phone.texts(1)
        programs.busy.update(programs.running)
        await rig.hear(says(2, "/acp spawn claude"))
        refused = (await rig.phone.texts(2))[-1]
        assert len(await sessions_of(ledger)) == 1
        programs.busy.clear()
        await rig.hear(says(3, "/acp spawn claude"))
        begun = (await rig.phone.texts(3))[-1]

    assert "(1/1)" in refused
    assert begun.startswith("✅ claude has begun.")


async def test_the_default_agent_is_asked_where_none_is_named(ledger: Ledger) -> None:
    """acp.defaultAgent; --thread here binds as --bind here does (behaviour facts H.3)."""
    async with outside(ledger, outside_house(defaultAgent="Codex")) as rig:
        await rig.hear(says(1, "/acp spawn --thread=here --mode=oneshot"))
        await rig.phone.texts(1)

    [session], [binding] = await sessions_of(ledger), await bindings_of(ledger)
    assert (session.harness, session.mode, binding.session) == ("codex", "oneshot", session.key)


async def test_the_folder_is_the_owners_to_choose(ledger: Ledger) -> None:
    """Stricter than the original: a folder is what an agent may read and change (decision 027)."""
    async with outside(ledger) as rig:
        await rig.hear(says(1, "/acp spawn codex --cwd /srv/work", OTHER))
        await rig.phone.texts(1)
        await rig.hear(says(2, "/acp spawn codex --cwd /srv/work"))
        texts = await rig.phone.texts(2)

    [session] = await sessions_of(ledger)
    assert texts[0] == "⚠️ That is the owner's to set."
    assert session.cwd == "/srv/work"


async def test_conversations_are_not_bound_where_that_is_switched_off(ledger: Ledger) -> None:
    """session.threadBindings.enabled; a session without a conversation can be had all the same."""
    document = outside_house()
    document["session"] = {**document["session"], "threadBindings": {"enabled": False}}
    async with outside(ledger, document) as rig:
        await rig.hear(says(1, "/acp spawn codex --bind here"))
        await rig.phone.texts(1)
        await rig.hear(says(2, "/acp spawn codex"))
        texts = await rig.phone.texts(2)

    assert texts[0].startswith("⚠️ Conversations are not bound here")
    assert texts[1].startswith("✅")
