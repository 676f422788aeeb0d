"""What agents of others do on the wire, with nothing of ours between but the SDK.

Our own scripted agent imitates what is seen here, and our client relies on it. What differs between the two agents is
said where it matters: a client must bear both.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import acp
import pytest
from tests.acp.bare_client import Line, Person, open_line, until_gone
from tests.acp.outside import OutsideAgent, needs_outside_agents
from tests.agents.model_server import Answer, ModelServer, Refuse, Request, Stall, results
from tests.waiting import BOUND_S

pytestmark = needs_outside_agents

TYPED_FAILURES = {"jetbrains": {"air": {"version": 1, "capabilities": ["sessionFailure"]}}}


def start(agent: OutsideAgent, person: Person, **capabilities: Any) -> Any:
    return open_line(agent.argv, agent.env, agent.cwd, person, **capabilities)


async def say(line: Line, session: str, text: str) -> acp.PromptResponse:
    async with asyncio.timeout(BOUND_S):
        return await line.conn.prompt(session, [acp.text_block(text)])


async def begin(line: Line, agent: OutsideAgent) -> str:
    async with asyncio.timeout(BOUND_S):
        return (await line.conn.new_session(cwd=str(agent.cwd))).session_id


async def until_set(event: asyncio.Event) -> None:
    async with asyncio.timeout(BOUND_S):
        await event.wait()


def knows(request: Request, text: str) -> bool:
    return json.dumps(text)[1:-1] in json.dumps(request.body)


async def test_greets_with_what_it_can_do(agent: OutsideAgent) -> None:
    """Both keep sessions over a restart, take pictures, and need no login before a model server of one's own."""
    async with start(agent, Person()) as line:
        said = line.initialized
    assert said.protocol_version == 1
    assert said.agent_capabilities.load_session
    assert said.agent_capabilities.prompt_capabilities.image
    assert said.agent_capabilities.session_capabilities.resume is not None
    assert said.agent_capabilities.session_capabilities.close is not None


async def test_a_session_begins_in_the_mode_that_asks(agent: OutsideAgent) -> None:
    """The mode comes from the agent's own configuration; others can be chosen, and are options of the session, too."""
    async with start(agent, Person()) as line, asyncio.timeout(BOUND_S):
        session = await line.conn.new_session(cwd=str(agent.cwd))
    assert session.modes.current_mode_id == {"codex": "workspace-write", "claude": "default"}[agent.name]
    assert {option.id for option in session.config_options} >= {"mode", "model"}


async def test_an_answer_comes_in_pieces(agent: OutsideAgent, model: ModelServer) -> None:
    """Text arrives as the model says it, and all of it before the turn's own answer."""
    person = Person()
    model.script.append(Answer("the tide is out"))
    async with start(agent, person) as line:
        ended = await say(line, await begin(line, agent), "How is the tide?")
        assert person.chunks() == ["the", " tide", " is", " out"]
    assert ended.stop_reason == "end_turn"
    assert knows(model.requests[0], "How is the tide?")


async def test_what_is_permitted_is_done(agent: OutsideAgent, model: ModelServer) -> None:
    """The question names the command and offers once and no; the call is told from its beginning to its end."""
    person = Person("allow_once")
    model.script += [agent.to_run(f"touch {agent.cwd}/made"), Answer("it is done")]
    async with start(agent, person) as line:
        ended = await say(line, await begin(line, agent), "Make it.")
    (call, options), *others = person.asked
    assert not others
    assert call.title == f"touch {agent.cwd}/made"
    assert {option.kind for option in options} >= {"allow_once", "reject_once"}
    assert person.states(call.tool_call_id)[-1] == "completed"
    assert (agent.cwd / "made").exists()
    assert "".join(person.chunks()) == "it is done"
    assert ended.stop_reason == "end_turn"


