"""Files of a Mac that is reached over SSH: brought here, and put there for imsg to send.

Owns the order of things: what is looked at before and after, how often it is tried again, and for how long.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import structlog

from openclaw.config.remote_host import RemoteHost
from openclaw.errors import PhoneFileFailed
from openclaw.imessage.far_files import OUTBOUND, FarFiles, Look
from openclaw.imessage.files import (
    Fault,
    Fetched,
    NotFetched,
    NotStaged,
    Progress,
    Staged,
    Tell,
    unheard,
)
from openclaw.imessage.receiving import received, too_large
from openclaw.imessage.roots import Outside, judge_path
from openclaw.imessage.sftp import offers_sftp, open_sftp
from openclaw.imessage.sftp_files import SftpFiles, safe_name
from openclaw.imessage.shell_files import ShellFiles
from openclaw.imessage.ssh import Ssh, open_ssh
from openclaw.supervision import Backoff

# sshd allows ten sessions in one connection; imsg's own children have connections of their own.
_AT_ONCE = 4
# A line of this speed is slow, but works: 64 KiB a second.
_SLOWEST = 64 * 1024
_LEAST_S = 30.0
# Smaller files are there before anybody asks.
_WORTH_TELLING = 4 * 1024 * 1024
_TELL_EACH = 1024 * 1024
_TENTHS = 10
_HEX = 16

_log = structlog.get_logger("openclaw.imessage")


_BACKOFF = Backoff(first=0.5, ceiling=8.0)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited for what. Seconds."""

    tries: int = 4
    backoff: Backoff = _BACKOFF
    # Between two looks at a file that must not have changed: Messages writes what it receives in steps.
    settle: float = 0.3
    # Longer than ssh itself needs to notice a dead peer.
    stall: float = 60.0


_PATIENT = Patience()
_KEY = "channels.imessage.remoteAttachmentRoots"


