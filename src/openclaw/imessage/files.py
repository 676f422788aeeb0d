"""Files of a phone: how one is brought here, and how one of ours is put where imsg can send it from.

The same for a Mac that is this machine and for one behind SSH. What cannot be had is a value with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Fetched:
    """The file is in its place here, whole. ``real_path`` is what the phone says it is behind its links."""

    size: int
    real_path: str = ""


@dataclass(frozen=True, slots=True)
class NotFetched:
    """Nothing is in its place. ``again`` says that a later try may succeed; ``too_large`` that the limit was met."""

    reason: str
    again: bool
    too_large: bool = False


@dataclass(frozen=True, slots=True)
class Staged:
    """The file lies at ``path`` on the machine of imsg."""

    path: str


@dataclass(frozen=True, slots=True)
class NotStaged:
    """The file is not there, and why."""

    reason: str


class PhoneFiles(Protocol):
    """The files on the machine of one account's imsg."""

    async def fetch(self, path: str, into: Path, limit_bytes: int) -> Fetched | NotFetched:
        """Bring the phone's file ``path`` to ``into``, whole or not at all, readable by us alone."""
        ...

    async def stage(self, file: Path, name: str) -> Staged | NotStaged:
        """Put a copy of ``file`` where imsg can read it, under its own ``name``."""
        ...

    async def unstage(self, path: str) -> None:
        """Remove what :meth:`stage` put at ``path``; what cannot be removed now is reaped later."""
        ...
