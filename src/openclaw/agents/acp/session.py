"""One session of one outside agent: its program started, greeted, its session begun or taken up, its turns run.

The root of what is imported with the protocol's library.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import structlog
from acp import PROTOCOL_VERSION
from acp.client.connection import ClientSideConnection
from acp.schema import (
    ClientCapabilities,
    FileSystemCapabilities,
    Implementation,
    InitializeResponse,
    PromptResponse,
)

from openclaw import __version__
from openclaw.agents.acp.abilities import Shown
from openclaw.agents.acp.dialects import TYPED_FAILURES
from openclaw.agents.acp.exchange import Exchange
from openclaw.agents.acp.fence import Fence
from openclaw.agents.acp.grants import Grants
from openclaw.agents.acp.guest import Guest
from openclaw.agents.acp.library_log import keep_quiet
from openclaw.agents.acp.options import Options
from openclaw.agents.acp.ports import Done, Keeping, NotTold, Opening, OutsideSession, Powers, Said
from openclaw.agents.acp.replies import Refused, blocks_of, ending
from openclaw.agents.acp.servers import offered
from openclaw.agents.acp.updates import File, Meaning, Projection, Text, Tool
from openclaw.agents.acp.wire import LineTransport
from openclaw.agents.handover import Emit
from openclaw.domain.acp import AgentAbilities
from openclaw.domain.turns import EffectStarting, FileOffered, TextDelta
from openclaw.errors import AgentFailed, FileRefused
from openclaw.jsonrpc.child import running
from openclaw.jsonrpc.orphans import MARK_OF_AGENT, end_marked

log = structlog.get_logger("openclaw.acp")

CANCEL_SECONDS = 5.0
"""How long an agent that is asked to stop may take; then it is ended, and its session taken up by another process."""

CLOSE_SECONDS = 2.0


class _Session:
    """An open session. Made by ``open_session``, which also ends its program."""

    def __init__(self, opening: Opening, transport: LineTransport, guest: Guest, grants: Grants) -> None:
        self._opening = opening
        self._transport = transport
        self._guest = guest
        self._grants = grants
        self._connection = ClientSideConnection(guest, transport)
        self._exchange = Exchange(opening, transport)
        self._shown = Shown()
        self._options = Options(opening, self._connection, self._exchange, self._shown)
        self._keep: Keeping
        self.outside_id = ""
        self.is_resumed = False

    @property
    def abilities(self) -> AgentAbilities:
        return self._shown.abilities

    @property
    def is_over(self) -> bool:
        return self._transport.over.is_set()

    @property
    def pid(self) -> int:
        return self._transport.lines.child.pid or 0

    async def open(self, keep: Keeping) -> None:
        """Greet the agent, and begin or take up the session. Raises AgentFailed."""
        self._keep = keep
        await self._begin(await self.greet())
        await self._options.settle(self.outside_id)

    async def greet(self) -> InitializeResponse:
        """Shake hands. Raises AgentFailed."""
        fs = FileSystemCapabilities(read_text_file=True, write_text_file=True)
        answer = await self._exchange.answer(
            self._connection.initialize(
                PROTOCOL_VERSION,
                ClientCapabilities(fs=fs, terminal=True, field_meta=dict(TYPED_FAILURES)),
                Implementation(name="openclaw", title="OpenClaw", version=__version__),
            )
        )
        if answer.protocol_version != PROTOCOL_VERSION:
            raise AgentFailed(
                f"{self._opening.harness} speaks version {answer.protocol_version} of the protocol, and we speak "
                f"{PROTOCOL_VERSION}; install another release of it"
            )
        self._shown.greeted(answer)
        return answer

    async def _begin(self, answer: InitializeResponse) -> None:
        opening, mcp = self._opening, answer.agent_capabilities and answer.agent_capabilities.mcp_capabilities
        servers = offered(opening.servers, http=bool(mcp and mcp.http), sse=bool(mcp and mcp.sse))
        if opening.outside_id and self._shown.abilities.resumes and await self._take_up(servers):
            return
        begun = await self._exchange.answer(
            self._connection.new_session(str(opening.cwd), mcp_servers=list(servers))
        )
        self._shown.begun(begun.modes, begun.config_options)
        self.outside_id = begun.session_id

    async def _take_up(self, servers: Sequence[Any]) -> bool:
        """Take up the session that there was; whether the agent still has it."""
        opening = self._opening
        take_up = (
            self._connection.resume_session if self._shown.resumes_silently else self._connection.load_session
        )
        try:
            found = await self._exchange.answer(
                take_up(cwd=str(opening.cwd), session_id=opening.outside_id, mcp_servers=list(servers))
            )
        except Refused as refused:
            log.info(
                "acp.session_is_gone", session=opening.key, outside=opening.outside_id, cause=str(refused)
            )
            return False
        self._shown.begun(found.modes, found.config_options)
        self.outside_id, self.is_resumed = opening.outside_id, True
        return True

    async def set_mode(self, mode: str) -> None:
        await self._options.set_mode(self.outside_id, mode)

    async def set_option(self, option: str, value: str) -> None:
        await self._options.set(self.outside_id, option, value)

    async def prompt(self, said: Said, powers: Powers, emit: Emit) -> Done:
        blocks = await asyncio.to_thread(blocks_of, said, sees=self.abilities.sees)
        projection = Projection(powers.stream, self.abilities.name)
        begun = self._transport.begun
        self._grants.begin(powers, said.origin)
        self._guest.listen()
        asking = asyncio.ensure_future(self._connection.prompt(self.outside_id, blocks))
        try:
            answer = await self._listen(asking, projection, said, emit)
        except BaseException as error:
            await self._stop(asking)
            if isinstance(error, AgentFailed) and self._transport.begun == begun:
                raise NotTold(str(error)) from None
            raise
        finally:
            self._guest.rest()
            self._grants.end()
            if not asking.done():
                # What it still does belongs to no turn: it must not live to see the next.
                self._transport.over.set()
                asking.cancel()
            elif not asking.cancelled():
                # Looked at, so that nobody complains that it was not.
                asking.exception()
        if projection.is_cut:
            log.warning("acp.output_cut", session=self._opening.key, most=powers.stream.max_output_chars)
        return ending(answer, self._opening.harness)

    async def _listen(
        self, asking: asyncio.Future[PromptResponse], projection: Projection, said: Said, emit: Emit
    ) -> PromptResponse:
        """Emit what is said until the turn ends."""
        refused = asyncio.ensure_future(self._grants.refused.wait())
        try:
            while True:
                stirred = asyncio.ensure_future(self._guest.stirred.wait())
                try:
                    await asyncio.wait({asking, stirred, refused}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    stirred.cancel()
                is_over = asking.done()
                for update in self._guest.take():
                    for meaning in projection.meanings(update):
                        await self._emit(meaning, said, emit)
                if refused.done() and not is_over:
                    await self._stop(asking)
                    raise AgentFailed(
                        "the agent asked for permission, and nobody is to be asked "
                        "(plugins.entries.acpx.config.nonInteractivePermissions is fail)"
                    )
                if is_over:
                    return await self._exchange.answer(asking, bounded=False)
        finally:
            refused.cancel()

    async def _emit(self, meaning: Meaning, said: Said, emit: Emit) -> None:
        match meaning:
            case Text(text):
                await emit(TextDelta(text))
            case Tool(title):
                await emit(EffectStarting(title))
            case File(content, name, mime_type) if said.origin is not None:
                try:
                    kept = await self._keep(said.origin.account, content, name, mime_type)
                except FileRefused as error:
                    log.warning("acp.file_refused", session=self._opening.key, cause=str(error))
                else:
                    await emit(FileOffered(kept))
            case File():
                pass

    async def _stop(self, asking: asyncio.Future[PromptResponse]) -> None:
        """Ask the agent to stop its turn, and end it when it does not."""
        if asking.done():
            return
        self._grants.end()
        # Before anything is written: an agent that waits to be read does not read.
        self._guest.rest()
        with contextlib.suppress(Exception):
            async with asyncio.timeout(CANCEL_SECONDS):
                await self._connection.cancel(self.outside_id)
                await asyncio.wait({asking})
        if not asking.done():
            log.warning("acp.deaf", session=self._opening.key, seconds=CANCEL_SECONDS)
            await self._transport.lines.child.close()

    async def close_session(self) -> None:
        if not self._shown.closes or not self.outside_id:
            return
        with contextlib.suppress(Exception):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._connection.close_session(self.outside_id)

    async def ended(self) -> str:
        await self._transport.over.wait()
        return await self._exchange.obituary()

    async def aclose(self) -> None:
        """End what was started for the agent, and the library's tasks."""
        self._exchange.is_closing = True
        self._transport.over.set()
        self._grants.end()
        with contextlib.suppress(Exception):
            await self._connection.close()
        await self._guest.close()


