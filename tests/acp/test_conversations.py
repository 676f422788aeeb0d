"""Agents of others in a conversation, as people meet them: whole gateways, a simulated phone, a model on loopback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.acp.outside import OutsideAgent, needs_outside_agents
from tests.agents.model_server import Answer, ModelServer, Refuse, Stall
from tests.journeys.house import House, build, channel
from tests.journeys.house import model as own_model
from tests.making import ANN, BOB
from tests.media import samples
from tests.waiting import until

from openclaw.simulator import phone

pytestmark = needs_outside_agents


def _house(
    root: Path, agent: OutsideAgent, model: ModelServer, people: dict[str, Any] | None = None, **sections: Any
) -> House:
    """An installation whose default agent answers by the same model, and that knows ``agent`` by its name."""
    house = build(root)
    program, *words = agent.argv
    known = {agent.name: {"command": program, "args": words, "env": agent.env, "cwd": str(agent.cwd)}}
    house.configure(
        channels=channel(house, dmPolicy="allowlist", allowFrom=[ANN, BOB], **(people or {})),
        acp={"agents": known},
        commands={"ownerAllowFrom": [ANN]},
        **own_model(model.url),
        **sections,
    )
    return house


def _bound(agent: OutsideAgent, handle: str) -> list[dict[str, Any]]:
    match = {"channel": "imessage", "peer": {"kind": "direct", "id": handle}}
    return [{"type": "acp", "agentId": agent.name, "match": match}]


def _said(model: ModelServer) -> str:
    """The last question to the model, whole."""
    return str(model.requests[-1].body)


async def test_a_conversation_is_bound_talked_in_reset_and_released(
    agent: OutsideAgent, model: ModelServer, tmp_path: Path
) -> None:
    """The page's fast flow: spawn, everything after goes there, /new begins anew in place, close gives it back."""
    house = _house(tmp_path, agent, model)
    async with house.gateway():
        phone.say(house.mac, ANN, f"/acp spawn {agent.name} --bind here")
        [bound] = await house.replies(ANN, 1)
        assert "in this conversation from now on" in bound
        model.script.append(Answer("Pleased to meet you."))
        phone.say(house.mac, ANN, "my name is Ada")
        assert (await house.replies(ANN, 2))[1:] == ["Pleased to meet you."]
        assert "my name is Ada" in _said(model)
        model.script.append(Answer("You are Ada."))
        phone.say(house.mac, ANN, "who am I?")
        assert (await house.replies(ANN, 3))[2:] == ["You are Ada."]
        assert "my name is Ada" in _said(model)
        phone.say(house.mac, ANN, "/new")
        await house.replies(ANN, 4)
        model.script.append(Answer("I do not know."))
        phone.say(house.mac, ANN, "and now?")
        assert (await house.replies(ANN, 5))[4:] == ["I do not know."]
        assert "my name is Ada" not in _said(model)
        phone.say(house.mac, ANN, "/acp close")
        await house.replies(ANN, 6)
        model.script.append(Answer("I am the usual one."))
        phone.say(house.mac, ANN, "who is there?")
        assert (await house.replies(ANN, 7))[6:] == ["I am the usual one."]
        assert model.requests[-1].path.endswith("/chat/completions")


async def test_the_owner_is_asked_in_their_own_chat_and_answers_by_reply(
    agent: OutsideAgent, model: ModelServer, tmp_path: Path
) -> None:
    """A configured binding; the question goes to the owner, never into the chat that waits; yes, then no."""
    house = _house(tmp_path, agent, model, bindings=_bound(agent, BOB), notify={"owner": ANN})
    made = agent.cwd / "made"
    async with house.gateway():
        phone.say(house.mac, ANN, "hello")
        await house.replies(ANN, 1)
        model.script.extend([agent.to_run(f"touch {made}"), Answer("It is there.")])
        phone.say(house.mac, BOB, "make it")
        question = (await house.replies(ANN, 2))[1]
        assert f"touch {made}" in question
        phone.say(house.mac, ANN, "yes")
        assert await house.replies(BOB, 1) == ["It is there."]
        assert made.exists()
        model.script.append(agent.to_run(f"touch {made}-2"))
        model.script.append(Answer("As you wish."))
        phone.say(house.mac, BOB, "another one")
        # What was allowed, then the next question.
        question = (await house.replies(ANN, 4))[3]
        assert f"touch {made}-2" in question
        phone.say(house.mac, ANN, "no")
        await house.replies(ANN, 5)

        async def over() -> bool:
            turns = (await house.openclaw("turns", "list", "--json")).json()["turns"]
            return all(turn["state"] == "finished" for turn in turns)

        await until(over, "the turn is over")
    assert not made.with_name("made-2").exists()


