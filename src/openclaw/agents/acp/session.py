"""One session of one outside agent: its program started, greeted, its session begun or taken up, its turns run.

The root of what is imported with the protocol's library. Its errors become ours here.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import structlog
from acp import PROTOCOL_VERSION, RequestError
from acp.client.connection import ClientSideConnection
from acp.schema import (
    ClientCapabilities,
    FileSystemCapabilities,
    Implementation,
    InitializeResponse,
    PromptResponse,
)
from pydantic import ValidationError

from openclaw import __version__
from openclaw.agents.acp.abilities import Shown
from openclaw.agents.acp.dialects import TYPED_FAILURES
from openclaw.agents.acp.fence import Fence
from openclaw.agents.acp.grants import Grants
from openclaw.agents.acp.guest import Guest
from openclaw.agents.acp.ports import Done, Emit, Keeping, Opening, OutsideSession, Powers, Said
from openclaw.agents.acp.replies import Refused, blocks_of, ending, refusal
from openclaw.agents.acp.servers import offered
from openclaw.agents.acp.updates import File, Meaning, Projection, Text, Tool
from openclaw.agents.acp.wire import LineTransport
from openclaw.domain.acp import AgentAbilities
from openclaw.domain.turns import EffectStarting, FileOffered, TextDelta
from openclaw.errors import AgentFailed, FileRefused
from openclaw.jsonrpc.child import running

log = structlog.get_logger("openclaw.acp")

CANCEL_SECONDS = 5.0
"""How long an agent that is asked to stop may take; then it is ended, and its session taken up by another process."""

CLOSE_SECONDS = 2.0
T = TypeVar("T")


class _Session:
    """An open session. Made by ``open_session``, which also ends its program."""

    def __init__(self, opening: Opening, transport: LineTransport, guest: Guest, grants: Grants) -> None:
        self._opening = opening
        self._transport = transport
        self._guest = guest
        self._grants = grants
        self._connection = ClientSideConnection(guest, transport)
        self._shown = Shown()
        self._keep: Keeping
        self.outside_id = ""
        self.is_resumed = False

    @property
    def abilities(self) -> AgentAbilities:
        return self._shown.abilities

    @property
    def pid(self) -> int:
        return self._transport.lines.child.pid or 0

    async def greet(self, keep: Keeping) -> None:
        """Shake hands, and begin or take up the session. Raises AgentFailed."""
        self._keep = keep
        fs = FileSystemCapabilities(read_text_file=True, write_text_file=True)
        answer = await self._step(
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
        await self._begin(answer)
        await self._settle_options()

    async def _begin(self, answer: InitializeResponse) -> None:
        opening, mcp = self._opening, answer.agent_capabilities and answer.agent_capabilities.mcp_capabilities
        servers = offered(opening.servers, http=bool(mcp and mcp.http), sse=bool(mcp and mcp.sse))
        if opening.outside_id and self._shown.abilities.resumes and await self._take_up(servers):
            return
        begun = await self._step(self._connection.new_session(str(opening.cwd), mcp_servers=list(servers)))
        self._shown.begun(begun.modes, begun.config_options)
        self.outside_id = begun.session_id

    async def _take_up(self, servers: Sequence[Any]) -> bool:
        """Take up the session that there was; whether the agent still has it."""
        opening = self._opening
        take_up = (
            self._connection.resume_session if self._shown.resumes_silently else self._connection.load_session
        )
        try:
            found = await self._step(
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

    async def _settle_options(self) -> None:
        """Go on as a person set it; what the agent does not have any more is told in the log and left."""
        options = self._opening.options
        wanted = {"model": options.model, "thought_level": options.thinking, **options.extras}
        for name, value in wanted.items():
            if value:
                await self._try(self.set_option(name, value), name)
        if options.mode:
            await self._try(self.set_mode(options.mode), "mode")

    async def _try(self, setting: Awaitable[None], name: str) -> None:
        try:
            await setting
        except Refused as refused:
            log.warning("acp.option_refused", session=self._opening.key, option=name, cause=str(refused))

    async def set_mode(self, mode: str) -> None:
        await self._step(self._connection.set_session_mode(self.outside_id, mode))
        self._shown.mode_is(mode)

    async def set_option(self, option: str, value: str) -> None:
        known = self._shown.option(option)
        if known is None:
            raise Refused(f"{self._opening.harness} has no option {option!r}")
        said = value.lower() in ("true", "on", "yes") if known.is_boolean else value
        found = await self._step(self._connection.set_config_option(known.id, self.outside_id, said))
        self._shown.options_are(found.config_options)

    async def prompt(self, said: Said, powers: Powers, emit: Emit) -> Done:
        blocks = await asyncio.to_thread(blocks_of, said, sees=self.abilities.sees)
        projection = Projection(self._opening.stream, self.abilities.name)
        self._grants.begin(powers, said.origin)
        self._guest.take()
        self._guest.is_listening = True
        asking = asyncio.ensure_future(self._connection.prompt(self.outside_id, blocks))
        try:
            answer = await self._listen(asking, projection, said, emit)
        except asyncio.CancelledError:
            await self._stop(asking)
            raise
        finally:
            self._guest.is_listening = False
            self._grants.end()
            if not asking.done():
                asking.cancel()
            elif not asking.cancelled():
                # Looked at, so that nobody complains that it was not.
                asking.exception()
        if projection.is_cut:
            log.warning(
                "acp.output_cut", session=self._opening.key, most=self._opening.stream.max_output_chars
            )
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
                    return await self._step(asking, bounded=False)
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
        self._grants.end()
        with contextlib.suppress(Exception):
            async with asyncio.timeout(CANCEL_SECONDS):
                await self._connection.cancel(self.outside_id)
                # What it still says belongs to nobody; read, it cannot hold up the answer.
                self._guest.is_listening = False
                self._guest.take()
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
        await self._transport.lines.gone()
        return await self._obituary()

    async def aclose(self) -> None:
        """End what was started for the agent, and the library's tasks."""
        self._grants.end()
        await self._guest.close()
        with contextlib.suppress(Exception):
            await self._connection.close()

    async def _obituary(self) -> str:
        if self._transport.is_babbling:
            return "writes what is no message of the protocol, without end"
        return await self._transport.lines.obituary()

    async def _step(self, doing: Awaitable[T], *, bounded: bool = True) -> T:
        """What the agent answers to a request. Raises AgentFailed; ``Refused`` where it answered with an error."""
        opening = self._opening
        try:
            async with asyncio.timeout(opening.seconds if bounded else None):
                return await doing
        except TimeoutError:
            raise AgentFailed(f"{opening.harness} did not answer within {opening.seconds:g} s") from None
        except ConnectionError:
            raise AgentFailed(f"{opening.harness} {await self._obituary()}") from None
        except RequestError as error:
            raise refusal(opening.harness, error) from None
        except ValidationError as error:
            problem = f"{error.error_count()} faults in what it answered"
            raise AgentFailed(f"{opening.harness} broke the protocol: {problem}") from None


@asynccontextmanager
async def open_session(opening: Opening, keep: Keeping) -> AsyncGenerator[OutsideSession]:
    """A session of a program of its own; both, and what the program has started, end with the context.

    Raises:
        AgentFailed: the program ended, does not speak the protocol, is silent, or wants somebody to sign in.
        ChildFailed: it cannot be started.
    """
    fence = Fence(opening.cwd)
    grants = Grants(opening.key, opening.agent, fence)
    environ = {**opening.program.inherited, **opening.program.configured}
    guest = Guest(fence, grants, environ)
    transport = LineTransport(opening.harness, opening.program, guest.room)
    async with running(transport.lines.child):
        session = _Session(opening, transport, guest, grants)
        try:
            await session.greet(keep)
            yield session
        finally:
            await session.aclose()
