"""One MCP server over its life: started when an agent first needs it, kept alive, ended when nobody has for a while.

A server that does not run costs its tools and nothing else: no turn waits for one that has failed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial

import structlog

from openclaw.agents.loader import RemoteTools, load_mcp
from openclaw.agents.mcp.line import Line, RemoteTool
from openclaw.agents.tools.calls import CALL_SECONDS
from openclaw.agents.tools.tool import Arguments, Tool
from openclaw.domain.tools import remote_name
from openclaw.errors import ToolFailed
from openclaw.supervision import Backoff, Lapse, Pulse, keep_alive

log = structlog.get_logger("openclaw.mcp")

FIRST_WAIT_SECONDS = 20.0
"""How long a turn waits for a server that is being started: a program that is fetched first may need longer, and then
the next turn has its tools."""

ANSWER_MARGIN = 1.0
"""A call ends here before whoever carries it out gives it up, so that a silent server is noticed."""

END_SECONDS = 10.0
"""Ending a child is bounded by less; this only keeps a fault in that from holding up the gateway's own end."""


class Server:
    """One configured server, running or not. Its tasks belong to ``group``."""

    def __init__(
        self, line: Line, idle_seconds: float | None, group: asyncio.TaskGroup, backoff: Backoff | None = None
    ) -> None:
        self.line = line
        self.trouble = ""
        self._idle_seconds = idle_seconds or None
        self._group = group
        self._backoff = backoff
        self._life: asyncio.Task[None] | None = None
        self._patience: asyncio.Timeout | None = None
        self._users = 0
        self._session: RemoteTools | None = None
        self._settled = asyncio.Event()

    async def tools(self) -> Sequence[Tool]:
        """Its tools, none while it does not run; starts it when nobody has yet, and waits for that."""
        async with self._used():
            with suppress(TimeoutError):
                async with asyncio.timeout(FIRST_WAIT_SECONDS):
                    await self._settled.wait()
            if self._session is None:
                return ()
            try:
                return tuple(self._tool(found) for found in await self._session.tools())
            except ToolFailed as error:
                self.trouble = str(error)
                return ()

    async def stop(self) -> None:
        """End it."""
        if self._life is not None:
            self._life.cancel()
            await asyncio.wait({self._life}, timeout=END_SECONDS)

    def _tool(self, found: RemoteTool) -> Tool:
        return Tool(
            remote_name(self.line.name, found.name),
            found.description,
            found.schema,
            has_effect=not found.reads_only,
            run=partial(self._call, found.name),
        )

    async def _call(self, tool: str, arguments: Arguments) -> str:
        async with self._used():
            if self._session is None:
                raise ToolFailed("the server of this tool is not running")
            return await self._session.call(tool, dict(arguments), CALL_SECONDS - ANSWER_MARGIN)

    @asynccontextmanager
    async def _used(self) -> AsyncGenerator[None]:
        """Keeps the server running, and starts it when it does not."""
        self._users += 1
        try:
            await self._begin()
            self._be_patient()
            yield
        finally:
            self._users -= 1
            self._be_patient()

    async def _begin(self) -> None:
        if self._life is not None and self._patience is not None and self._patience.expired():
            # It is being ended because nobody needed it until now.
            await asyncio.wait({self._life}, timeout=END_SECONDS)
        if self._life is None or self._life.done():
            self._settled.clear()
            self._life = self._group.create_task(self._live(), name=f"mcp {self.line.name}")

    def _be_patient(self) -> None:
        if self._patience is None or self._patience.expired() or self._idle_seconds is None:
            return
        now = asyncio.get_running_loop().time()
        self._patience.reschedule(None if self._users else now + self._idle_seconds)

    async def _live(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(None) as self._patience:
                self._be_patient()
                try:
                    await keep_alive(self._run, self._lapsed, backoff=self._backoff)
                finally:
                    self._patience = None
        log.info("mcp.idle", server=self.line.name)

    async def _run(self, pulse: Pulse) -> None:
        try:
            how = await self._serve(pulse)
        except Exception:
            _let_go()
            raise
        _let_go()
        raise ToolFailed(how)

    async def _serve(self, pulse: Pulse) -> str:
        open_server = await load_mcp()
        async with open_server(self.line) as session:
            self._session, self.trouble = session, ""
            pulse.healthy()
            self._settled.set()
            log.info("mcp.ready", server=self.line.name)
            try:
                return await session.ended()
            finally:
                self._session = None

    def _lapsed(self, lapse: Lapse) -> None:
        self.trouble = self.line.masked(str(lapse.root) or type(lapse.root).__name__)
        log.warning(
            "mcp.down",
            server=self.line.name,
            error=self.trouble,
            attempt=lapse.attempt,
            next_try=lapse.next_try.isoformat(timespec="seconds"),
        )
        self._settled.set()


def _let_go() -> None:
    """End here when that was asked for: the library's groups of tasks can put an error in the place of a request."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