async def test_a_turn_is_stopped_and_the_session_goes_on(
    agent: OutsideAgent, model: ModelServer, tmp_path: Path
) -> None:
    """The model's connection is closed with the turn; the next turn of the same session answers."""
    house = _house(tmp_path, agent, model, bindings=_bound(agent, ANN))
    async with house.gateway():
        model.script.append(Stall("Let me th"))
        phone.say(house.mac, ANN, "think for ever")
        await model.stalled.wait()
        phone.say(house.mac, ANN, "/acp cancel")
        await model.client_left.wait()
        [told] = await house.replies(ANN, 1)
        assert "Let me th" not in told
        model.script.append(Answer("Here I am."))
        phone.say(house.mac, ANN, "still there?")
        assert (await house.replies(ANN, 2))[1:] == ["Here I am."]


async def test_a_session_is_taken_up_after_the_gateway_restarts(
    agent: OutsideAgent, model: ModelServer, tmp_path: Path
) -> None:
    """The binding made in the chat is durable, and the agent still knows what was said; nothing is said twice."""
    house = _house(tmp_path, agent, model)
    async with house.gateway():
        phone.say(house.mac, ANN, f"/acp spawn {agent.name} --bind here")
        await house.replies(ANN, 1)
        model.script.append(Answer("Noted."))
        phone.say(house.mac, ANN, "the word is heron")
        await house.replies(ANN, 2)
    async with house.gateway():
        model.script.append(Answer("Heron."))
        phone.say(house.mac, ANN, "what is the word?")
        assert (await house.replies(ANN, 3))[1:] == ["Noted.", "Heron."]
        assert "the word is heron" in _said(model)


async def test_a_failure_of_the_model_reaches_no_contact(
    agent: OutsideAgent, model: ModelServer, tmp_path: Path
) -> None:
    """Both would put the provider's error into the answer; here it is the operator's, and the next turn answers."""
    house = _house(tmp_path, agent, model, bindings=_bound(agent, ANN))
    async with house.gateway():
        model.script.append(Refuse(500, "the model is broken"))
        phone.say(house.mac, ANN, "hello")

        async def failed() -> str:
            turns = (await house.openclaw("turns", "list", "--json")).json()["turns"]
            return next((turn["error"] for turn in turns if turn["state"] == "failed"), "")

        assert agent.name in await until(failed, "the turn has failed")
        model.script.append(Answer("Better now."))
        phone.say(house.mac, ANN, "and now?")
        assert await house.replies(ANN, 1) == ["Better now."]


async def test_a_picture_is_shown_and_a_file_lies_in_the_agents_folder(
    codex: OutsideAgent, model: ModelServer, tmp_path: Path
) -> None:
    """The picture reaches the model as one; the note is named by where the agent finds it."""
    folder = tmp_path / "Attachments"
    folder.mkdir()
    (folder / "beach.png").write_bytes(samples.png())
    (folder / "note.txt").write_text("bring bread")
    roots = {"includeAttachments": True, "attachmentRoots": [str(folder)]}
    house = _house(tmp_path, codex, model, people=roots, bindings=_bound(codex, ANN))
    async with house.gateway():
        model.script.append(Answer("A red beach, and bread."))
        files = [folder / "beach.png", folder / "note.txt"]
        phone.say(house.mac, ANN, "what are these?", attachments=files)
        assert await house.replies(ANN, 1) == ["A red beach, and bread."]
    asked = _said(model)
    assert "data:image/" in asked
    [note] = (codex.cwd / "inbound").rglob("note.txt")
    assert str(note.relative_to(codex.cwd)) in asked
    assert note.read_text() == "bring bread"
