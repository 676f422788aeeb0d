"""A ledger in one thread, which can refuse, and under which the process can die before and after each commit.

The file, the statements and the commits are real; the writer's thread is not there, so that a schedule runs the same
way each time. As with it, a transaction that was handed over is carried out even if nobody waits for it any more.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import NullPool, create_engine

from openclaw.errors import StoreError
from openclaw.store import Ledger, Tx, open_ledger
from openclaw.store.changes import Changes

T = TypeVar("T")


class Disk:
    """Where the ledger's file lies. One engine serves all schedules: what it compiled once need not be again."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._made = directory / "made"
        self._number = 0
        self.engine = create_engine(
            "sqlite://", creator=self._connect, poolclass=NullPool, isolation_level="AUTOCOMMIT"
        )
        asyncio.run(self._make())

    def clear(self) -> None:
        """Begin with an empty ledger, in another file: a schedule that ended badly may still hold the last."""
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._file}{suffix}").unlink(missing_ok=True)
        self._number += 1
        shutil.copyfile(self._made / "openclaw.sqlite", self._file)

    @property
    def _file(self) -> Path:
        return self._directory / f"{self._number}.sqlite"

    async def _make(self) -> None:
        async with open_ledger(self._made):
            pass

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        return connection


class Fragile(Ledger):
    """The ledger of one life of the gateway. ``dies_in`` counts moments, two for each commit; 0 is never.

    ``died`` is called at that moment; from then on nothing that was not committed counts, and whoever asks is cut off.
    """

    def __init__(self, disk: Disk, died: Callable[[], None]) -> None:
        self._connection = disk.engine.connect()
        self._died = died
        self.changes = Changes()
        self.is_dead = False
        self.refuses = False
        self.dies_in = 0

    async def write(self, work: Callable[[Tx], T]) -> T:
        """As the real one."""
        return await self._hand_over(self._commit, work)

    async def read(self, work: Callable[[Tx], T]) -> T:
        """As the real one."""
        return await self._hand_over(lambda given: given(self._connection), work)

    def look(self, work: Callable[[Tx], T]) -> T:
        """What somebody outside sees, who disturbs nothing."""
        return work(self._connection)

    def die(self) -> None:
        """The process dies."""
        self.is_dead = True

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    async def _hand_over(self, act: Callable[[Callable[[Tx], T]], T], work: Callable[[Tx], T]) -> T:
        if self.is_dead:
            # Who tidies up on being cancelled is not there any more either.
            raise asyncio.CancelledError
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(self._run, act, work, answer)
        return await asyncio.shield(answer)

    def _run(
        self, act: Callable[[Callable[[Tx], T]], T], work: Callable[[Tx], T], answer: asyncio.Future[T]
    ) -> None:
        if self.is_dead:
            answer.cancel()
            return
        try:
            result = act(work)
        except Exception as error:
            answer.set_exception(error)
            # Nobody may be waiting any more, and that is no news.
            answer.exception()
            return
        if self.is_dead:
            answer.cancel()
        else:
            answer.set_result(result)

    def _commit(self, work: Callable[[Tx], T]) -> T | None:
        if self._is_the_moment():
            return None
        if self.refuses:
            raise StoreError("the ledger could not be written: the disk is full")
        self._connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            result = work(self._connection)
        except BaseException:
            self._connection.exec_driver_sql("ROLLBACK")
            raise
        self._connection.exec_driver_sql("COMMIT")
        self._is_the_moment()
        return result

    def _is_the_moment(self) -> bool:
        if self.dies_in:
            self.dies_in -= 1
            if self.dies_in == 0:
                self.die()
                self._died()
        return self.is_dead