async def test_what_is_refused_is_not_done(agent: OutsideAgent, model: ModelServer) -> None:
    """Codex ends the turn as cancelled then, though nobody cancelled it; Claude tells the model, and goes on."""
    person = Person("reject_once")
    model.script += [agent.to_run(f"touch {agent.cwd}/made"), Answer("then not")]
    async with start(agent, person) as line:
        ended = await say(line, await begin(line, agent), "Make it.")
    [(call, _)] = person.asked
    assert person.states(call.tool_call_id)[-1] == "failed"
    assert not (agent.cwd / "made").exists()
    assert ended.stop_reason == agent.after_refusal
    goes_on = agent.after_refusal == "end_turn"
    assert person.chunks() == (["then", " not"] if goes_on else [])
    assert len(model.requests) == (2 if goes_on else 1)


async def test_a_cancelled_turn_stops_at_once(agent: OutsideAgent, model: ModelServer) -> None:
    """What was said stays said; the model is hung up on; the session takes the next turn."""
    person = Person()
    model.script += [Stall("half a thought"), Answer("again")]
    async with start(agent, person) as line, asyncio.TaskGroup() as tasks:
        session = await begin(line, agent)
        turn = tasks.create_task(say(line, session, "Think."))
        await until_set(person.heard_text)
        await line.conn.cancel(session)
        assert (await turn).stop_reason == "cancelled"
        await until_set(model.client_left)
        assert (await say(line, session, "And now?")).stop_reason == "end_turn"
    assert person.chunks()[-1] == "again"


async def test_a_turn_that_waits_for_permission_can_be_cancelled(
    agent: OutsideAgent, model: ModelServer
) -> None:
    """The open question is answered with cancelled, as the protocol asks; nothing is done."""
    person = Person(answer=None)
    model.script.append(agent.to_run(f"touch {agent.cwd}/made"))
    async with start(agent, person) as line, asyncio.TaskGroup() as tasks:
        session = await begin(line, agent)
        turn = tasks.create_task(say(line, session, "Make it."))
        await until_set(person.was_asked)
        await line.conn.cancel(session)
        person.gave_up.set()
        assert (await turn).stop_reason == "cancelled"
    assert not (agent.cwd / "made").exists()


async def test_the_error_of_a_model_is_said_like_an_answer(agent: OutsideAgent, model: ModelServer) -> None:
    """Unasked, both put the provider's error into the conversation; only Claude says as well that the turn failed.

    Codex' error text is told from an answer by one thing: it belongs to no message.
    """
    person = Person()
    model.script.append(Refuse(500, "the model is broken"))
    async with start(agent, person) as line:
        session = await begin(line, agent)
        if agent.name == "claude":
            with pytest.raises(acp.RequestError, match="API Error: 500 the model is broken"):
                await say(line, session, "Hello?")
        else:
            assert (await say(line, session, "Hello?")).stop_reason == "end_turn"
    [chunk] = [update for update in person.updates if update.session_update == "agent_message_chunk"]
    assert chunk.content.text
    assert (chunk.message_id is None) == (agent.name == "codex")


async def test_the_error_of_a_model_is_a_value_for_who_asks(agent: OutsideAgent, model: ModelServer) -> None:
    """With the extension announced, nothing is said, and the turn's answer carries what went wrong.

    https://github.com/agentclientprotocol/codex-acp/blob/main/docs/air-extensions.md#session-failure
    """
    person = Person()
    model.script.append(Refuse(500, "the model is broken"))
    async with start(agent, person, field_meta=TYPED_FAILURES) as line:
        ended = await say(line, await begin(line, agent), "Hello?")
    assert person.chunks() == []
    failure = ended.field_meta["jetbrains"]["air"]["sessionFailure"]
    assert (failure["category"], failure["severity"]) == ("service", "error")
    assert failure["title"]


async def test_a_key_that_is_not_taken_is_an_error_of_the_turn(
    agent: OutsideAgent, model: ModelServer
) -> None:
    """The protocol's own code for it, -32000, from both, whatever was announced."""
    model.script.append(Refuse(401, "who are you"))
    async with start(agent, Person(), field_meta=TYPED_FAILURES) as line:
        session = await begin(line, agent)
        with pytest.raises(acp.RequestError, match="Authentication required") as caught:
            await say(line, session, "Hello?")
    assert caught.value.code == -32000


