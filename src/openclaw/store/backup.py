"""Backups: a copy of the ledger that is whole, checked, and readable by its owner alone; made beside the gateway.

Knows files and what is in them; not how one is put back (``restore``).
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from openclaw.errors import StoreError, StoreNewer, StoreUnreadable
from openclaw.store import schema, view

DIRECTORY = "backups"
"""Where copies are kept, below the state directory."""

_COUNTS: Mapping[str, str] = {
    "messages": "SELECT count(*) FROM message",
    "turns": "SELECT count(*) FROM turn",
    "deliveries": "SELECT count(*) FROM delivery",
    "sessions": "SELECT count(*) FROM session",
    "transcript": "SELECT count(*) FROM transcript",
    "approvals": "SELECT count(*) FROM access_grant",
}


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy: where it is, its size in bytes, its schema, and how many rows of each kind it has."""

    path: Path
    size: int
    schema: int
    rows: Mapping[str, int]


def default_path(state_dir: Path, now: datetime) -> Path:
    """Where a copy goes that was given no name; the time in it is UTC."""
    return state_dir / DIRECTORY / f"openclaw-{now:%Y%m%dT%H%M%SZ}.sqlite"


def back_up(source: Path, target: Path) -> Backup:
    """Copy the ledger ``source`` to the new file ``target`` (0600; its directory is made), and check the copy.

    Takes what is committed at this moment; pages that were freed, and what stood in them, are not copied.

    Raises:
        StoreUnreadable: ``source`` is no ledger, or damaged; ``target`` is not left behind.
        StoreError: ``target`` is there already, or cannot be written.
    """
    with closing(view.connect(source)) as ledger, _claimed(target):
        try:
            # The file stands already, empty and 0600: SQLite takes such a one, and refuses any other.
            ledger.execute("VACUUM INTO ?", (str(target),))
            _flush(target)
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{source} could not be copied to {target}: {error}") from error
        return examine(target)


def examine(path: Path) -> Backup:
    """What is in a ledger's file, after every page of it was checked.

    Raises:
        StoreUnreadable: it is no ledger, or damaged.
        StoreNewer: a newer release wrote it.
    """
    with closing(view.connect(path)) as copy:
        version = view.pragma(copy, "user_version")
        if version > schema.VERSION:
            raise StoreNewer(
                f"{path} has schema {version}, this release knows {schema.VERSION}; install the newer release"
            )
        try:
            found = [row[0] for row in copy.execute("PRAGMA integrity_check(1)")]
            rows = {what: int(copy.execute(query).fetchone()[0]) for what, query in _COUNTS.items()}
        except sqlite3.DatabaseError as error:
            raise StoreUnreadable(f"{path} is damaged ({error})") from error
        if found != ["ok"]:
            raise StoreUnreadable(f"{path} is damaged ({' '.join(str(found[0]).split())})")
        return Backup(path, path.stat().st_size, version, rows)


def existing(state_dir: Path) -> list[Path]:
    """The files in the directory of copies, by name."""
    return sorted(path for path in (state_dir / DIRECTORY).glob("**/*.sqlite*") if path.is_file())


def sync_directory(directory: Path) -> None:
    """Make what was renamed or made in ``directory`` survive a power cut."""
    _sync(directory, os.O_RDONLY)


@contextlib.contextmanager
def _claimed(target: Path) -> Generator[None]:
    """``target`` as a new empty file, taken away again when the context fails."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError as error:
        raise StoreError(f"{target} is there already and is left as it is; name another file") from error
    try:
        yield
    except BaseException:
        for left in (target, target.with_name(f"{target.name}-journal")):
            left.unlink(missing_ok=True)
        raise


def _flush(target: Path) -> None:
    _sync(target, os.O_RDWR)
    sync_directory(target.parent)


def _sync(path: Path, how: int) -> None:
    descriptor = os.open(path, how)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
