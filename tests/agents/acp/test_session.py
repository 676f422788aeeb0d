"""One session of the scripted agent: greeting, beginning, taking up, turns, cancels."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from tests.agents.acp.outside import (
    BOUND,
    Person,
    Shelf,
    answer,
    environ,
    gone,
    is_running,
    journal,
    noted,
    opened,
    opening,
    powers,
    text_of,
    turn,
)

from openclaw.agents.acp.guest import WAITING
from openclaw.agents.acp.ports import Done, Opening, Said
from openclaw.agents.acp.session import open_session
from openclaw.agents.child_lines import Program
from openclaw.domain.acp import AcpOptions
from openclaw.domain.turns import EffectStarting, FileOffered, TurnEvent
from openclaw.errors import AgentFailed, ChildFailed


async def test_a_greeting_tells_what_the_agent_can_do(tmp_path: Path) -> None:
    """Name and release, modes and options (H.2: status)."""
    async with opened(tmp_path) as session:
        able = session.abilities
        assert is_running(session.pid)
    assert (able.name, able.version, able.resumes, able.sees) == ("scripted", "1.2.3", True, True)
    assert (able.modes, able.mode) == (("careful", "bold"), "careful")
    assert able.options == {"llm": ("small", "large"), "fast": ("true", "false")}


async def test_what_does_not_fit_is_told(tmp_path: Path) -> None:
    """Another release of the protocol, a login that is missing, a program that is none."""
    assert "speaks version 2 of the protocol" in await _failure(opening(tmp_path, version=2))
    assert "wants somebody to sign in" in await _failure(opening(tmp_path, auth=True))
    nowhere = replace(opening(tmp_path), program=Program(("/no/such/agent",), environ(), {}, str(tmp_path)))
    with pytest.raises(ChildFailed, match="could not be started"):
        async with open_session(nowhere, Shelf()):
            raise AssertionError("it must not open")


async def test_a_banner_before_the_first_message_does_no_harm(tmp_path: Path) -> None:
    """Programs greet people."""
    async with opened(tmp_path, banner="Welcome to the agent!") as session:
        assert await answer(session, "hi") == "you said: hi"


@pytest.mark.parametrize("how", [{"resumes": True}, {"resumes": False, "loads": True}])
async def test_a_session_is_taken_up_and_its_past_is_not_said_again(
    tmp_path: Path, how: dict[str, Any]
) -> None:
    """Resumed where the agent can, else loaded; what it replays belongs to nobody, be it ever so much."""
    async with opened(tmp_path, **how) as session:
        assert not session.is_resumed
        await answer(session, "remember me")
        name = session.outside_id
    async with opened(tmp_path, name, replay=WAITING * 4, **how) as session:
        assert (session.is_resumed, session.outside_id) == (True, name)
        assert await answer(session, "!recall") == '["remember me"]'


@pytest.mark.parametrize(
    "how", [{}, {"load_fails": True}, {"resumes": False, "loads": True}, {"resumes": False, "loads": False}]
)
async def test_a_session_that_is_gone_is_begun_anew(tmp_path: Path, how: dict[str, Any]) -> None:
    """Whether it is unknown, fails to load, or cannot be taken up at all."""
    async with opened(tmp_path, "unknown", **how) as session:
        assert not session.is_resumed
        assert session.outside_id not in ("", "unknown")
        assert await answer(session, "hi") == "you said: hi"


async def test_options_are_set_before_the_first_turn_and_what_is_refused_is_left(tmp_path: Path) -> None:
    """By id or category; a switch in words (H.2: set, model, set-mode)."""
    wanted = AcpOptions(mode="bold", model="large", thinking="high", extras={"fast": "on", "none": "x"})
    with structlog.testing.capture_logs() as logged:
        async with opened(tmp_path, options=wanted) as session:
            assert await answer(session, "!settings") == "bold large True"
            assert session.abilities.mode == "bold"
    refused = [entry["option"] for entry in logged if entry["event"] == "acp.option_refused"]
    assert refused == ["thought_level", "none"]


async def test_options_can_be_set_while_it_runs(tmp_path: Path) -> None:
    """What the agent does not have is refused, and changes nothing."""
    async with opened(tmp_path) as session:
        await session.set_option("model", "large")
        await session.set_mode("bold")
        for wrong in (
            session.set_mode("mad"),
            session.set_option("llm", "huge"),
            session.set_option("x", "y"),
        ):
            with pytest.raises(AgentFailed):
                await wrong
        assert await answer(session, "!settings") == "bold large False"


async def test_updates_that_are_no_message_are_notanswer(tmp_path: Path) -> None:
    """Thoughts and tools; a tool is a warning of an effect."""
    thought = '!update {"sessionUpdate": "agent_thought_chunk", "content": {"type": "text", "text": "hm"}}'
    async with opened(tmp_path) as session:
        found, done = await turn(session, f"!say Look.\n{thought}\n!tool Read\n!say Done.")
    assert text_of(found) == "Look.\n\nDone."
    assert [event for event in found if isinstance(event, EffectStarting)] == [EffectStarting("Read")]
    assert done == Done("end_turn", 11, 5)


async def test_files_that_it_says_are_kept_and_offered(tmp_path: Path) -> None:
    """One that is refused is left out, and the turn goes on."""
    order = f"!picture {base64.b64encode(b'cat').decode()}\n!say there"
    shelf = Shelf()
    async with opened(tmp_path, shelf=shelf) as session:
        found, _ = await turn(session, order)
        shelf.refuses = True
        refused, _ = await turn(session, order)
    assert shelf.kept == [(b"cat", "cat.png", "image/png")]
    assert [event.file.name for event in found if isinstance(event, FileOffered)] == ["cat.png"]
    assert text_of(refused) == "there"
    assert not any(isinstance(event, FileOffered) for event in refused)


async def test_cancelling_asks_it_to_stop_and_it_goes_on(tmp_path: Path) -> None:
    """The same process answers the next turn."""
    async with opened(tmp_path) as session:
        running = asyncio.ensure_future(turn(session, "!hang"))
        await noted(tmp_path, "hangs")
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert not session.is_over
        assert await answer(session, "hi") == "you said: hi"


async def test_cancelling_answers_an_open_question_with_cancelled(tmp_path: Path) -> None:
    """As the protocol wants it; nobody is left thinking."""
    person = Person()
    async with opened(tmp_path) as session:
        running = asyncio.ensure_future(turn(session, "!ask execute rm x", powers(person=person)))
        await person.asked.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert journal(tmp_path)[-2:] == ["session/cancel", "answered cancelled"]
        assert person.stopped == 1
        assert await answer(session, "hi") == "you said: hi"


@pytest.mark.parametrize("order", ["!deaf", "!endless", "!flood-deaf"])
async def test_an_agent_that_is_deaf_to_a_cancel_is_ended(
    tmp_path: Path, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it says nothing or never stops saying something."""
    monkeypatch.setattr("openclaw.agents.acp.session.CANCEL_SECONDS", 0.2)
    async with opened(tmp_path, deaf_to_term=True) as session:
        begun = asyncio.Event()

        async def emit(event: TurnEvent) -> None:
            begun.set()

        running = asyncio.ensure_future(session.prompt(Said(f"!say x\n{order}"), powers(), emit))
        await begun.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert session.is_over
        assert not is_running(session.pid)


