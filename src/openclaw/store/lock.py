"""One process per state directory, by an advisory lock that the system drops when its holder dies."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Generator
from pathlib import Path

from openclaw.errors import StateDirectoryBusy

FILE_NAME = "gateway.lock"


@contextlib.contextmanager
def lock_state(state_dir: Path) -> Generator[None]:
    """Hold ``state_dir`` for the length of the context; the file names this process to others.

    Raises:
        StateDirectoryBusy: another process holds it; carries that process's id.
    """
    state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(state_dir / FILE_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StateDirectoryBusy(str(state_dir), _holder(descriptor)) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def holder_of(state_dir: Path) -> int | None:
    """The process that holds ``state_dir`` at this moment, 0 for one that has not said who it is; ``None`` for nobody.

    Raises OSError when that cannot be seen.
    """
    try:
        descriptor = os.open(state_dir / FILE_NAME, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        # Shared, and given back at once: two who look do not disturb each other.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _holder(descriptor) or 0
    finally:
        os.close(descriptor)
    return None


def _holder(descriptor: int) -> int | None:
    text = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
    return int(text) if text.isdecimal() else None
