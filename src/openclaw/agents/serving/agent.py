"""The protocol: what a client may ask, and what it is answered. One agent, as many sessions as the client opens.

Everything that was to be expected is answered as an error of the protocol, in a sentence without secrets. The names of
the methods and of their parameters are the library's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import uuid4

import structlog
from acp.exceptions import RequestError
from acp.helpers import update_agent_message_text, update_current_mode, update_user_message_text
from acp.interfaces import Client
from acp.meta import PROTOCOL_VERSION
from acp.schema import (
    AgentCapabilities,
    ClientCapabilities,
    ConfigOptionUpdate,
    Implementation,
    InitializeResponse,
    ListSessionsResponse,
    LoadSessionResponse,
    McpCapabilities,
    NewSessionResponse,
    PromptCapabilities,
    PromptResponse,
    ResumeSessionResponse,
    SessionCapabilities,
    SessionCloseCapabilities,
    SessionInfo,
    SessionListCapabilities,
    SessionResumeCapabilities,
    SetSessionConfigOptionResponse,
    Usage,
)

from openclaw import __version__
from openclaw.agents.mcp.configured import IDLE_SECONDS
from openclaw.agents.mcp.servers import Servers
from openclaw.agents.serving.brought import Brought, lines
from openclaw.agents.serving.choices import MODE, choose, modes, options
from openclaw.agents.serving.exchange import Exchange, exchange
from openclaw.agents.serving.oversight import Oversight
from openclaw.agents.serving.said import Block, said
from openclaw.agents.serving.talk import Runtime, Served, Talk
from openclaw.agents.serving.transcripts import Kept, Transcripts
from openclaw.domain.sessions import TranscriptEntry
from openclaw.domain.turns import Finished
from openclaw.errors import BadRequest, NotFound, OpenClawError

log = structlog.get_logger("openclaw.acp")

MOST_LISTED = 200
"""The newest sessions are those that somebody goes on with."""

# As JSON-RPC has them, and the protocol for what is not there.
_REFUSED, _FAILED, _MISSING = -32602, -32603, -32002

P = ParamSpec("P")
T = TypeVar("T")


def _answering(method: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """``method`` with our own errors as those of the protocol, their text as the message."""

    @wraps(method)
    async def answer(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await method(*args, **kwargs)
        except OpenClawError as error:
            raise RequestError(_code(error), str(error)) from error

    return answer


def _code(error: OpenClawError) -> int:
    match error:
        case BadRequest():
            return _REFUSED
        case NotFound():
            return _MISSING
        case _:
            return _FAILED


class ServedAgent:
    """One agent for one client. The tasks of its sessions' servers belong to ``group``; ``stop`` ends them."""

    def __init__(
        self,
        served: Served,
        runtime: Runtime,
        oversight: Oversight,
        transcripts: Transcripts,
        environ: Mapping[str, str],
        group: asyncio.TaskGroup,
    ) -> None:
        self._served = served
        self._runtime = runtime
        self._oversight = oversight
        self._transcripts = transcripts
        self._environ = environ
        self._group = group
        self._talks: dict[str, Talk] = {}
        self._client: Client | None = None

    def on_connect(self, conn: Client) -> None:
        """The client can be spoken to."""
        self._client = conn

    async def stop(self) -> None:
        """End every session's run and servers."""
        await asyncio.gather(*(talk.stop() for talk in self._talks.values()))

    async def initialize(
        self,
        protocol_version: int,
        client_capabilities: ClientCapabilities | None = None,
        client_info: Implementation | None = None,
        **_: Any,
    ) -> InitializeResponse:
        """What is served, in the one version of the protocol that is spoken here; a client of another one ends."""
        log.info("acp.client", version=protocol_version, client=client_info.name if client_info else "")
        return InitializeResponse(
            protocol_version=PROTOCOL_VERSION,
            agent_info=Implementation(name="openclaw", title="OpenClaw", version=__version__),
            agent_capabilities=AgentCapabilities(
                load_session=True,
                prompt_capabilities=PromptCapabilities(
                    image=self._served.sees, audio=False, embedded_context=True
                ),
                mcp_capabilities=McpCapabilities(http=True, sse=True),
                session_capabilities=SessionCapabilities(
                    list=SessionListCapabilities(),
                    resume=SessionResumeCapabilities(),
                    close=SessionCloseCapabilities(),
                ),
            ),
            auth_methods=[],
        )

    @_answering
    async def authenticate(self, method_id: str, **_: Any) -> None:
        """There is nothing to prove: who starts the program is its user."""
        raise BadRequest(f"there is no method of authentication {method_id[:64]!r}, and none is needed")

    @_answering
    async def new_session(
        self, cwd: str, mcp_servers: Sequence[Brought] | None = None, **_: Any
    ) -> NewSessionResponse:
        """A new session."""
        now = datetime.now(UTC)
        talk = self._begin(Kept(uuid4().hex, self._served.agent, cwd, now, ()), cwd, mcp_servers)
        return NewSessionResponse(
            session_id=talk.id, modes=modes(talk), config_options=options(self._served, talk)
        )

    @_answering
    async def load_session(
        self, cwd: str, session_id: str, mcp_servers: Sequence[Brought] | None = None, **_: Any
    ) -> LoadSessionResponse:
        """An earlier session, which is told to the client again from its beginning."""
        talk = await self._again(session_id, cwd, mcp_servers)
        for entry in talk.history:
            tell = update_user_message_text if entry.role == "user" else update_agent_message_text
            await self._peer.session_update(talk.id, tell(entry.text))
        return LoadSessionResponse(modes=modes(talk), config_options=options(self._served, talk))

    @_answering
    async def resume_session(
        self, session_id: str, cwd: str, mcp_servers: Sequence[Brought] | None = None, **_: Any
    ) -> ResumeSessionResponse:
        """An earlier session, which the client still knows."""
        talk = await self._again(session_id, cwd, mcp_servers)
        return ResumeSessionResponse(modes=modes(talk), config_options=options(self._served, talk))

    @_answering
    async def list_sessions(self, cwd: str | None = None, **_: Any) -> ListSessionsResponse:
        """The sessions in which something was said, the last used first."""
        found = await asyncio.to_thread(
            lambda: list(self._transcripts.newest(self._served.agent, MOST_LISTED))
        )
        return ListSessionsResponse(
            sessions=[
                SessionInfo(session_id=kept.id, cwd=kept.cwd, title=kept.title, updated_at=used.isoformat())
                for kept, used in found
                if cwd is None or kept.cwd == cwd
            ]
        )

    @_answering
    async def close_session(self, session_id: str, **_: Any) -> None:
        """End what runs in a session and let it go; it can be loaded again."""
        talk = self._talk(session_id)
        del self._talks[talk.id]
        await talk.stop()
        self._oversight.end(talk)

    @_answering
    async def set_session_mode(self, session_id: str, mode_id: str, **_: Any) -> None:
        """Ask before tools with effects from now on, or do not."""
        talk = self._talk(session_id)
        choose(self._served, talk, MODE, mode_id)
        changed = ConfigOptionUpdate(
            session_update="config_option_update", config_options=options(self._served, talk)
        )
        await self._peer.session_update(talk.id, changed)

    @_answering
    async def set_config_option(
        self, config_id: str, session_id: str, value: str | bool, **_: Any
    ) -> SetSessionConfigOptionResponse:
        """Choose a model, how hard it thinks, or the mode."""
        talk = self._talk(session_id)
        choose(self._served, talk, config_id, value)
        if config_id == MODE:
            await self._peer.session_update(talk.id, update_current_mode(str(value)))
        return SetSessionConfigOptionResponse(config_options=options(self._served, talk))

    @_answering
    async def prompt(self, session_id: str, prompt: Sequence[Block], **_: Any) -> PromptResponse:
        """The answer to what the user says, told as it comes."""
        talk = self._talk(session_id)
        if talk.run is not None:
            raise BadRequest("a prompt of this session is being answered; cancel it first")
        # Nothing is awaited before the run is there: a cancellation that comes next must find it.
        now = exchange(self._served, talk, said(prompt))
        try:
            async with asyncio.TaskGroup() as group:
                talk.run = group.create_task(now.run(self._runtime, self._peer))
        finally:
            talk.run = None
        return await self._ended(talk, now)

    async def cancel(self, session_id: str, **_: Any) -> None:
        """Cut off the answer that is being given, if one is."""
        talk = self._talks.get(session_id)
        if talk is not None and talk.run is not None:
            talk.run.cancel()

    async def _ended(self, talk: Talk, now: Exchange) -> PromptResponse:
        if now.failure is not None:
            log.warning("acp.failed", session=talk.id, error=str(now.failure))
            raise now.failure
        talk.history += [TranscriptEntry("user", now.said.text), TranscriptEntry("assistant", now.answer)]
        await self._keep(talk)
        match now.finished:
            case None:
                return PromptResponse(stop_reason="cancelled")
            case Finished(input_tokens=read, output_tokens=written):
                usage = Usage(total_tokens=read + written, input_tokens=read, output_tokens=written)
                return PromptResponse(stop_reason="end_turn", usage=usage)

    async def _keep(self, talk: Talk) -> None:
        kept = Kept(talk.id, talk.agent, talk.cwd, talk.started_at, tuple(talk.history))
        try:
            await asyncio.to_thread(self._transcripts.write, kept)
        except OSError as error:
            # The answer was given, and this process still knows it.
            log.error("acp.not_kept", session=talk.id, error=str(error))

    async def _again(self, talk: str, cwd: str, servers: Sequence[Brought] | None) -> Talk:
        if talk in self._talks:
            await self.close_session(talk)
        kept = await asyncio.to_thread(self._transcripts.read, talk, self._served.agent)
        return self._begin(kept, cwd, servers)

    def _begin(self, kept: Kept, cwd: str, servers: Sequence[Brought] | None) -> Talk:
        brought = Servers(lines(servers or (), self._environ, cwd), IDLE_SECONDS, self._group)
        talk = Talk(
            id=kept.id,
            agent=kept.agent,
            cwd=cwd,
            started_at=kept.started_at,
            servers=brought,
            asks=self._served.asks,
            history=list(kept.entries),
        )
        self._talks[talk.id] = talk
        self._oversight.begin(talk, self._peer)
        return talk

    def _talk(self, session: str) -> Talk:
        talk = self._talks.get(session)
        if talk is None:
            raise NotFound(f"there is no open session {session[:64]!r}")
        return talk

    @property
    def _peer(self) -> Client:
        assert self._client is not None  # noqa: S101 - nothing is asked before the connection is there
        return self._client
