"""The ledger: opening it, and the two ways to use it, ``write`` and ``read``.

One database in the state directory. What a caller gets from ``write`` is on disk: WAL with FULL sync, and on macOS
the drive's own cache is flushed too.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import sys
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from openclaw.errors import StoreUnreadable
from openclaw.releases import last_release
from openclaw.store.changes import Changes
from openclaw.store.migrations import prepare
from openclaw.store.trouble import Condition, Trouble, refused, unusable
from openclaw.store.writer import Writer

T = TypeVar("T")

Tx = Connection
"""An open transaction. Stages pass it on to functions of this package and do nothing else with it."""

FILE_NAME = "openclaw.sqlite"

# Readers are for lists and pages, never for the journey of a message: two keep a slow one from blocking a quick one.
_READERS = 2
# Another process may hold the lock for one commit (a backup, a shell); longer means something is wrong.
_BUSY_TIMEOUT_MS = 5000


class Ledger:
    """The open ledger. Made by :func:`open_ledger`, which also closes it. ``changes`` tells of every commit."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.changes = Changes()
        self._condition = Condition()
        self._writer = Writer(engine, self.changes.committed, self._condition)
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="ledger-reader")

    @property
    def trouble(self) -> Trouble | None:
        """What keeps the ledger from being used as it should, if anything does."""
        return self._condition.trouble

    async def write(self, work: Callable[[Tx], T]) -> T:
        """Run ``work`` in a transaction and return its result once that is on disk; an exception takes it back.

        Raises:
            StoreError: the disk refused; nothing of ``work`` was kept.
        """
        return await self._writer.write(work)

    async def read(self, work: Callable[[Tx], T]) -> T:
        """Run ``work`` over one consistent view of the ledger, beside writers; it changes nothing.

        Raises:
            StoreError: the ledger could not be read.
        """
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    def _read(self, work: Callable[[Tx], T]) -> T:
        try:
            with self._engine.connect() as connection:
                connection.exec_driver_sql("BEGIN")
                try:
                    return work(connection)
                finally:
                    connection.exec_driver_sql("ROLLBACK")
        except DBAPIError as error:
            raise self._condition.failed("read", error) from error

    async def empty_log(self) -> bool:
        """Overwrite what the write-ahead log still holds of earlier versions of rows; whether it could be done now.

        Raises:
            StoreError: the disk refused.
        """
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._empty_log)

    def _empty_log(self) -> bool:
        try:
            with self._engine.connect() as connection:
                return connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0] == 0
        except DBAPIError as error:
            raise self._condition.failed("cleaned", error) from error

    def close(self) -> None:
        """Finish every write that was handed over, then close the file."""
        self._writer.close()
        self._readers.shutdown()
        self._engine.dispose()


def state_dir_of(tx: Tx) -> Path:
    """The state directory in which the ledger of a transaction lies; files that rows name lie below it."""
    return Path(tx.engine.url.database or "").parent


@contextlib.asynccontextmanager
async def open_ledger(state_dir: Path) -> AsyncGenerator[Ledger]:
    """The ledger of ``state_dir``, made when it is not there and brought up to date when it is older.

    The caller holds the directory's lock (``store.lock``). Closed at the end of the context.

    Raises:
        StoreUnreadable: the file is damaged or is no ledger. It is left as it is.
        StoreNewer: a newer release wrote it.
        StoreError: the disk refuses, or is full.
    """
    path = state_dir / FILE_NAME
    ledger = await asyncio.to_thread(_open, path)
    try:
        yield ledger
    finally:
        await asyncio.to_thread(ledger.close)


def _open(path: Path) -> Ledger:
    _refuse_emptied(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise refused(path, error) from error
    # +1 for the writer, which keeps its connection for life.
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=QueuePool,
        pool_size=_READERS + 1,
        max_overflow=0,
        isolation_level="AUTOCOMMIT",
        connect_args={"check_same_thread": False, "timeout": _BUSY_TIMEOUT_MS / 1000},
    )
    event.listen(engine, "connect", _configure)
    try:
        with engine.connect() as connection:
            prepare(connection, path)
            # Only now: it rewrites the file's header, which nobody may do to a file that is not ours.
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    except DBAPIError as error:
        engine.dispose()
        raise unusable(path, error.orig) from error
    except BaseException:
        engine.dispose()
        raise
    return Ledger(engine)


def _refuse_emptied(path: Path) -> None:
    """Refuse a file without content where a gateway has run: to SQLite it is a new database, and all is forgotten."""
    try:
        is_emptied = path.stat().st_size == 0
    except OSError:
        return
    if is_emptied and last_release(path.parent):
        raise StoreUnreadable(
            f"{path} is empty, though a gateway has run here",
            "put a copy back: openclaw restore FILE; or remove it to begin anew",
        )


def _configure(connection: sqlite3.Connection, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "cache_size=-4000",
        # What is forgotten is overwritten, not only unlinked from its page.
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    if sys.platform == "darwin":
        # A plain fsync on macOS leaves the data in the drive's cache, where a power cut takes it.
        cursor.execute("PRAGMA fullfsync=ON")
    cursor.close()
