"""What carrying out commands needs from elsewhere, stated by the one who needs it. What is not there is ``None``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from openclaw.config.change import Change
from openclaw.config.paths import KeyPath
from openclaw.domain.acp import AgentAbilities, Decision, LiveAgent
from openclaw.domain.handles import Handle
from openclaw.domain.ids import SessionKey


class ConfigDesk(Protocol):
    """The configuration file, and what is laid over it until the next restart."""

    def read(self, path: KeyPath) -> object:
        """What the file has at ``path``, with every secret masked; the whole of it for an empty path.

        Raises:
            NotFound: nothing stands there.
            ConfigError: the file cannot be read.
        """
        ...

    async def change(self, edits: Sequence[Change], by: str) -> bool:
        """Write ``edits`` into the file, all or none; whether that changed anything. The running gateway follows.

        Raises:
            ConfigInvalid: the result would break rules; nothing was written.
            ConfigError: it cannot be written, or not safely.
        """
        ...

    def overlay(self) -> Mapping[str, object]:
        """What is laid over the file, by its key paths, with every secret masked."""
        ...

    async def lay_over(self, edits: Sequence[Change]) -> None:
        """Let ``edits`` hold until the next restart; a removal takes back what was laid over its path.

        Raises:
            ConfigInvalid: the result would break rules; nothing changed.
        """
        ...

    async def uncover(self) -> None:
        """Take back all that was laid over the file."""
        ...


class Approvals(Protocol):
    """Requests for permission that agents wait on."""

    async def decide(
        self, request: str, decision: Decision, session: SessionKey, by: Handle
    ) -> Decision | None:
        """Answer the request with this id, given in ``session``; what that came to, ``None`` when none is open.

        What cannot be allowed always is allowed once.
        """
        ...


class OutsideAgents(Protocol):
    """The programs that run outside agents, one for each of their sessions, as commands reach them.

    Each ``session`` must be in the ledger before. Whatever goes wrong is an ``AgentError`` whose text is the
    operator's.
    """

    async def start(self, session: SessionKey) -> AgentAbilities:
        """Start the program of ``session`` unless it runs, take up or begin its session, and say what it can do."""
        ...

    async def close(self, session: SessionKey) -> None:
        """Close the agent's session and end its program; nothing happens where there is none."""
        ...

    async def restart(self, session: SessionKey) -> None:
        """End the program of ``session``, which keeps its session; the next turn starts it anew. One that is in a turn
        goes on until that is over.
        """
        ...

    async def ask(self, session: SessionKey, text: str) -> str:
        """What the agent answers to ``text`` outside of any turn; waits for one that is under way."""
        ...

    async def set_mode(self, session: SessionKey, mode: str) -> None:
        """Let a running session go on in another mode of its own; one that does not run takes it up at its start."""
        ...

    async def set_option(self, session: SessionKey, option: str, value: str) -> None:
        """The same for a configuration option of the agent, such as ``model``."""
        ...

    def abilities(self, session: SessionKey) -> AgentAbilities | None:
        """What the running agent of ``session`` said of itself; ``None`` while it does not run."""
        ...

    def live(self) -> Sequence[LiveAgent]:
        """The agents that run."""
        ...


class Exports(Protocol):
    """A place for files that the operator alone can read."""

    async def write(self, name: str, text: str) -> None:
        """Keep ``text`` as a file of its own, over one of the same name, and tell the operator where.

        Raises:
            StoreError: it cannot be written.
        """
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """What is there of all that. ``restart`` asks for the gateway to begin anew; what is queued is sent by the next."""

    desk: ConfigDesk | None = None
    restart: Callable[[], None] | None = None
    approvals: Approvals | None = None
    exports: Exports | None = None
    outside: OutsideAgents | None = None
