"""Trouble: what a refusal of the database means, in words and with a way on, and whether there is any at this moment.

Told in the log once when it begins and once when it is over, however often it is met in between.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import DBAPIError

from openclaw.errors import StoreError, StoreUnreadable

log = structlog.get_logger("openclaw.store")

_RESTORE = "stop the gateway and put a copy back: openclaw restore FILE"
# By SQLite's primary result code: what it means, and what helps.
_KNOWN: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_FULL: ("the disk is full", "make room on it; what waits goes on by itself then"),
    sqlite3.SQLITE_IOERR: (
        "the disk refused",
        "look at the disk and the room on it; what waits goes on by itself",
    ),
    sqlite3.SQLITE_BUSY: (
        "another program holds its file",
        "end that program; what waits goes on by itself then",
    ),
    sqlite3.SQLITE_READONLY: ("its file may not be written", "give this user the right to write it"),
    sqlite3.SQLITE_CANTOPEN: (
        "its file cannot be opened",
        "look at whose it is, and at the room on the disk",
    ),
    sqlite3.SQLITE_CORRUPT: ("it is damaged", _RESTORE),
    sqlite3.SQLITE_NOTADB: ("it is damaged", _RESTORE),
}
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
        code = getattr(error.orig, "sqlite_errorcode", None)
        primary = code & 0xFF if isinstance(code, int) else None
        if primary not in _KNOWN:
            failure = StoreError(f"the ledger could not be {what}: {error.orig}")
        else:
            means, fix = _KNOWN[primary]
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
