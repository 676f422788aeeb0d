"""One session of the scripted agent: greeting, beginning, taking up, turns, and every way in which they go wrong."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from tests.agents.acp.outside import (
    BOUND,
    ORIGIN,
    Person,
    Shelf,
    environ,
    gone,
    is_running,
    journal,
    noted,
    opening,
    powers,
    text_of,
)

from openclaw.agents.acp.guest import WAITING
from openclaw.agents.acp.ports import Done, NotTold, Opening, OutsideSession, Powers, Said
from openclaw.agents.acp.session import open_session
from openclaw.agents.child_lines import Program
from openclaw.domain.acp import AcpOptions, PermissionMode
from openclaw.domain.turns import EffectStarting, FileOffered, TurnEvent
from openclaw.errors import AgentFailed, ChildFailed


@asynccontextmanager
async def _open(
    folder: Path,
    outside_id: str = "",
    options: AcpOptions | None = None,
    shelf: Shelf | None = None,
    **how: Any,
) -> AsyncGenerator[OutsideSession]:
    asked = opening(folder, outside_id, options or AcpOptions(), **how)
    async with asyncio.timeout(BOUND), open_session(asked, shelf or Shelf()) as session:
        yield session


async def _turn(
    session: OutsideSession, text: str, with_powers: Powers | None = None
) -> tuple[list[TurnEvent], Done]:
    found: list[TurnEvent] = []

    async def emit(event: TurnEvent) -> None:
        found.append(event)

    done = await session.prompt(Said(text, (), ORIGIN), with_powers or powers(), emit)
    return found, done


async def _said(session: OutsideSession, text: str, with_powers: Powers | None = None) -> str:
    return text_of((await _turn(session, text, with_powers))[0])


async def _failure(asked: Opening) -> str:
    with pytest.raises(AgentFailed) as caught:
        async with asyncio.timeout(BOUND), open_session(asked, Shelf()):
            raise AssertionError("it must not open")
    return str(caught.value)


async def test_a_greeting_tells_what_the_agent_can_do(tmp_path: Path) -> None:
    """Name and release, modes and options (H.2: status)."""
    async with _open(tmp_path) as session:
        able = session.abilities
        assert is_running(session.pid)
    assert (able.name, able.version, able.resumes, able.sees) == ("scripted", "1.2.3", True, True)
    assert (able.modes, able.mode) == (("careful", "bold"), "careful")
    assert able.options == {"llm": ("small", "large"), "fast": ("true", "false")}


@pytest.mark.parametrize("where", ["start", "initialize", "session/new"])
async def test_an_agent_that_ends_at_its_start_is_told_with_its_last_words(
    tmp_path: Path, where: str
) -> None:
    """At every point of the greeting, at once and not when time is up."""
    text = await _failure(opening(tmp_path, exit_at=where))
    assert text == f"scripted exited with code 7: leaving at {where}"


@pytest.mark.parametrize("where", ["start", "initialize", "session/new", "session/resume"])
async def test_an_agent_that_is_silent_at_its_start_is_given_up(tmp_path: Path, where: str) -> None:
    """Each step is bounded (style 25)."""
    asked = replace(opening(tmp_path, "an-old-one", silent_at=where, load_fails=True), seconds=2.0)
    assert await _failure(asked) == "scripted did not answer within 2 s"


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
    async with _open(tmp_path, banner="Welcome to the agent!") as session:
        assert await _said(session, "hi") == "you said: hi"


@pytest.mark.parametrize("how", [{"resumes": True}, {"resumes": False, "loads": True}])
async def test_a_session_is_taken_up_and_its_past_is_not_said_again(
    tmp_path: Path, how: dict[str, bool]
) -> None:
    """Resumed where the agent can, else loaded; what it replays belongs to nobody, be it ever so much."""
    async with _open(tmp_path, **how) as session:
        assert not session.is_resumed
        await _said(session, "remember me")
        name = session.outside_id
    async with _open(tmp_path, name, replay=WAITING * 4, **how) as session:
        assert (session.is_resumed, session.outside_id) == (True, name)
        assert await _said(session, "!recall") == '["remember me"]'


@pytest.mark.parametrize(
    "how", [{}, {"load_fails": True}, {"resumes": False, "loads": True}, {"resumes": False, "loads": False}]
)
async def test_a_session_that_is_gone_is_begun_anew(tmp_path: Path, how: dict[str, bool]) -> None:
    """Whether it is unknown, fails to load, or cannot be taken up at all."""
    async with _open(tmp_path, "unknown", **how) as session:
        assert not session.is_resumed
        assert session.outside_id not in ("", "unknown")
        assert await _said(session, "hi") == "you said: hi"


async def test_options_are_set_before_the_first_turn_and_what_is_refused_is_left(tmp_path: Path) -> None:
    """By id or category; a switch in words (H.2: set, model, set-mode)."""
    wanted = AcpOptions(mode="bold", model="large", thinking="high", extras={"fast": "on", "none": "x"})
    with structlog.testing.capture_logs() as logged:
        async with _open(tmp_path, options=wanted) as session:
            assert await _said(session, "!settings") == "bold large True"
            assert session.abilities.mode == "bold"
    refused = [entry["option"] for entry in logged if entry["event"] == "acp.option_refused"]
    assert refused == ["thought_level", "none"]


async def test_options_can_be_set_while_it_runs(tmp_path: Path) -> None:
    """What the agent does not have is refused, and changes nothing."""
    async with _open(tmp_path) as session:
        await session.set_option("model", "large")
        await session.set_mode("bold")
        for wrong in (
            session.set_mode("mad"),
            session.set_option("llm", "huge"),
            session.set_option("x", "y"),
        ):
            with pytest.raises(AgentFailed):
                await wrong
        assert await _said(session, "!settings") == "bold large False"


async def test_updates_that_are_no_message_are_not_said(tmp_path: Path) -> None:
    """Thoughts and tools; a tool is a warning of an effect."""
    thought = '!update {"sessionUpdate": "agent_thought_chunk", "content": {"type": "text", "text": "hm"}}'
    async with _open(tmp_path) as session:
        found, done = await _turn(session, f"!say Look.\n{thought}\n!tool Read\n!say Done.")
    assert text_of(found) == "Look.\n\nDone."
    assert [event for event in found if isinstance(event, EffectStarting)] == [EffectStarting("Read")]
    assert done == Done("end_turn", 11, 5)


async def test_files_that_it_says_are_kept_and_offered(tmp_path: Path) -> None:
    """One that is refused is left out, and the turn goes on."""
    order = f"!picture {base64.b64encode(b'cat').decode()}\n!say there"
    shelf = Shelf()
    async with _open(tmp_path, shelf=shelf) as session:
        found, _ = await _turn(session, order)
        shelf.refuses = True
        refused, _ = await _turn(session, order)
    assert shelf.kept == [(b"cat", "cat.png", "image/png")]
    assert [event.file.name for event in found if isinstance(event, FileOffered)] == ["cat.png"]
    assert text_of(refused) == "there"
    assert not any(isinstance(event, FileOffered) for event in refused)


async def test_files_inside_are_read_and_written_and_none_outside(tmp_path: Path) -> None:
    """Links, dots and zero bytes included; what was not allowed is not written."""
    folder = tmp_path / "work"
    folder.mkdir()
    (tmp_path / "secret").write_text("secret")
    (folder / "link").symlink_to(tmp_path / "secret")
    allowed = powers(PermissionMode.APPROVE_ALL)
    async with _open(folder) as session:
        assert await _said(session, "!write a/b.txt words\n!read a/b.txt", allowed) == "<done><words>"
        for path in ("../secret", "link", str(tmp_path / "secret"), "a/../../secret", "aNULb"):
            assert "outside the folder" in await _said(session, f"!read {path}", allowed)
            assert "outside the folder" in await _said(session, f"!write {path} x", allowed)
        denied = powers(PermissionMode.DENY_ALL)
        assert "not allowed" in await _said(session, "!write c x\n!run touch c", denied)
    assert (tmp_path / "secret").read_text() == "secret"
    assert not (folder / "c").exists()


async def test_programs_are_run_in_terminals(tmp_path: Path) -> None:
    """With output and exit code; they end with the session."""
    async with _open(tmp_path) as session:
        allowed = powers(PermissionMode.APPROVE_ALL)
        assert await _said(session, "!run python3 -c 'print(1); raise SystemExit(4)'", allowed) == "<1 4>"
        code = "import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(600)"
        await _said(session, f'!terminal python3 -c "{code}"', allowed)
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        pid = int((tmp_path / "pid").read_text())
        assert is_running(pid)
    await gone(pid)


async def test_requests_without_end_are_refused(tmp_path: Path) -> None:
    """They are not held, and what was held is answered when the session ends."""
    async with _open(tmp_path) as session:
        allowed = powers(PermissionMode.APPROVE_ALL)
        assert await _said(session, "!terminal sleep 600\n!ask-often 500", allowed) == "436 refused, 64 wait"


async def test_it_sees_only_what_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key of ours stays ours, in its terminals too."""
    monkeypatch.setenv("OPENAI_API_KEY", "ours")
    async with _open(tmp_path) as session:
        names = await _said(session, "!environ")
        command = "!run python3 -c \"import os; print('OPENAI_API_KEY' in os.environ)\""
        inside = await _said(session, command, powers(PermissionMode.APPROVE_ALL))
    assert "OPENAI_API_KEY" not in names.split()
    assert {"PATH", "AGENT_SCRIPT"} <= set(names.split())
    assert inside == "<False 0>"


