"""The fence around an agent's folder: every file a tool touches is reached through it, from the folder down.

A path is opened part by part, each below the last and none through a link, so that nothing is decided about a name that
could mean another file a moment later. What comes out is never outside, whatever a model writes. On another machine or
in another process nothing holds it: this is a fence for our own tools, not a sandbox.
"""

from __future__ import annotations

import errno
import itertools
import os
import secrets
import stat
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from openclaw.errors import ToolFailed

MAX_FILE_BYTES = 1024 * 1024
"""What a model can use of a text is far less; a larger file is not for it."""

MAX_PATH = 1000
"""Longer ones are no names that anybody gave."""

LOOKED_AT = 10_000
"""Of a folder with more things than this, some are not looked at: it is no folder of texts."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Not blocking, because a named pipe would otherwise be waited for.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_SAYS = {
    errno.ENOENT: "does not exist",
    errno.EISDIR: "is a folder",
    errno.ENOTDIR: "leads through something that is no folder, or through a link",
    errno.ELOOP: "is a link; links are not followed",
    errno.EACCES: "may not be used",
    errno.EPERM: "may not be used",
    errno.ENAMETOOLONG: "is too long a name",
    errno.ENOSPC: "cannot be written: the disk is full",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a folder; ``size`` in bytes, ``None`` for a folder."""

    name: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Workspace:
    """An agent's folder, made on first use, for its owner alone. Every method may raise ``ToolFailed``."""

    root: Path

    def read(self, path: str) -> bytes:
        """The whole of a file of at most ``MAX_FILE_BYTES``."""
        with self.place(path) as (folder, name), _closing(os.open(name, _READ, dir_fd=folder)) as fd:
            found = os.fstat(fd)
            if stat.S_ISDIR(found.st_mode):
                raise IsADirectoryError(errno.EISDIR, "")
            if not stat.S_ISREG(found.st_mode):
                raise ToolFailed(f'"{path}" is no file')
            if found.st_size > MAX_FILE_BYTES:
                raise ToolFailed(f'"{path}" has {found.st_size} bytes; at most {MAX_FILE_BYTES} can be read')
            return _all_of(fd)

    def write(self, path: str, content: bytes) -> None:
        """Put ``content`` into a file, whole or not at all; folders on the way are made."""
        if len(content) > MAX_FILE_BYTES:
            raise ToolFailed(f"the content has {len(content)} bytes; at most {MAX_FILE_BYTES} can be written")
        *folders, name = self._parts(path, least=1)
        with _told(path), self._inside(folders, make=True) as folder:
            with suppress(FileNotFoundError):
                if not stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
                    raise ToolFailed(f'"{path}" is there already and is no file')
            beside = f".{secrets.token_hex(8)}.part"
            try:
                with _closing(os.open(beside, _CREATE, 0o600, dir_fd=folder)) as fd:
                    _write_all(fd, content)
                # Replaces a link itself, should one have come between; what it points to is not touched.
                os.rename(beside, name, src_dir_fd=folder, dst_dir_fd=folder)
            finally:
                with suppress(FileNotFoundError):
                    os.unlink(beside, dir_fd=folder)

    @contextmanager
    def place(self, path: str) -> Generator[tuple[int, str]]:
        """The open folder that ``path`` is in, and its name there; whoever opens that must not follow a link."""
        *folders, name = self._parts(path, least=1)
        with _told(path), self._inside(folders) as folder:
            yield folder, name

    def entries(self, path: str, most: int) -> tuple[list[Entry], bool]:
        """The files and folders of a folder by name, at most ``most``, and whether there are more."""
        with _told(path), self._inside(self._parts(path, least=0)) as folder, os.scandir(folder) as listing:
            found = [entry for entry in itertools.islice(listing, LOOKED_AT) if not entry.is_symlink()]
            found.sort(key=lambda entry: entry.name)
            shown = [
                Entry(entry.name, None if entry.is_dir() else entry.stat(follow_symlinks=False).st_size)
                for entry in found[:most]
            ]
        return shown, len(found) > most

    def _parts(self, path: str, *, least: int) -> tuple[str, ...]:
        if len(path) > MAX_PATH:
            raise ToolFailed(f"a path may have {MAX_PATH} characters at most")
        if "\0" in path:
            raise ToolFailed("a path must not contain the character NUL")
        parts = _below(path, self.root)
        if ".." in parts:
            raise ToolFailed(f'"{path}" leads upwards; name a file by its way from the workspace down')
        if len(parts) < least:
            raise ToolFailed(f'"{path}" names no file')
        return parts

    @contextmanager
    def _inside(self, folders: Sequence[str], *, make: bool = False) -> Generator[int]:
        """A descriptor of a folder below the root."""
        with suppress(FileExistsError):
            self.root.mkdir(mode=0o700, parents=True)
        # The root itself is the operator's choice, and may be a link.
        fd = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for name in folders:
                if make:
                    with suppress(FileExistsError):
                        os.mkdir(name, 0o700, dir_fd=fd)
                outer, fd = fd, os.open(name, _FOLDER, dir_fd=fd)
                os.close(outer)
            yield fd
        finally:
            os.close(fd)


def _below(path: str, root: Path) -> tuple[str, ...]:
    """The parts of ``path`` from the root down; an absolute path must begin with the root."""
    pure = PurePosixPath(path.strip())
    if not pure.is_absolute():
        return pure.parts
    for spelling in (root, Path(os.path.realpath(root))):
        if pure.is_relative_to(spelling):
            return pure.relative_to(spelling).parts
    raise ToolFailed(f'"{path}" is outside the workspace')


@contextmanager
def _told(path: str) -> Generator[None]:
    """What the system says of ``path``, in words that tell nothing of the machine."""
    try:
        yield
    except (OSError, UnicodeError) as error:
        code = error.errno if isinstance(error, OSError) else None
        raise ToolFailed(f'"{path}" {_SAYS.get(code or 0, "cannot be used")}') from error


@contextmanager
def _closing(fd: int) -> Generator[int]:
    try:
        yield fd
    finally:
        os.close(fd)


def _all_of(fd: int) -> bytes:
    pieces: list[bytes] = []
    left = MAX_FILE_BYTES
    # It may have grown since it was looked at.
    while left > 0 and (piece := os.read(fd, left)):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _write_all(fd: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(fd, rest) :]
    os.fsync(fd)
