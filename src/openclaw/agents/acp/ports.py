"""What running outside agents needs from elsewhere, and the shape of one that runs, stated by the one who needs it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from openclaw.agents.child_lines import Program
from openclaw.agents.handover import Emit
from openclaw.config.sections.acp import Stream
from openclaw.config.sections.mcp import McpServer
from openclaw.domain.acp import (
    AcpOptions,
    AcpSession,
    AcpState,
    AgentAbilities,
    Decision,
    PermissionMode,
    PermissionQuestion,
)
from openclaw.domain.delivery import OutboundFile
from openclaw.domain.files import Picture
from openclaw.domain.ids import AccountId, AgentId, SessionKey
from openclaw.domain.sessions import Session
from openclaw.domain.turns import Origin
from openclaw.errors import AgentFailed


class SessionBook(Protocol):
    """The sessions of outside agents as they are kept."""

    async def of_turn(self, session: Session) -> AcpSession:
        """The session as it is to be run now.

        Raises:
            AgentNotConfigured: it was closed meanwhile.
        """
        ...

    async def find(self, key: SessionKey) -> tuple[AcpSession, int] | None:
        """The session ``key`` with the generation that its next turn will have; ``None`` when there is none."""
        ...

    async def named(self, key: SessionKey, outside_id: str, generation: int) -> None:
        """Keep the agent's own name for a generation of the session."""
        ...

    async def settle(self, key: SessionKey, state: AcpState, error: str = "") -> None:
        """Keep how the session is doing; ``error`` is for the operator."""
        ...


Asking = Callable[[PermissionQuestion, Origin, float], Awaitable[Decision | None]]
"""Puts a question to a person for so many seconds; ``None`` when it is over without an answer."""

Keeping = Callable[[AccountId, bytes, str, str], Awaitable[OutboundFile]]
"""Keeps a file that an agent said (account, content, name, media type) to be sent; raises FileRefused."""


@dataclass(frozen=True, slots=True)
class Powers:
    """What an agent may do in one session, and who is asked about the rest.

    ``unanswered`` is ``ask``, ``deny`` or ``fail``; ``seconds`` is how long a question stands. ``stream`` is how what
    it says and does is shown.
    """

    mode: PermissionMode
    unanswered: str
    ask: Asking
    seconds: float
    stream: Stream = field(default_factory=Stream)


@dataclass(frozen=True, slots=True)
class Opening:
    """Everything that a session of an agent is opened with.

    ``outside_id`` is the agent's own name for a session to take up, "" to begin one. ``seconds`` bounds each step.
    """

    key: SessionKey
    agent: AgentId
    harness: str
    program: Program
    cwd: Path
    outside_id: str
    options: AcpOptions
    seconds: float
    servers: Mapping[str, McpServer] = field(default_factory=dict[str, McpServer])


@dataclass(frozen=True, slots=True)
class Said:
    """What an agent is told in one turn; ``pictures`` are shown to those that see, ``files`` are paths in its folder.

    ``origin`` is the conversation that is answered, if there is one: what the agent asks to be allowed there goes to a
    person.
    """

    text: str
    pictures: Sequence[Picture] = ()
    files: Sequence[str] = ()
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """How a turn of an agent ended: why it stopped, in the protocol's words, and its tokens, 0 when not told."""

    stop: str
    input_tokens: int = 0
    output_tokens: int = 0


class NotTold(AgentFailed):
    """The agent was gone before it was told anything of a turn: another may be told."""


class OutsideSession(Protocol):
    """A program that has been greeted, with one session open. Whoever opened it closes it."""

    @property
    def abilities(self) -> AgentAbilities:
        """What it said of itself, as of now."""
        ...

    @property
    def outside_id(self) -> str:
        """Its own name for the session."""
        ...

    @property
    def is_resumed(self) -> bool:
        """Whether the session that was asked for was taken up."""
        ...

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be had from it: it is gone, broken, or was left in the middle of a turn."""
        ...

    @property
    def pid(self) -> int:
        """The process, and its group."""
        ...

    async def prompt(self, said: Said, powers: Powers, emit: Emit) -> Done:
        """Tell it something, and emit what it answers. Cancelling asks it to stop, and gives it a bounded time.

        Raises:
            NotTold: it was gone before.
            AgentFailed: it ended, broke the protocol, or said that it failed.
        """
        ...

    async def set_mode(self, mode: str) -> None:
        """Go on in another mode of its own. Raises AgentFailed."""
        ...

    async def set_option(self, option: str, value: str) -> None:
        """Go on with another value of one of its options. Raises AgentFailed."""
        ...

    async def close_session(self) -> None:
        """Let it forget the session, where it can."""
        ...

    async def ended(self) -> str:
        """Return once it is over, with how it went."""
        ...


TryOut = Callable[[Opening], Awaitable[AgentAbilities]]
"""Starts a program, greets it and ends it; what it says of itself. Raises AgentFailed, ChildFailed."""

OpenSession = Callable[[Opening, Keeping], AbstractAsyncContextManager[OutsideSession]]
"""Starts a program, greets it and opens its session; ends it with its whole process group."""
