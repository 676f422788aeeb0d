"""The line to the client: one JSON object a line on standard input and output, each of a bounded length.

The library's own way ends the whole connection at a line that is no object, and answers nothing to one that is no JSON.
While the line is open whatever else is printed goes to standard error: output carries only the protocol.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any, BinaryIO, cast

import structlog
from acp.agent.connection import AgentSideConnection
from acp.interfaces import Agent

from openclaw.agents.serving.agent import ServedAgent
from openclaw.errors import OpenClawError
from openclaw.jsonrpc.frames import MAX_LINE

log = structlog.get_logger("openclaw.acp")

CLOSE_SECONDS = 0.3
"""For the last lines; a client that does not read them any more has had its chance."""


class StdioLine:
    """Whole messages in and out."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._is_closed = False

    async def send(self, message: dict[str, Any]) -> None:
        """Write one message; returns once there is room for the next. Raises ConnectionError when nobody reads."""
        if self._is_closed:
            # An answer that comes after the end is for nobody.
            return
        # Whole before anything is waited for: a sender that is cancelled leaves no half of a line.
        self._writer.write(json.dumps(message, separators=(",", ":")).encode() + b"\n")
        await self._writer.drain()

    async def receive(self) -> dict[str, Any] | None:
        """The next message; ``None`` at the end of the input, or at a line that is longer than allowed."""
        while True:
            try:
                line = await self._reader.readuntil(b"\n")
            except asyncio.IncompleteReadError as end:
                line = end.partial
                if not line.strip():
                    return None
            except asyncio.LimitOverrunError:
                await self._refuse(-32600, f"a line may have {MAX_LINE} bytes at most")
                return None
            if line.strip() and (message := await self._read(line)) is not None:
                return message

    async def close(self) -> None:
        """Close the output, once what was written has left or the bound is over."""
        self._is_closed = True
        self._writer.close()
        with suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._writer.wait_closed()

    async def _read(self, line: bytes) -> dict[str, Any] | None:
        try:
            found: object = json.loads(line)
        except (ValueError, RecursionError):
            await self._refuse(-32700, "a line is no JSON")
            return None
        if not isinstance(found, dict):
            await self._refuse(-32600, "a line is no JSON object")
            return None
        return cast("dict[str, Any]", found)

    async def _refuse(self, code: int, why: str) -> None:
        log.warning("acp.line", why=why)
        await self.send({"jsonrpc": "2.0", "id": None, "error": {"code": code, "message": why}})


async def serve_stdio(agent: ServedAgent) -> None:
    """Serve ``agent`` until the client ends the input, or SIGINT or SIGTERM comes.

    Raises:
        OpenClawError: standard input or output is nothing that can be listened on.
    """
    async with _open_line() as line, asyncio.TaskGroup() as group:
        # The library answers for the methods of its protocol that an agent does not have.
        served = cast("Agent", agent)
        connection = AgentSideConnection(served, line, listening=False, use_unstable_protocol=True)
        listening = group.create_task(connection.listen())
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, listening.cancel)
        try:
            await asyncio.wait({listening})
        finally:
            await connection.close()


@asynccontextmanager
async def _open_line() -> AsyncGenerator[StdioLine]:
    loop, reader = asyncio.get_running_loop(), asyncio.StreamReader(MAX_LINE)
    output = _own_output()
    try:
        heard, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        # This protocol has what writing waits for; it reads nothing.
        transport, protocol = await loop.connect_write_pipe(
            lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader()), output
        )
    except (ValueError, PermissionError) as error:
        raise OpenClawError(
            "the Agent Client Protocol is spoken over pipes; let a client start this command"
        ) from error
    try:
        yield StdioLine(reader, asyncio.StreamWriter(transport, protocol, None, loop))
    finally:
        heard.close()
        transport.close()


def _own_output() -> BinaryIO:
    """Standard output for us alone; what anything else prints to it goes to standard error from now on."""
    sys.stdout.flush()
    output = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    return output
