"""Files of a phone: how one is brought here, and how one of ours is put where imsg can send it from.

The same for a Mac that is this machine and for one behind SSH. What cannot be had is a value with its reason.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol


class Fault(StrEnum):
    """Why a file is not there, in one word that a caller can act on."""

    OUTSIDE = "outside"
    """Not below an allowed folder; nobody looked at it, or only at where its links lead to."""
    MISSING = "missing"
    UNREADABLE = "unreadable"
    """The phone's machine refuses to read it: on a Mac, Full Disk Access."""
    NOT_A_FILE = "not a file"
    TOO_LARGE = "too large"
    GROWING = "growing"
    """It is still being written, or empty so far."""
    CUT = "cut"
    """The connection broke, or was too slow, in the middle of it."""
    UNREACHABLE = "unreachable"
    """There was no connection at all."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Fetched:
    """The file is in its place here, whole. ``real_path`` is what the phone says it is behind its links."""

    size: int
    real_path: str = ""


@dataclass(frozen=True, slots=True)
class NotFetched:
    """Nothing is in its place. ``again`` says that a later try may succeed."""

    reason: str
    again: bool
    fault: Fault = Fault.FAILED


@dataclass(frozen=True, slots=True)
class Staged:
    """The file lies at ``path`` on the machine of imsg."""

    path: str


@dataclass(frozen=True, slots=True)
class NotStaged:
    """The file is not there, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How many bytes of a big file are here, of how many."""

    done: int
    size: int


Tell = Callable[[Progress], Awaitable[None]]
"""Hears how far a file is; the next bytes are taken after that."""


async def unheard(_: Progress) -> None:
    """For whoever does not ask how far it is."""


class PhoneFiles(Protocol):
    """The files on the machine of one account's imsg."""

    async def fetch(
        self, path: str, into: Path, limit_bytes: int, tell: Tell = unheard
    ) -> Fetched | NotFetched:
        """Bring the phone's file ``path`` to ``into``, whole or not at all, readable by us alone.

        ``tell`` hears how far a file is that takes its time.
        """
        ...

    async def stage(self, file: Path, name: str) -> Staged | NotStaged:
        """Put a copy of ``file`` where imsg can read it, under its own ``name``."""
        ...

    async def unstage(self, path: str) -> None:
        """Remove what :meth:`stage` put at ``path``; what cannot be removed now is reaped later."""
        ...