async def test_cancelling_asks_it_to_stop_and_it_goes_on(tmp_path: Path) -> None:
    """The same process answers the next turn."""
    async with _open(tmp_path) as session:
        turn = asyncio.ensure_future(_turn(session, "!hang"))
        await noted(tmp_path, "hangs")
        turn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turn
        assert not session.is_over
        assert await _said(session, "hi") == "you said: hi"


async def test_cancelling_answers_an_open_question_with_cancelled(tmp_path: Path) -> None:
    """As the protocol wants it; nobody is left thinking."""
    person = Person()
    async with _open(tmp_path) as session:
        turn = asyncio.ensure_future(_turn(session, "!ask execute rm x", powers(person=person)))
        await person.asked.wait()
        turn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turn
        assert journal(tmp_path)[-2:] == ["session/cancel", "answered cancelled"]
        assert person.stopped == 1
        assert await _said(session, "hi") == "you said: hi"


@pytest.mark.parametrize("order", ["!deaf", "!flood-deaf"])
async def test_an_agent_that_is_deaf_to_a_cancel_is_ended(
    tmp_path: Path, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it says nothing or never stops saying something."""
    monkeypatch.setattr("openclaw.agents.acp.session.CANCEL_SECONDS", 0.2)
    async with _open(tmp_path, deaf_to_term=True) as session:
        begun = asyncio.Event()

        async def emit(event: TurnEvent) -> None:
            begun.set()

        turn = asyncio.ensure_future(session.prompt(Said(f"!say x\n{order}"), powers(), emit))
        await begun.wait()
        turn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turn
        assert session.is_over
        # One that only fell silent still leaves when its input ends.
        assert await session.ended() in ("was ended by signal 9", "exited with code 0")
        assert not is_running(session.pid)


async def test_a_turn_that_is_cancelled_twice_leaves_no_agent_in_the_middle(tmp_path: Path) -> None:
    """Who has no time to wait for its stop leaves it over: it answers no other turn."""
    async with _open(tmp_path) as session:
        turn = asyncio.ensure_future(_turn(session, "!deaf"))
        await noted(tmp_path, "hangs")
        turn.cancel()
        await noted(tmp_path, "session/cancel")
        turn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turn
        assert session.is_over
        assert await session.ended() == "was left in the middle of a turn"


@pytest.mark.parametrize(
    ("order", "how"),
    [
        ("!exit 3", "exited with code 3: the disk is on fire"),
        ("!exit 0", "exited with code 0: the disk is on fire"),
        ("!exit -9", "was ended by signal 9: the disk is on fire"),
        ("!exit-in-line", "exited with code 3"),
        ("!say half\n!exit 3", "exited with code 3: the disk is on fire"),
        ("!fork\n!exit 3", "exited with code 3: the disk is on fire"),
        ("!garbage 1500\n!hang", "writes what is no message of the protocol, without end"),
    ],
)
async def test_a_death_in_a_turn_ends_it_with_how_it_went(tmp_path: Path, order: str, how: str) -> None:
    """Whatever it leaves behind (style 26)."""
    async with _open(tmp_path) as session:
        with pytest.raises(AgentFailed) as caught:
            await _turn(session, order)
        assert str(caught.value) == f"scripted {how}"
        assert await session.ended() == how
        assert session.is_over
        with pytest.raises(NotTold):
            await _turn(session, "hi")


async def test_a_death_at_a_question_ends_the_question(tmp_path: Path) -> None:
    """Nobody decides about somebody who is gone."""
    person = Person()
    async with _open(tmp_path) as session:
        turn = asyncio.ensure_future(_turn(session, "!ask execute x", powers(person=person)))
        await person.asked.wait()
        os.kill(session.pid, signal.SIGKILL)
        with pytest.raises(AgentFailed, match="was ended by signal 9"):
            await turn
        while not person.stopped:  # noqa: ASYNC110 (it takes a turn of the loop, not time)
            await asyncio.sleep(0)


async def test_a_death_after_a_cancel_is_the_end_of_the_turn(tmp_path: Path) -> None:
    """Nobody waits for the rest of the time it had."""
    async with _open(tmp_path) as session:
        turn = asyncio.ensure_future(_turn(session, "!exit-at session/cancel\n!hang"))
        await noted(tmp_path, "hangs")
        turn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turn
        assert "exited with code 7" in await session.ended()


@pytest.mark.parametrize(
    ("order", "told"),
    [
        ("!fail the model is down", "scripted answered with an error: Internal error: the model is down"),
        ("!say x\n!fail-as-data overloaded", "scripted failed: overloaded"),
        ("!stop refusal", "scripted: it refused to go on"),
        ("!ask execute x", "the agent asked for permission, and nobody is to be asked "),
    ],
)
async def test_a_turn_that_fails_leaves_the_agent_running(tmp_path: Path, order: str, told: str) -> None:
    """As an error, as data beside a good end, for a reason of the protocol, by the fail mode."""
    async with _open(tmp_path) as session:
        with pytest.raises(AgentFailed) as caught:
            await _turn(session, order, powers(unanswered="fail"))
        assert str(caught.value).startswith(told)
        assert await _said(session, "hi") == "you said: hi"


@pytest.mark.parametrize(
    "line",
    [
        '{"jsonrpc": "2.0", "id": 0, "error": "text"}',
        '{"jsonrpc": "2.0", "id": [], "result": 1}',
        '{"jsonrpc": "2.0", "method": "session/update", "params": {"sessionId": "SESSION", "update": 7}}',
        '{"jsonrpc": "2.0", "method": "session/update", "params": [1]}',
        '{"jsonrpc": "2.0", "method": "$/cancel_request", "params": {"requestId": 1}}',
        '{"jsonrpc": "2.0", "method": "never/heard", "id": 77}',
        '{"jsonrpc": "2.0", "method": "_their/own", "params": {}}',
        '{"jsonrpc": "2.0", "id": 99, "result": {}}',
        '{"jsonrpc": "2.0", "method": "elicitation/create", "id": 8, "params": {}}',
        "[" * 5000,
    ],
)
async def test_strange_messages_change_nothing(tmp_path: Path, line: str) -> None:
    """Neither the turn nor what is logged through the library's own ways."""
    async with _open(tmp_path) as session:
        assert await _said(session, f"!say a\n!raw {line}\n!say b") == "ab"
        assert await _said(session, "hi") == "you said: hi"


async def test_a_flood_is_bounded_and_comes_whole(tmp_path: Path) -> None:
    """As fast as it is taken: the rest waits in the pipe."""
    async with _open(tmp_path) as session:
        most = 0

        async def emit(event: TurnEvent) -> None:
            nonlocal most
            most = max(most, len(guest.updates))
            nonlocal count
            count += 1

        count = 0
        guest = session._guest  # type: ignore[attr-defined]
        await session.prompt(Said("!flood 20000"), powers(), emit)
    assert count == 20_000
    assert most <= WAITING + 100


async def test_what_is_said_outside_of_a_turn_is_read_and_forgotten(tmp_path: Path) -> None:
    """It holds up no answer, and is not said in the next turn."""
    async with _open(tmp_path) as session:
        await _said(session, f"!flood-after {WAITING * 20}")
        await noted(tmp_path, "flooded")
        await session.set_mode("bold")
        assert await _said(session, "!settings") == "bold small False"


async def test_long_messages_and_long_complaints_do_no_harm(tmp_path: Path) -> None:
    """Beyond 64 KiB in a line; stderr without end."""
    async with _open(tmp_path) as session:
        assert len(await _said(session, "!complain 5000\n!long 20000")) == 20_000
        assert len(await _said(session, "x" * 300_000)) == 24_000


@pytest.mark.parametrize("how", ["", "escape"])
async def test_nothing_is_left_behind(tmp_path: Path, how: str) -> None:
    """Neither in its process group, nor what left it, however deaf."""
    async with _open(tmp_path, deaf_to_term=True) as session:
        child, agent = int(await _said(session, f"!fork {how}")), session.pid
        assert is_running(child)
    assert not is_running(agent)
    await gone(child)


async def test_closing_lets_the_agent_forget_where_it_can(tmp_path: Path) -> None:
    """One that cannot is not asked, one that is silent is not waited for."""
    async with _open(tmp_path) as session:
        await session.close_session()
        assert journal(tmp_path)[-1] == "session/close"
    (tmp_path / "journal").unlink()
    async with _open(tmp_path, closes=False) as session:
        await session.close_session()
        assert "session/close" not in journal(tmp_path)
