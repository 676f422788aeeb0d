"""The pipes of an MCP server, without the protocol."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest
import structlog
from mcp.shared.message import SessionMessage
from mcp_types import JSONRPCNotification, JSONRPCRequest

from openclaw.agents.child_lines import WORDS_PER_SECOND, Program
from openclaw.agents.mcp.pipes import MAX_LINE, Pipes, open_pipes
from openclaw.errors import ChildFailed

BOUND = 30.0
"""Far above what any wait here takes on a busy machine; it only ends a test that would hang."""

NOTE = '{"jsonrpc": "2.0", "method": "notifications/progress", "params": {"n": %s}}'


def _program(code: str) -> Program:
    return Program((sys.executable, "-c", f"import sys\n{code}"), {}, {})


async def _methods(pipes: Pipes, count: int) -> list[Any]:
    found: list[Any] = []
    async with asyncio.timeout(BOUND):
        for _ in range(count):
            item = await pipes.incoming.receive()
            assert isinstance(item, SessionMessage)
            assert isinstance(item.message, JSONRPCNotification)
            found.append((item.message.params or {})["n"])
    return found


async def test_messages_come_in_order_and_what_is_none_is_left_out() -> None:
    """Banners, half lines and lines beyond the bound do not stop what follows (style 25)."""
    code = f"""
note = {NOTE!r}
print("Welcome!"); print(note % 1); print("{{}}"); print("x" * {MAX_LINE + 10}); print(note % 2, flush=True)
sys.stdout.write((note % 3)[:20]); sys.stdout.flush(); sys.stdout.write((note % 3)[20:] + "\\n")
sys.stdout.flush(); sys.stdin.read()
"""
    async with open_pipes("s", _program(code), lambda: None) as pipes:
        assert await _methods(pipes, 3) == [1, 2, 3]


async def test_a_flood_is_left_in_the_pipe() -> None:
    """What nobody takes is not read: all of it comes, as fast as it is taken."""
    code = f"note = {NOTE!r}\nfor n in range(5000): print(note % n)\nsys.stdout.flush(); sys.stdin.read()"
    async with open_pipes("s", _program(code), lambda: None) as pipes:
        assert await _methods(pipes, 5000) == list(range(5000))


async def test_what_we_say_arrives_as_a_line() -> None:
    """One JSON object a line, in both directions."""
    code = f"""
line = sys.stdin.readline()
print({NOTE!r} % int('"ping"' in line), flush=True); sys.stdin.read()
"""
    async with open_pipes("s", _program(code), lambda: None) as pipes:
        request = JSONRPCRequest(jsonrpc="2.0", id=1, method="ping")
        await pipes.outgoing.send(SessionMessage(request))
        assert await _methods(pipes, 1) == [1]


async def test_the_end_is_told_with_the_last_words() -> None:
    """Who waits learns of it at once (style 26), and later sends fail no one."""
    gone = asyncio.Event()
    code = "sys.stderr.write('first\\nno disk left\\n'); sys.exit(4)"
    async with asyncio.timeout(BOUND), open_pipes("s", _program(code), gone.set) as pipes:
        await gone.wait()
        assert await pipes.obituary() == "exited with code 4: no disk left"


async def test_complaints_without_end_do_not_fill_the_log() -> None:
    """Stderr is drained to the log, some pieces a second (style 25)."""
    gone = asyncio.Event()
    code = "for _ in range(3000): sys.stderr.write('complaint ' * 500); sys.stderr.flush()"
    with structlog.testing.capture_logs() as logged:
        async with asyncio.timeout(BOUND), open_pipes("s", _program(code), gone.set) as pipes:
            await gone.wait()
            await pipes.obituary()
    said = [entry for entry in logged if entry["event"] == "mcp.stderr"]
    assert 0 < len(said) <= WORDS_PER_SECOND * BOUND
    assert said[0]["server"] == "s"
    assert len(said) < 1000


async def test_a_program_that_is_not_there_is_a_child_failed() -> None:
    """Named with the command (style 21)."""
    with pytest.raises(ChildFailed, match="no-such-program could not be started"):
        async with open_pipes("s", Program(("no-such-program",), {}, {}), lambda: None):
            raise AssertionError("it must not open")
