"""Trouble: what a refusal of the database or the disk means, in words and with a way on, and whether there is any now.

That of an open ledger is told in the log once when it begins and once when it is over, however often it is met.
"""

from __future__ import annotations

import errno
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog
from sqlalchemy.exc import DBAPIError

from openclaw.errors import StoreError, StoreUnreadable

log = structlog.get_logger("openclaw.store")

_RESTORE = "stop the gateway and put a copy back: openclaw restore FILE"
# By SQLite's primary result code: what it means, and what helps.
_KNOWN: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_FULL: ("the disk is full", "make room on it"),
    sqlite3.SQLITE_IOERR: ("the disk refused", "look at the disk and the room on it"),
    sqlite3.SQLITE_BUSY: ("another program holds its file", "end that program"),
    sqlite3.SQLITE_READONLY: ("its file may not be written", "give this user the right to write it"),
    sqlite3.SQLITE_CANTOPEN: (
        "its file cannot be opened",
        "look at whose it is, and at the room on the disk",
    ),
    sqlite3.SQLITE_CORRUPT: ("it is damaged", _RESTORE),
    sqlite3.SQLITE_NOTADB: ("it is damaged", _RESTORE),
}
_OF_THE_SYSTEM = {
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room on the disk",
    errno.EISDIR: "move that directory away",
    errno.EROFS: "name a state directory that may be written in OPENCLAW_STATE_DIR",
}
_HEALS = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY)
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What keeps the ledger from being used as it should: since when, what, and what helps."""

    since: datetime
    cause: str
    fix: str
    is_damage: bool


class Condition:
    """How one ledger is. Told by its writer and its readers, from any thread."""

    def __init__(self) -> None:
        self.trouble: Trouble | None = None

    def failed(self, what: str, error: DBAPIError) -> StoreError:
        """The error to raise when ``error`` came of ``what`` (a verb: written, read)."""
        primary = _primary(error.orig)
        if primary not in _KNOWN:
            failure = StoreError(f"the ledger could not be {what}: {error.orig}")
        else:
            means, fix = _KNOWN[primary]
            if primary in _HEALS:
                fix = f"{fix}; what waits goes on by itself then"
            kind = StoreUnreadable if primary in _DAMAGE else StoreError
            failure = kind(f"the ledger could not be {what}: {means} ({error.orig}); {fix}")
            self._begin(Trouble(datetime.now(UTC), f"{means} ({error.orig})", fix, primary in _DAMAGE))
        failure.__cause__ = error
        return failure

    def worked(self) -> None:
        """Something was written. What is damaged stays so, although the rest of the file can still be used."""
        trouble = self.trouble
        if trouble is not None and not trouble.is_damage:
            self.trouble = None
            log.info("ledger.works_again", cause=trouble.cause)

    def _begin(self, trouble: Trouble) -> None:
        before = self.trouble
        if before is None or (trouble.is_damage and not before.is_damage):
            self.trouble = trouble
            log.error("ledger.trouble", cause=trouble.cause, fix=trouble.fix)


def unusable(path: Path, error: BaseException | None) -> StoreError:
    """The error to raise when the ledger at ``path`` could not be opened because of ``error``.

    A copy is put back only over a damaged file: on a full disk it would take the place of a ledger that is whole.
    """
    primary = _primary(error)
    if primary not in _KNOWN or primary in _DAMAGE:
        return StoreUnreadable(f"{path} cannot be read ({error})", _RESTORE)
    means, fix = _KNOWN[primary]
    return StoreError(f"{path} cannot be used now: {means} ({error})", fix)


def refused(path: Path, error: OSError) -> StoreError:
    """The error to raise when the system itself would not open or make the file at ``path``."""
    fix = _OF_THE_SYSTEM.get(error.errno or 0, "see who owns it, and what stands there")
    return StoreUnreadable(f"{path} cannot be opened ({error.strerror})", fix)


def _primary(error: BaseException | None) -> int | None:
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None
