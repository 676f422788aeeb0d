"""The files of a Mac that is this machine: copied from below the allowed folders, and handed out where they lie.

A path is judged as it is told, and again as the disk says it really is; it is then opened step by step, so that no link
put there meanwhile leads anywhere else.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import stat
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from openclaw.imessage.files import Fault, Fetched, NotFetched, NotStaged, Staged, Tell, unheard
from openclaw.imessage.roots import Outside, judge_path

_STAGED = "staged-"
_CHUNK_BYTES = 256 * 1024
# A folder need not be listable to lead further.
_THROUGH = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK a pipe of that name would hold us until somebody writes into it.
_READING = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class LocalFiles:
    """Files below ``roots``; ``key`` is what the configuration calls those."""

    def __init__(self, roots: Sequence[str], key: str = "channels.imessage.attachmentRoots") -> None:
        self._roots = tuple(roots)
        self._key = key

    async def fetch(
        self, path: str, into: Path, limit_bytes: int, tell: Tell = unheard
    ) -> Fetched | NotFetched:
        """Copy the file ``path`` to ``into``, whole or not at all, readable by us alone.

        ``tell`` hears nothing: on one disk a copy is there before anybody asks.
        """
        return await asyncio.to_thread(self._fetch, path, into, limit_bytes)

    async def stage(self, file: Path, name: str) -> Staged | NotStaged:
        """Where imsg, on this same machine, can read ``file`` under ``name``: where it is, or a copy beside it."""
        try:
            return Staged(str(await asyncio.to_thread(_staged, file, name)))
        except OSError as error:
            return NotStaged(f"{file} cannot be read: {error.strerror}")

    async def unstage(self, path: str) -> None:
        """Remove the copy that :meth:`stage` made, if it made one."""
        folder = Path(path).parent
        if folder.name.startswith(_STAGED):
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    def _fetch(self, path: str, into: Path, limit_bytes: int) -> Fetched | NotFetched:
        judged = judge_path(path, self._roots)
        if isinstance(judged, Outside):
            return self._outside(path, judged)
        try:
            real = os.path.realpath(judged.path, strict=True)
            judged = judge_path(real, [_real_root(root) for root in self._roots])
            if isinstance(judged, Outside):
                return self._outside(f"{path}, which leads to {real},", judged)
            with ExitStack() as opened:
                return _copied(_opened(real, opened), real, into, limit_bytes)
        except FileNotFoundError:
            return NotFetched("it is not on the Mac yet", again=True, fault=Fault.MISSING)
        except PermissionError:
            fix = "grant Full Disk Access to what runs the gateway"
            return NotFetched(f"{path} may not be read; {fix}", again=False, fault=Fault.UNREADABLE)
        except OSError as error:
            return NotFetched(f"{path} cannot be read: {error.strerror}", again=True, fault=Fault.FAILED)

    def _outside(self, path: str, judged: Outside) -> NotFetched:
        return NotFetched(f"{path}: {judged.reason}; see {self._key}", again=False, fault=Fault.OUTSIDE)


def _real_root(root: str) -> str:
    """``root`` with the links resolved that lead to it; what is behind a ``*`` cannot be."""
    named, star, behind = root.partition("*")
    real = os.path.realpath(named)
    return f"{real.rstrip('/')}/*{behind}" if star else real


def _opened(real: str, stack: ExitStack) -> int:
    """The file that ``real`` names without any link on the way."""
    *folders, name = [segment for segment in real.split("/") if segment]
    here = _kept(os.open("/", _THROUGH), stack)
    for segment in folders:
        here = _kept(os.open(segment, _THROUGH, dir_fd=here), stack)
    return _kept(os.open(name, _READING, dir_fd=here), stack)


def _kept(descriptor: int, stack: ExitStack) -> int:
    stack.callback(os.close, descriptor)
    return descriptor


def _copied(source: int, real: str, into: Path, limit_bytes: int) -> Fetched | NotFetched:
    before = os.fstat(source)
    if not stat.S_ISREG(before.st_mode):
        return NotFetched(f"{real} is no file", again=False, fault=Fault.NOT_A_FILE)
    if before.st_size > limit_bytes:
        return _too_large(before.st_size, limit_bytes)
    draft = into.with_name(f".{secrets.token_hex(8)}")
    try:
        copied = _copy(source, draft, limit_bytes)
        after = os.fstat(source)
        # A file may grow after its size was looked at (demand J7), and macOS makes empty ones before it fills them.
        if copied > limit_bytes:
            return _too_large(copied, limit_bytes)
        if not copied or copied != after.st_size or before.st_mtime_ns != after.st_mtime_ns:
            return NotFetched("it is still being written", again=True, fault=Fault.GROWING)
        draft.rename(into)
        return Fetched(copied, real)
    finally:
        draft.unlink(missing_ok=True)


def _copy(source: int, draft: Path, limit_bytes: int) -> int:
    """Copy at most one byte more than the limit; how many that were."""
    copied = 0
    target = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(target, "wb") as writing:
        while copied <= limit_bytes:
            part = os.read(source, min(_CHUNK_BYTES, limit_bytes + 1 - copied))
            if not part:
                break
            copied += writing.write(part)
        writing.flush()
        os.fsync(writing.fileno())
    return copied


def _too_large(size: int, limit_bytes: int) -> NotFetched:
    why = (
        f"it has {size} bytes or more, and {limit_bytes} may come in; see channels.imessage.inboundMediaMaxMb"
    )
    return NotFetched(why, again=False, fault=Fault.TOO_LARGE)


def _staged(file: Path, name: str) -> Path:
    if file.name == name:
        file.stat()
        return file
    folder = file.parent / f"{_STAGED}{secrets.token_hex(8)}"
    folder.mkdir(mode=0o700)
    copy = folder / name
    shutil.copyfile(file, copy)
    copy.chmod(0o600)
    return copy
