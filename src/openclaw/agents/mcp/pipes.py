"""The pipes of an MCP server that is a child of ours, as the library's streams. Imported with the MCP library alone.

The child is started, bounded and ended like every other of ours: its own process group, lines of a bounded length,
output that waits in the pipe while we are behind, stderr in the log. The library's own way has none of these bounds.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import anyio
import structlog
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.shared.message import SessionMessage
from mcp_types import jsonrpc_message_adapter

from openclaw.agents.child_lines import ChildLines, Program
from openclaw.jsonrpc.child import Child, running

log = structlog.get_logger("openclaw.mcp")

MAX_LINE = 4 * 1024 * 1024
"""A result with a picture in it stays below; we show at most some pages of text of any."""

Incoming = MemoryObjectReceiveStream[SessionMessage | Exception]
Outgoing = MemoryObjectSendStream[SessionMessage]


@dataclass(frozen=True, slots=True)
class Pipes:
    """Both directions, and what the child at their other end says."""

    incoming: Incoming
    outgoing: Outgoing
    lines: ChildLines

    async def obituary(self) -> str:
        """How the child went, with its last words; a moment is waited for them."""
        return await self.lines.obituary()


async def _hand_on(
    lines: ChildLines, name: str, to: MemoryObjectSendStream[SessionMessage | Exception]
) -> None:
    """Hand every message on until there will be no more; what is no message is logged and left out."""
    # Once the session is gone nobody listens any more.
    with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
        async with to:
            while (line := await lines.next()) is not None:
                try:
                    message = jsonrpc_message_adapter.validate_json(line, by_name=False)
                except ValueError:
                    log.debug("mcp.noise", server=name, line=line[:200].decode("utf-8", "replace"))
                    continue
                await to.send(SessionMessage(message))


async def _speak(child: Child, words: MemoryObjectReceiveStream[SessionMessage]) -> None:
    # A pipe that takes no more is the end of the child, of which its output tells.
    with suppress(BrokenPipeError):
        async with words:
            async for each in words:
                said = each.message.model_dump_json(by_alias=True, exclude_unset=True)
                await child.write_line(said.encode() + b"\n", lambda: None)


@asynccontextmanager
async def open_pipes(name: str, program: Program, on_gone: Callable[[], None]) -> AsyncGenerator[Pipes]:
    """A child running ``program`` and the streams to it; the end of the context ends both in bounded time.

    ``on_gone`` is called, perhaps twice, when no more will come from it.

    Raises:
        ChildFailed: it cannot be started.
    """
    lines = ChildLines(program, "mcp.stderr", {"server": name}, MAX_LINE, on_gone)
    async with running(lines.child), asyncio.TaskGroup() as group:
        to_us, incoming = anyio.create_memory_object_stream[SessionMessage | Exception](0)
        outgoing, to_child = anyio.create_memory_object_stream[SessionMessage](0)
        tasks = (
            group.create_task(_hand_on(lines, name, to_us), name=f"mcp {name} in"),
            group.create_task(_speak(lines.child, to_child), name=f"mcp {name} out"),
        )
        try:
            yield Pipes(incoming, outgoing, lines)
        finally:
            for task in tasks:
                task.cancel()
            for stream in (to_us, incoming, outgoing, to_child):
                stream.close()