@asynccontextmanager
async def open_session(opening: Opening, keep: Keeping) -> AsyncGenerator[OutsideSession]:
    """A session of a program of its own; both, and what the program has started, end with the context.

    Raises:
        AgentFailed: the program ended, does not speak the protocol, is silent, or wants somebody to sign in.
        ChildFailed: it cannot be started.
    """
    async with _connected(opening) as session:
        await session.open(keep)
        yield session


async def try_out(opening: Opening) -> AgentAbilities:
    """What a program says of itself that is started, greeted and ended again. Raises AgentFailed, ChildFailed."""
    async with _connected(opening) as session:
        await session.greet()
        return session.abilities


@asynccontextmanager
async def _connected(opening: Opening) -> AsyncGenerator[_Session]:
    keep_quiet()
    # What it starts bears its mark, so that it is found at the end wherever it went.
    mark = {MARK_OF_AGENT: uuid.uuid4().hex}
    program = replace(opening.program, configured={**opening.program.configured, **mark})
    fence = Fence(opening.cwd)
    grants = Grants(opening.key, opening.agent, fence)
    environ = {**program.inherited, **program.configured}
    guest = Guest(fence, grants, environ)
    transport = LineTransport(opening.harness, program, guest.room)
    try:
        async with running(transport.lines.child):
            session = _Session(opening, transport, guest, grants)
            try:
                yield session
            finally:
                await session.aclose()
    finally:
        await asyncio.to_thread(end_marked, mark)
