"""Soundness: whether a ledger's file can be used and is whole, found out in a given time, without changing it."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from openclaw.store import schema, view
from openclaw.store.trouble import unusable

# How many steps of SQLite's machine pass between two looks at the clock: some milliseconds.
_STEPS = 100_000


@dataclass(frozen=True, slots=True)
class Soundness:
    """A ledger's file. ``schema`` is the version it has and ``known`` the one of this release.

    ``damage`` is what SQLite found wrong, "" when nothing; ``finished`` says whether it came to an end in time.
    """

    size: int
    schema: int
    known: int
    damage: str = ""
    finished: bool = True


def examine(path: Path, limit_s: float, *, every_index: bool) -> Soundness:
    """How the ledger at ``path`` is, after at most about ``limit_s`` seconds; ``every_index`` compares those as well.

    Raises:
        StoreUnreadable: there is no such file, or it is no ledger, or it cannot be read at all.
        StoreError: the disk refuses, or is full.
    """
    with closing(view.connect(path)) as ledger:
        version, size = view.pragma(ledger, "user_version"), path.stat().st_size
        if version > schema.VERSION:
            # What a newer release keeps is that one's to judge.
            return Soundness(size, version, schema.VERSION)
        deadline = time.monotonic() + limit_s
        ledger.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
        check = "PRAGMA integrity_check(1)" if every_index else "PRAGMA quick_check(1)"
        try:
            found = " ".join(str(row[0]) for row in ledger.execute(check))
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_INTERRUPT:
                raise unusable(path, error) from error
            return Soundness(size, version, schema.VERSION, finished=False)
        except sqlite3.DatabaseError as error:
            return Soundness(size, version, schema.VERSION, damage=str(error))
        damage = "" if found == "ok" else " ".join(found.split())
        return Soundness(size, version, schema.VERSION, damage=damage)
