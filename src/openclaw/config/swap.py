"""Putting another text in the place of a file: whole or not at all, one writer at a time, mode and owner kept.

Knows files; knows nothing of what is in them.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import glob
import os
import stat
import tempfile
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from openclaw.config.file import read_text
from openclaw.config.locations import real_path
from openclaw.config.write import fill, make_directory
from openclaw.errors import ConfigRefused

# A change takes milliseconds; whoever holds the lock for longer than this is stuck.
_LOCK_LIMIT_S = 10.0
_LOCK_PAUSE_S = 0.02
_PRIVATE = 0o600
_STAGED = ".new"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True)
class FileNow:
    """What stands at a path now; ``text`` and ``state`` are None when there is no file."""

    path: Path
    text: str | None
    state: os.stat_result | None


@contextlib.contextmanager
def locked(path: Path, patience_s: float = _LOCK_LIMIT_S) -> Generator[None]:
    """Keep every other writer of files beside ``path`` out for the length of the context.

    The lock lies on the directory, since the file itself is another one after each change; it goes with its process.
    Raises ConfigRefused when the directory cannot be made, or somebody else holds it for ``patience_s``.
    """
    try:
        make_directory(path.parent)
        descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise cannot_write(path, error) from error
    try:
        _lock(descriptor, path, patience_s)
        yield
    finally:
        os.close(descriptor)


def look_at(path: Path) -> FileNow:
    """Return what stands at ``path``, ready to be replaced; nothing is also an answer.

    Raises ConfigRefused for a link of either kind, ConfigUnreadable as ``read_text``.
    """
    try:
        state = os.lstat(path)
    except FileNotFoundError:
        return FileNow(path, None, None)
    except OSError as error:
        raise cannot_write(path, error) from error
    if stat.S_ISLNK(state.st_mode):
        raise ConfigRefused(
            f"{path} is a symbolic link, and a change would put a file in its place; edit {real_path(path)} by hand, "
            "or let OPENCLAW_CONFIG_PATH name it"
        )
    text = read_text(path)
    if state.st_nlink > 1:
        raise ConfigRefused(
            f"{path} has other hard links, which a change would leave behind with the old text; edit it by hand, "
            "or make it a file of its own"
        )
    return FileNow(path, text, state)


def swap(standing: FileNow, text: str | None) -> None:
    """Put ``text`` in the place of what was looked at; None takes the file away.

    On disk when it returns. Raises ConfigRefused, with the file as it was, when it was changed since it was looked at
    or cannot be written.
    """
    path = standing.path
    try:
        _clear_leftovers(path)
        staged = None if text is None else _stage(standing, text)
        try:
            _refuse_if_changed(standing)
            if staged is None:
                path.unlink()
            else:
                os.replace(staged, path)
        finally:
            if staged is not None:
                staged.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    # Not every file system can do this, and what was changed has been changed: from here on nothing may be refused.
    with contextlib.suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _lock(descriptor: int, path: Path, patience_s: float) -> None:
    deadline = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise ConfigRefused(
                    f"another program is changing files in {path.parent}; try again in a moment"
                ) from None
        except OSError as error:
            raise cannot_write(path, error) from error
        time.sleep(_LOCK_PAUSE_S)


def _stage(standing: FileNow, text: str) -> Path:
    path, state = standing.path, standing.state
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=_STAGED, dir=path.parent)
    try:
        if state is not None:
            # Only a privileged process may give a file away; whoever may not keeps it as its own.
            with contextlib.suppress(PermissionError):
                os.fchown(descriptor, state.st_uid, state.st_gid)
        os.fchmod(descriptor, _PRIVATE if state is None else stat.S_IMODE(state.st_mode) & 0o777)
    except OSError:
        os.close(descriptor)
        os.unlink(name)
        raise
    fill(descriptor, Path(name), text.encode())
    return Path(name)


def _clear_leftovers(path: Path) -> None:
    """Remove what a writer that was killed has left: who holds the lock knows that nobody works on it."""
    for leftover in path.parent.glob(f".{glob.escape(path.name)}.*{_STAGED}"):
        leftover.unlink(missing_ok=True)


def _refuse_if_changed(standing: FileNow) -> None:
    """Editors of people do not ask for the lock; what they saved meanwhile must not be lost."""
    now = os.lstat(standing.path) if os.path.lexists(standing.path) else None
    if _identity(now) != _identity(standing.state):
        raise ConfigRefused(
            f"{standing.path} was changed by something else just now; look at it and try again"
        )


def _identity(state: os.stat_result | None) -> tuple[int, ...]:
    return (state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns) if state else ()


def cannot_write(path: Path, error: OSError) -> ConfigRefused:
    """Return the refusal that ``path`` cannot be written, with what helps."""
    is_full = error.errno in _FULL
    fix = "Make room on that disk" if is_full else f"Check who owns {path.parent}, and its rights"
    return ConfigRefused(f"{path} cannot be written: {error.strerror}. {fix}")
