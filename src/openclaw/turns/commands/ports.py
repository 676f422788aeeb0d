"""What carrying out commands needs from elsewhere, stated by the one who needs it. What is not there is ``None``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from openclaw.config.change import Change
from openclaw.config.paths import KeyPath
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


class Decision(StrEnum):
    """An answer to a request for permission."""

    ONCE = "allow-once"
    ALWAYS = "allow-always"
    DENY = "deny"


class Approvals(Protocol):
    """Requests for permission that agents wait on."""

    async def decide(self, request: str, decision: Decision, session: SessionKey, by: Handle) -> bool:
        """Answer the request with this id; whether there was one that ``by`` may answer from ``session``."""
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
