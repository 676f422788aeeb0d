"""Lines of an agent as messages, without the agent."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.agents.acp.outside import BOUND, environ
from tests.waiting import until

from openclaw.agents.acp.wire import MOST_NOISE, MOST_REQUESTS, LineTransport
from openclaw.agents.child_lines import LINES_WAITING, Program
from openclaw.jsonrpc.child import running

NOTE = '{"jsonrpc": "2.0", "method": "session/update", "params": {"n": %s}}'


class _Room:
    """Room, while somebody says so."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self) -> None:
        await self.open.wait()


@asynccontextmanager
async def _running(code: str, room: _Room | None = None) -> AsyncGenerator[LineTransport]:
    program = Program((sys.executable, "-c", f"import json, sys\n{code}"), environ(), {})
    transport = LineTransport("it", program, room or _Room())
    async with asyncio.timeout(BOUND), running(transport.lines.child):
        yield transport


async def _next(transport: LineTransport) -> Any:
    message = await transport.receive()
    assert message is not None
    return message.get("params", {}).get("n")


async def test_messages_come_in_order_and_what_is_none_is_left_out() -> None:
    """Banners, empty lines, other JSON: nothing of it reaches the library."""
    code = f"""
note = {NOTE!r}
print("Welcome!"); print(); print(note % 1); print("[1, 2]"); print("{{}}"); print('{{"id": [1], "result": 1}}')
print('{{"method": 7}}'); print('{{"id": null, "result": 1}}'); print("\\x00\\xff"); print(note % 2, flush=True)
sys.stdin.read()
"""
    async with _running(code) as transport:
        assert [await _next(transport) for _ in range(2)] == [1, 2]


async def test_an_error_of_any_shape_is_an_error() -> None:
    """The library would stop reading at it."""
    code = """print('{"id": 3, "error": "no"}'); print('{"id": 4, "error": {"code": 1, "message": "x"}}', flush=True)"""
    async with _running(code) as transport:
        assert await transport.receive() == {"id": 3, "error": {"code": -32603, "message": "no"}}
        assert await transport.receive() == {"id": 4, "error": {"code": 1, "message": "x"}}
        assert await transport.receive() is None
        assert transport.over.is_set()


async def test_who_babbles_is_given_up_and_who_does_so_now_and_then_is_not() -> None:
    """So many lines in a row which are no messages."""
    code = f"""
for n in range(3):
    print("noise\\n" * {MOST_NOISE - 1}); print({NOTE!r} % n)
print("noise\\n" * {MOST_NOISE + 1}, flush=True); sys.stdin.read()
"""
    async with _running(code) as transport:
        assert [await _next(transport) for _ in range(3)] == [0, 1, 2]
        assert not transport.is_babbling
        assert await transport.receive() is None
        assert transport.is_babbling
        assert transport.over.is_set()


async def test_long_lines_come_whole() -> None:
    """Far more than the 64 KiB that a stream of the standard library takes."""
    code = f"print({NOTE!r} % json.dumps('x' * 1_000_000), flush=True); sys.stdin.read()"
    async with _running(code) as transport:
        assert len(await _next(transport)) == 1_000_000


async def test_a_flood_waits_in_the_pipe_while_there_is_no_room() -> None:
    """What is held is bounded, and nothing of it is lost."""
    room = _Room()
    room.open.clear()
    code = f"note = {NOTE!r}\nfor n in range(50_000): print(note % n)\nsys.stdout.flush(); sys.stdin.read()"
    async with _running(code, room) as transport:

        async def look() -> bool:
            return transport.lines.waiting > LINES_WAITING

        await until(look, "a full queue")
        for _ in range(100):
            await asyncio.sleep(0)
        # One read of the pipe at most beyond the bound: 256 KiB.
        assert transport.lines.waiting < LINES_WAITING + 256 * 1024 // len(NOTE) + 1
        room.open.set()
        assert [await _next(transport) for _ in range(50_000)] == list(range(50_000))


async def test_more_requests_than_we_hold_are_refused() -> None:
    """Each is answered, and an answer makes room for another."""
    code = f"""
def ask(number): print(json.dumps({{"jsonrpc": "2.0", "id": number, "method": "fs/read"}}), flush=True)
for number in range({MOST_REQUESTS + 2}): ask(number)
first, second = json.loads(sys.stdin.readline()), json.loads(sys.stdin.readline())
print({NOTE!r} % json.dumps([first["id"], second["id"], first["error"]["code"]]), flush=True)
assert "result" in json.loads(sys.stdin.readline())
ask(999); sys.stdin.read()
"""
    async with _running(code) as transport:
        for number in range(MOST_REQUESTS):
            message = await transport.receive()
            assert message
            assert message["id"] == number
        assert await _next(transport) == [MOST_REQUESTS, MOST_REQUESTS + 1, -32000]
        await transport.send({"jsonrpc": "2.0", "id": 0, "result": {}})
        message = await transport.receive()
        assert message
        assert message["id"] == 999


async def test_what_we_say_is_a_line_and_is_counted_once_it_leaves() -> None:
    """So that it is known whether an agent can have seen it."""
    code = f"print({NOTE!r} % json.dumps(sys.stdin.readline()), flush=True); sys.stdin.close(); sys.stdout.close()"
    async with _running(code) as transport:
        assert transport.begun == 0
        await transport.send({"jsonrpc": "2.0", "method": "x", "params": {"text": "a\nb"}})
        assert transport.begun == 1
        assert json.loads(await _next(transport))["params"] == {"text": "a\nb"}
        await transport.over.wait()
        await transport.lines.child.exited_within(BOUND)
        with pytest.raises(ConnectionError):
            await transport.send({"jsonrpc": "2.0", "method": "x"})
        assert transport.begun == 1
