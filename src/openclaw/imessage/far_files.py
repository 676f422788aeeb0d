"""What it takes to move files from and to another machine, whichever dialect that machine speaks."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from openclaw.errors import PhoneFileFailed
from openclaw.imessage.files import Fault

OUTBOUND = ("Library", "Application Support", "openclaw-outbound")
"""Below the home directory of imsg's user: where our files wait for imsg. One folder (0700) for each."""

ORPHANED_AFTER_S = 24 * 60 * 60
"""A staged file that is older than a day belongs to nobody: imsg has copied it long since, or never will."""

FIX_READING = (
    "on that Mac tick /usr/libexec/sshd-keygen-wrapper in System Settings > Privacy & Security > Full Disk Access, "
    "and look at the file's own permissions"
)


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a path showed: where it really is, and how large it is now."""

    real_path: str
    size: int


class FarFiles(Protocol):
    """Each of them raises ``PhoneFileFailed``."""

    async def look(self, path: str) -> Look:
        """The real path and the size of an ordinary file."""
        ...

    def read(self, path: str) -> AsyncGenerator[bytes]:
        """Its bytes."""
        ...

    async def put(self, file: Path, folder: str, name: str) -> str:
        """A copy of our ``file`` as ``<outbound>/<folder>/<name>``; returns its path there."""
        ...

    async def remove(self, folder: str, name: str) -> None:
        """Remove that copy and its folder."""
        ...

    async def reap(self, now: float) -> None:
        """Remove copies that are orphans at ``now`` (seconds since 1970)."""
        ...

    async def can_list(self, folder: str) -> bool:
        """Whether a folder below the home directory may be read; one that is not there counts as readable."""
        ...


def missing(path: str) -> PhoneFileFailed:
    """There is no such file; it may still be on its way from iCloud."""
    return PhoneFileFailed(f"there is no file {path} on that Mac", fault=Fault.MISSING, again=True)


def unreadable(path: str) -> PhoneFileFailed:
    """It may not be read."""
    why = f"that Mac does not let {path} be read. Fix: {FIX_READING}"
    return PhoneFileFailed(why, fault=Fault.UNREADABLE, again=False)


def not_a_file(path: str) -> PhoneFileFailed:
    """A folder, a pipe, a device."""
    return PhoneFileFailed(f"{path} is not an ordinary file", fault=Fault.NOT_A_FILE, again=False)
