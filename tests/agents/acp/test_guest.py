"""What an agent may ask of us and tell us while it works, however much of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.agents.acp.outside import (
    answer,
    gone,
    is_running,
    noted,
    opened,
    powers,
)

from openclaw.agents.acp.guest import WAITING
from openclaw.agents.acp.ports import Said
from openclaw.domain.acp import PermissionMode
from openclaw.domain.turns import TurnEvent


async def test_files_inside_are_read_and_written_and_none_outside(tmp_path: Path) -> None:
    """Links, dots and zero bytes included; what was not allowed is not written."""
    folder = tmp_path / "work"
    folder.mkdir()
    (tmp_path / "secret").write_text("secret")
    (folder / "link").symlink_to(tmp_path / "secret")
    allowed = powers(PermissionMode.APPROVE_ALL)
    async with opened(folder) as session:
        assert await answer(session, "!write a/b.txt words\n!read a/b.txt", allowed) == "<done><words>"
        for path in ("../secret", "link", str(tmp_path / "secret"), "a/../../secret", "aNULb"):
            assert "outside the folder" in await answer(session, f"!read {path}", allowed)
            assert "outside the folder" in await answer(session, f"!write {path} x", allowed)
        denied = powers(PermissionMode.DENY_ALL)
        assert "not allowed" in await answer(session, "!write c x\n!run touch c", denied)
    assert (tmp_path / "secret").read_text() == "secret"
    assert not (folder / "c").exists()


async def test_programs_are_run_in_terminals(tmp_path: Path) -> None:
    """With output and exit code; they end with the session."""
    async with opened(tmp_path) as session:
        allowed = powers(PermissionMode.APPROVE_ALL)
        assert await answer(session, "!run python3 -c 'print(1); raise SystemExit(4)'", allowed) == "<1 4>"
        code = "import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(600)"
        await answer(session, f'!terminal python3 -c "{code}"', allowed)
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        pid = int((tmp_path / "pid").read_text())
        assert is_running(pid)
    await gone(pid)


async def test_requests_without_end_are_refused(tmp_path: Path) -> None:
    """They are not held, and what was held is answered when the session ends."""
    async with opened(tmp_path) as session:
        allowed = powers(PermissionMode.APPROVE_ALL)
        assert await answer(session, "!terminal sleep 600\n!ask-often 500", allowed) == "436 refused, 64 wait"


async def test_it_sees_only_what_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key of ours stays ours, in its terminals too."""
    monkeypatch.setenv("OPENAI_API_KEY", "ours")
    async with opened(tmp_path) as session:
        names = await answer(session, "!environ")
        command = "!run python3 -c \"import os; print('OPENAI_API_KEY' in os.environ)\""
        inside = await answer(session, command, powers(PermissionMode.APPROVE_ALL))
    assert "OPENAI_API_KEY" not in names.split()
    assert {"PATH", "AGENT_SCRIPT"} <= set(names.split())
    assert inside == "<False 0>"


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
    async with opened(tmp_path) as session:
        assert await answer(session, f"!say a\n!raw {line}\n!say b") == "ab"
        assert await answer(session, "hi") == "you said: hi"


async def test_a_flood_is_bounded_and_comes_whole(tmp_path: Path) -> None:
    """As fast as it is taken: the rest waits in the pipe."""
    async with opened(tmp_path) as session:
        most = 0

        async def emit(event: TurnEvent) -> None:
            nonlocal most, count
            # Nobody takes any for a while: what is held must stop growing.
            while count == 0 and len(guest.updates) < WAITING:  # noqa: ASYNC110 (the agent is another process)
                await asyncio.sleep(0)
            for _ in range(0 if count else 500):
                await asyncio.sleep(0)
            most = max(most, len(guest.updates))
            count += 1

        count = 0
        guest = session._guest  # type: ignore[attr-defined]
        await session.prompt(Said("!flood 20000"), powers(), emit)
    assert count == 20_000
    assert most <= WAITING + 100


async def test_what_is_said_outside_of_a_turn_is_read_and_forgotten(tmp_path: Path) -> None:
    """It holds up no answer, and is not said in the next turn."""
    async with opened(tmp_path) as session:
        await answer(session, f"!flood-after {WAITING * 20}")
        await noted(tmp_path, "flooded")
        await session.set_mode("bold")
        assert await answer(session, "!settings") == "bold small False"


async def test_long_messages_and_long_complaints_do_no_harm(tmp_path: Path) -> None:
    """Beyond 64 KiB in a line; stderr without end."""
    async with opened(tmp_path) as session:
        assert len(await answer(session, "!complain 5000\n!long 20000")) == 20_000
        assert len(await answer(session, "x" * 300_000)) == 24_000