async def test_who_waits_on_a_dead_agent_is_told(agent: OutsideAgent, model: ModelServer) -> None:
    """The turn fails as soon as the process has ended; its process group takes all of its children with it."""
    person = Person()
    model.script.append(Stall("half"))
    async with start(agent, person) as line:
        session = await begin(line, agent)
        turn = asyncio.ensure_future(say(line, session, "Hello?"))
        await until_set(person.heard_text)
        await line.kill()
        with pytest.raises(ConnectionError):
            await turn


async def test_an_agent_ends_when_its_input_ends(agent: OutsideAgent) -> None:
    """Closing its standard input is the polite way, and enough; its own children follow it."""
    async with start(agent, Person()) as line:
        await begin(line, agent)
        family = line.family()
        line.process.stdin.close()
        async with asyncio.timeout(BOUND_S):
            await line.process.wait()
        assert family
        await until_gone(family)


async def test_a_loaded_session_is_replayed_and_goes_on(agent: OutsideAgent, model: ModelServer) -> None:
    """A fresh process says all that was said before it answers the request: nothing of that is news."""
    model.script += [
        agent.to_run(f"touch {agent.cwd}/made"),
        Answer("the heron is back"),
        Answer("still there"),
    ]
    async with start(agent, Person("allow_once")) as line:
        session = await begin(line, agent)
        await say(line, session, "Any birds?")
        await line.kill()
    person = Person()
    async with start(agent, person) as line:
        async with asyncio.timeout(BOUND_S):
            await line.conn.load_session(cwd=str(agent.cwd), session_id=session)
        assert person.chunks("user_message_chunk") == ["Any birds?"]
        assert "the heron is back" in person.chunks()
        assert any(update.session_update == "tool_call" for update in person.updates)
        person.updates.clear()
        await say(line, session, "And now?")
    assert person.chunks()[-2:] == ["still", " there"]
    assert knows(model.requests[-1], "the heron is back")
    assert results(model.requests[-1])


async def test_a_resumed_session_goes_on_without_a_word(agent: OutsideAgent, model: ModelServer) -> None:
    """A fresh process knows what was said, and says none of it."""
    model.script += [Answer("the heron is back"), Answer("still there")]
    async with start(agent, Person()) as line:
        session = await begin(line, agent)
        await say(line, session, "Any birds?")
        await line.kill()
    person = Person()
    async with start(agent, person) as line:
        async with asyncio.timeout(BOUND_S):
            await line.conn.resume_session(cwd=str(agent.cwd), session_id=session)
        assert person.chunks() == person.chunks("user_message_chunk") == []
        await say(line, session, "And now?")
    assert person.chunks()[-2:] == ["still", " there"]
    assert knows(model.requests[-1], "the heron is back")


async def test_a_closed_session_takes_no_turn(agent: OutsideAgent, model: ModelServer) -> None:
    """It is not found, with the protocol's code for that; resuming opens it again."""
    async with start(agent, Person()) as line:
        session = await begin(line, agent)
        await say(line, session, "Hello?")
        async with asyncio.timeout(BOUND_S):
            await line.conn.close_session(session)
        with pytest.raises(acp.RequestError) as caught:
            await say(line, session, "Still there?")
        async with asyncio.timeout(BOUND_S):
            await line.conn.resume_session(cwd=str(agent.cwd), session_id=session)
        assert (await say(line, session, "And now?")).stop_reason == "end_turn"
    assert caught.value.code == -32002


async def test_a_session_nobody_knows_is_refused(agent: OutsideAgent) -> None:
    """Claude says not found; Codex says internal error, with the reason among the data."""
    async with start(agent, Person()) as line, asyncio.timeout(BOUND_S):
        with pytest.raises(acp.RequestError) as caught:
            await line.conn.load_session(
                cwd=str(agent.cwd), session_id="01a22889-d1a0-7f80-9908-80cb6bc3df54"
            )
    assert caught.value.code == {"codex": -32603, "claude": -32002}[agent.name]