class RemoteFiles:
    """See ``PhoneFiles``. Made by :func:`open_remote_files`."""

    def __init__(
        self,
        ssh: Ssh,
        roots: Sequence[str],
        patience: Patience = _PATIENT,
    ) -> None:
        self._ssh = ssh
        self._roots = tuple(roots)
        self._patience = patience
        self._free = asyncio.Semaphore(_AT_ONCE)
        self._has_sftp: bool | None = None
        self._reaped = False

    @property
    def dialect(self) -> str:
        """How files travel, in words: "" until it was found out."""
        if self._has_sftp is None:
            return ""
        return "over SFTP" if self._has_sftp else "through /bin/sh, because the server there offers no SFTP"

    async def fetch(
        self, path: str, into: Path, limit_bytes: int, tell: Tell = unheard
    ) -> Fetched | NotFetched:
        """Bring the file ``path`` of the Mac to ``into`` (0600), tried again a few times where that may help.

        ``tell`` hears of files over 4 MiB, at each tenth of them and not oftener than each MiB; from the beginning
        again when it is tried again.
        """
        judged = judge_path(path, self._roots)
        if isinstance(judged, Outside):
            return NotFetched(f"{path}: {judged.reason}; see {_KEY}", again=False, fault=Fault.OUTSIDE)
        async with self._free:
            for attempt in range(1, self._patience.tries + 1):
                try:
                    return await self._fetch_once(judged.path, into, limit_bytes, tell)
                except PhoneFileFailed as error:
                    failed = NotFetched(str(error), error.again, Fault(error.fault))
                except OSError as error:
                    return NotFetched(f"{into}: {error.strerror or error}", again=True)
                if not failed.again or attempt == self._patience.tries:
                    return failed
                _log.info("file.again", path=path, cause=failed.reason, attempt=attempt)
                await asyncio.sleep(self._patience.backoff.delay(attempt, random.random()))  # noqa: S311 - jitter
        return NotFetched(f"{path}: never tried", again=True)

    async def stage(self, file: Path, name: str) -> Staged | NotStaged:
        """Put a copy of ``file`` (0600) into a folder of its own (0700) on the Mac."""
        folder = secrets.token_hex(_HEX)
        try:
            size = (await asyncio.to_thread(file.stat)).st_size
            async with self._free, _within(_bound(size)), self._far() as far:
                return Staged(await far.put(file, folder, safe_name(name)))
        except PhoneFileFailed as error:
            return NotStaged(str(error))
        except OSError as error:
            return NotStaged(f"{file}: {error.strerror or error}")

    async def unstage(self, path: str) -> None:
        """Remove what :meth:`stage` put at ``path``; nothing else is ever removed."""
        parts = PurePosixPath(path).parts
        folder, name = parts[-2:] if len(parts) > len(OUTBOUND) + 2 else ("", "")
        if parts[-2 - len(OUTBOUND) : -2] != OUTBOUND or len(folder) != 2 * _HEX or not folder.isalnum():
            return
        try:
            async with self._free, _within(_LEAST_S), self._far() as far:
                await far.remove(folder, name)
        except PhoneFileFailed as error:
            _log.info("file.left", path=path, cause=str(error))

    async def check(self, folder: str) -> str:
        """What keeps files below ``folder`` of the home directory there from being read, "" for nothing."""
        try:
            async with self._free, _within(_LEAST_S), self._far() as far:
                return "" if await far.can_list(folder) else f"~/{folder} may not be read there"
        except PhoneFileFailed as error:
            return str(error)

    async def _fetch_once(self, path: str, into: Path, limit: int, tell: Tell) -> Fetched:
        async with _within(_LEAST_S), self._far() as far:
            first = await self._look(far, path, limit)
            await asyncio.sleep(self._patience.settle)
            _same(first, await self._look(far, path, limit))
        async with _within(_bound(first.size)), self._far() as far:
            pieces = _told(far.read(first.real_path), first.size, tell)
            async with received(into, pieces, limit) as size:
                _same(Look(first.real_path, size), await self._look(far, path, limit))
            return Fetched(size, first.real_path)

    async def _look(self, far: FarFiles, path: str, limit: int) -> Look:
        """A look whose real path is inside of the roots too (ruling 7), and whose size is allowed."""
        look = await far.look(path)
        judged = judge_path(look.real_path, self._roots)
        if isinstance(judged, Outside):
            why = f"{path} leads to {look.real_path}: {judged.reason}; see {_KEY}"
            raise PhoneFileFailed(why, fault=Fault.OUTSIDE, again=False)
        if look.size > limit:
            raise too_large(limit)
        return look

    @asynccontextmanager
    async def _far(self) -> AsyncGenerator[FarFiles]:
        """The other machine in the dialect that it speaks, which is asked once."""
        if self._has_sftp is None:
            self._has_sftp = await offers_sftp(self._ssh, self._patience.stall)
        if not self._has_sftp:
            far = ShellFiles(self._ssh, self._patience.stall)
            await self._reap(far)
            yield far
            return
        async with open_sftp(self._ssh, self._patience.stall) as sftp:
            far = SftpFiles(sftp)
            await self._reap(far)
            yield far

    async def _reap(self, far: FarFiles) -> None:
        if not self._reaped:
            self._reaped = True
            # What a gateway left there that was killed; a Mac that refuses to tidy still has files to give.
            with suppress(PhoneFileFailed):
                await far.reap(time.time())


@asynccontextmanager
async def open_remote_files(
    host: RemoteHost,
    roots: Sequence[str],
    patience: Patience = _PATIENT,
) -> AsyncGenerator[RemoteFiles]:
    """The files of ``host`` below ``roots``, over one connection that ends with the context."""
    async with open_ssh(host) as ssh:
        yield RemoteFiles(ssh, roots, patience)


async def _told(pieces: AsyncGenerator[bytes], size: int, tell: Tell) -> AsyncGenerator[bytes]:
    """``pieces`` of a file of ``size`` bytes, while ``tell`` hears how far it is."""
    done = told = 0
    each = max(_TELL_EACH, size // _TENTHS)
    async with aclosing(pieces):
        async for piece in pieces:
            done += len(piece)
            if size >= _WORTH_TELLING and done - told >= each:
                told = done
                await tell(Progress(done, size))
            yield piece


def _same(before: Look, after: Look) -> None:
    if before != after or not after.size:
        why = f"{after.real_path} is still being written ({before.size:,}, then {after.size:,} bytes)"
        raise PhoneFileFailed(why, fault=Fault.GROWING, again=True)


def _bound(size: int) -> float:
    return _LEAST_S + size / _SLOWEST


@asynccontextmanager
async def _within(seconds: float) -> AsyncGenerator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        why = f"the Mac took longer than {seconds:.0f} s"
        raise PhoneFileFailed(why, fault=Fault.CUT, again=True) from error
