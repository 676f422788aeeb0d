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


def _holder(descriptor: int) -> int | None:
    text = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
    return int(text) if text.isdecimal() else None
