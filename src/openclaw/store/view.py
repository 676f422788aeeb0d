"""A view: a ledger's file read as it is at one moment, beside whoever works on it.

Takes no lock of the state directory, changes nothing and upgrades nothing; WAL lets the writer go on meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from openclaw.errors import StoreError, StoreNewer, StoreUnreadable
from openclaw.store import schema
from openclaw.store.migrations import APPLICATION_ID
from openclaw.store.trouble import unusable

# Another process may hold the file for one commit.
_BUSY_TIMEOUT_S = 5.0


def connect(path: Path) -> sqlite3.Connection:
    """A connection that reads the ledger at ``path`` and cannot write it; the caller closes it.

    Raises:
        StoreUnreadable: there is no such file, or it is no ledger.
        StoreError: the disk refuses, or is full.
    """
    if path.is_dir():
        raise StoreUnreadable(f"{path} is a directory and no ledger", "move that directory away")
    if not path.is_file():
        raise StoreUnreadable(f"there is no ledger at {path}; nothing has been kept yet, or it is elsewhere")
    opened = None
    try:
        opened = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro",
            uri=True,
            timeout=_BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
        )
        if pragma(opened, "application_id") != APPLICATION_ID:
            raise StoreUnreadable(f"{path} is not a ledger of this program", "move it away")
    except sqlite3.Error as error:
        _close(opened)
        raise unusable(path, error) from error
    except StoreError:
        _close(opened)
        raise
    return opened


def pragma(connection: sqlite3.Connection, name: str) -> int:
    """The number that SQLite keeps under ``name``."""
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


@contextmanager
def open_view(path: Path) -> Generator[Connection]:
    """One consistent view of the ledger at ``path``, for as long as the context lasts.

    Raises:
        StoreUnreadable: there is no such file, or it is no ledger.
        StoreNewer: a newer release wrote it.
        StoreError: an older release wrote it, or it cannot be read on.
    """
    with closing(connect(path)) as raw:
        _check_version(path, pragma(raw, "user_version"))
        engine = create_engine(
            "sqlite://", creator=lambda: raw, poolclass=NullPool, isolation_level="AUTOCOMMIT"
        )
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql("BEGIN")
                yield connection
        except DBAPIError as error:
            raise StoreError(f"{path} could not be read: {error.orig}") from error


def _check_version(path: Path, version: int) -> None:
    if version > schema.VERSION:
        raise StoreNewer(
            f"{path} has schema {version}, this release knows {schema.VERSION}; install the newer release"
        )
    if version < schema.VERSION:
        raise StoreError(
            f"{path} has schema {version} of an older release; bring it up to date with: openclaw status"
        )


def _close(connection: sqlite3.Connection | None) -> None:
    if connection is not None:
        connection.close()
