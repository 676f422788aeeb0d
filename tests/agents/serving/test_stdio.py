"""The line to a client: what is no message, what is too long, and the end."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.waiting import BOUND_S

from openclaw.agents.serving.stdio import StdioLine


@asynccontextmanager
async def _line(said: bytes, limit: int = 1000) -> AsyncIterator[tuple[StdioLine, asyncio.StreamReader]]:
    """A line on which the client ``said`` this and ended its side; and what it hears."""
    loop, given = asyncio.get_running_loop(), asyncio.StreamReader(limit)
    given.feed_data(said)
    given.feed_eof()
    ours, theirs = os.pipe()
    heard = asyncio.StreamReader()
    reading, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(heard), os.fdopen(ours, "rb")
    )
    transport, protocol = await loop.connect_write_pipe(
        lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader()), os.fdopen(theirs, "wb", buffering=0)
    )
    try:
        async with asyncio.timeout(BOUND_S):
            yield StdioLine(given, asyncio.StreamWriter(transport, protocol, None, loop)), heard
    finally:
        transport.close()
        reading.close()


async def _all(line: StdioLine) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while (message := await line.receive()) is not None:
        found.append(message)
    return found


async def test_messages_come_line_by_line_to_the_last() -> None:
    """Empty lines are nothing, and the last one needs no end."""
    async with _line(b'{"id": 1}\n\n  \n{"id": 2}') as (line, _):
        assert await _all(line) == [{"id": 1}, {"id": 2}]


@pytest.mark.parametrize("wrong", [b"{", b"[1]", b"null", b"\xff\xfe", b"[" * 500])
async def test_what_is_no_message_is_answered_and_the_next_one_heard(wrong: bytes) -> None:
    """A client with a bug sees it, and goes on (JSON-RPC: parse error, invalid request)."""
    async with _line(wrong + b'\n{"id": 1}\n') as (line, heard):
        assert await _all(line) == [{"id": 1}]
        told = json.loads(await heard.readline())
    assert (told["id"], told["error"]["code"] in (-32700, -32600)) == (None, True)


async def test_a_line_without_end_ends_the_line() -> None:
    """What is held in memory is bounded (style 25)."""
    async with _line(b"x" * 2000 + b'\n{"id": 1}\n') as (line, heard):
        assert await line.receive() is None
        assert json.loads(await heard.readline())["error"]["code"] == -32600


async def test_what_comes_after_the_end_is_for_nobody() -> None:
    """An answer that was being worked out when the client left."""
    async with _line(b"") as (line, heard):
        await line.send({"id": 1})
        await line.close()
        await line.send({"id": 2})
        assert await heard.read() == b'{"id":1}\n'