async def test_a_turn_that_is_cancelled_twice_leaves_no_agent_in_the_middle(tmp_path: Path) -> None:
    """Who has no time to wait for its stop leaves it over: it answers no other turn."""
    async with opened(tmp_path) as session:
        running = asyncio.ensure_future(turn(session, "!deaf"))
        await noted(tmp_path, "hangs")
        running.cancel()
        await noted(tmp_path, "session/cancel")
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert session.is_over
        assert await session.ended() == "was left in the middle of a turn"


@pytest.mark.parametrize("how", ["", "escape"])
async def test_nothing_is_left_behind(tmp_path: Path, how: str) -> None:
    """Neither in its process group, nor what left it, however deaf."""
    async with opened(tmp_path, deaf_to_term=True) as session:
        child, agent = int(await answer(session, f"!fork {how}")), session.pid
        assert is_running(child)
    assert not is_running(agent)
    await gone(child)


async def test_closing_lets_the_agent_forget_where_it_can(tmp_path: Path) -> None:
    """One that cannot is not asked, one that is silent is not waited for."""
    async with opened(tmp_path) as session:
        await session.close_session()
        assert journal(tmp_path)[-1] == "session/close"
    (tmp_path / "journal").unlink()
    async with opened(tmp_path, closes=False) as session:
        await session.close_session()
        assert "session/close" not in journal(tmp_path)


async def _failure(asked: Opening) -> str:
    with pytest.raises(AgentFailed) as caught:
        async with asyncio.timeout(BOUND), open_session(asked, Shelf()):
            raise AssertionError("it must not open")
    return str(caught.value)
