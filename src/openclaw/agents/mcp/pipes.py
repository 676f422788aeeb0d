"""The pipes of an MCP server that is a child of ours, as the library's streams. Imported with the MCP library alone.

The child is started, bounded and ended like every other of ours: its own process group, lines of a bounded length,
output that waits in the pipe while we are behind, stderr in the log. The library's own way has none of these bounds.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import anyio
import structlog
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.shared.message import SessionMessage
from mcp_types import jsonrpc_message_adapter

from openclaw.agents.mcp.line import Program
from openclaw.config.secrets import mask_text
from openclaw.jsonrpc.child import Child, Surroundings, running
from openclaw.jsonrpc.frames import FrameDecoder

log = structlog.get_logger("openclaw.mcp")

MAX_LINE = 4 * 1024 * 1024
"""A result with a picture in it stays below; we show at most some pages of text of any."""

LINES_WAITING = 200
"""More than this many lines wait in the child's pipe instead of in our memory."""

LAST_WORDS_SECONDS = 0.5
"""The exit and the last words come a moment after the end of the output."""

WORDS_PER_SECOND = 10
"""More pieces of stderr than this are not logged: a server that complains without end must not fill the disk."""

WORDS_AT_ONCE = 2000
"""What is logged of one piece of stderr."""

Incoming = MemoryObjectReceiveStream[SessionMessage | Exception]
Outgoing = MemoryObjectSendStream[SessionMessage]


@dataclass(frozen=True, slots=True)
class Pipes:
    """Both directions, and the child at their other end."""

    incoming: Incoming
    outgoing: Outgoing
    child: Child

    async def obituary(self) -> str:
        """How the child went, with its last words; a moment is waited for them."""
        await self.child.over_within(LAST_WORDS_SECONDS)
        code, words = self.child.exit_code, self.child.stderr_tail.splitlines()
        if code is None:
            how = "ended its output"
        else:
            how = f"exited with code {code}" if code >= 0 else f"was ended by signal {-code}"
        return how + (f": {words[-1][:300]}" if words else "")


class _Mouth:
    """What the child says: lines as they come, handed on one by one."""

    def __init__(self, name: str, program: Program, on_gone: Callable[[], None]) -> None:
        self._name = name
        self._on_gone = on_gone
        self._is_gone = False
        self._lines: deque[bytes] = deque()
        self._stirred = asyncio.Event()
        self._decoder = FrameDecoder(MAX_LINE, self._lines.append)
        self._holding = False
        self._logged_at: deque[float] = deque(maxlen=WORDS_PER_SECOND)
        environ = {**program.inherited, **program.configured}
        around = Surroundings(environ, program.folder, self._hear_words)
        self.child = Child(program.argv, self._hear, self._end, around)

    def _hear(self, chunk: bytes) -> None:
        self._decoder.feed(chunk)
        self._stirred.set()
        if len(self._lines) > LINES_WAITING and not self._holding:
            self._hold(True)

    def _hear_words(self, chunk: bytes) -> None:
        now = asyncio.get_running_loop().time()
        if len(self._logged_at) == WORDS_PER_SECOND and now - self._logged_at[0] < 1:
            return
        self._logged_at.append(now)
        said = chunk[:WORDS_AT_ONCE].decode("utf-8", "replace").strip()
        log.info("mcp.stderr", server=self._name, said=mask_text(said))

    def _end(self) -> None:
        self._is_gone = True
        self._stirred.set()
        self._on_gone()

    def _hold(self, hold: bool) -> None:
        self._holding = hold
        self.child.hold_output(hold)

    async def hand_on(self, to: MemoryObjectSendStream[SessionMessage | Exception]) -> None:
        """Hand every message on until there will be no more; what is no message is logged and left out."""
        # Once the session is gone nobody listens any more.
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
            async with to:
                while self._lines or not self._is_gone:
                    await self._hand_on_waiting(to)
                    self._stirred.clear()
                    if not self._lines and not self._is_gone:
                        await self._stirred.wait()

    async def _hand_on_waiting(self, to: MemoryObjectSendStream[SessionMessage | Exception]) -> None:
        while self._lines:
            await self._hand_on_one(self._lines.popleft(), to)
            if self._holding and len(self._lines) <= LINES_WAITING // 2:
                self._hold(False)

    async def _hand_on_one(self, line: bytes, to: MemoryObjectSendStream[SessionMessage | Exception]) -> None:
        try:
            message = jsonrpc_message_adapter.validate_json(line, by_name=False)
        except ValueError:
            log.debug("mcp.noise", server=self._name, line=line[:200].decode("utf-8", "replace"))
            return
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
    mouth = _Mouth(name, program, on_gone)
    async with running(mouth.child), asyncio.TaskGroup() as group:
        to_us, incoming = anyio.create_memory_object_stream[SessionMessage | Exception](0)
        outgoing, to_child = anyio.create_memory_object_stream[SessionMessage](0)
        tasks = (
            group.create_task(mouth.hand_on(to_us), name=f"mcp {name} in"),
            group.create_task(_speak(mouth.child, to_child), name=f"mcp {name} out"),
        )
        try:
            yield Pipes(incoming, outgoing, mouth.child)
        finally:
            for task in tasks:
                task.cancel()
            for stream in (to_us, incoming, outgoing, to_child):
                stream.close()
