"""The one writer: a thread that owns the writing connection and commits what is waiting in one go.

Callers hand over a function of the connection; it runs inside a transaction, after those handed over before it.
Several functions that wait together share one commit (one disk sync), each behind a savepoint of its own, so that one
that fails takes nothing back from the others.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Insert, UpdateBase, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import Table

from openclaw.errors import StoreError
from openclaw.store.trouble import Condition

T = TypeVar("T")
_Outcome = tuple[Any, Exception | None]

# How many functions share one commit at most: enough to hide the sync, few enough that the first waits no longer
# than a few milliseconds for the last.
_GROUP = 64


@dataclass(slots=True)
class _Job:
    work: Callable[[Connection], Any]
    future: Future[Any]


class Writer:
    """Runs functions in transactions, in the order in which they were handed over. Opened and closed by the ledger.

    ``on_commit`` is called in the writer's thread with the names of the tables that a commit changed; ``condition`` is
    told how commits go.
    """

    def __init__(
        self, engine: Engine, on_commit: Callable[[Collection[str]], None], condition: Condition
    ) -> None:
        self._engine = engine
        self._condition = condition
        self._on_commit = on_commit
        self._touched: set[str] = set()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="ledger-writer", daemon=True)
        self._closed = False
        # Held while a job is put in line, so that none is put behind the end, where nobody would ever run it.
        self._door = threading.Lock()
        self._thread.start()

    async def write(self, work: Callable[[Connection], T]) -> T:
        """The result of ``work`` once its transaction is on disk.

        A caller that is cancelled while waiting does not stop the transaction: what was begun is committed.

        Raises:
            StoreError: the database refused ``work`` or its commit; nothing of it was kept.
        """
        future: Future[T] = Future()
        with self._door:
            if self._closed:
                raise StoreError("the ledger is closed")
            self._jobs.put(_Job(work, future))
        return await asyncio.shield(asyncio.wrap_future(future))

    def close(self) -> None:
        """Finish what was handed over, then end the thread."""
        with self._door:
            self._closed = True
            self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        with self._engine.connect() as connection:
            event.listen(connection, "after_execute", self._note)
            while (first := self._jobs.get()) is not None:
                group, end = self._gather(first)
                self._commit(connection, group)
                if end:
                    return

    def _gather(self, first: _Job) -> tuple[list[_Job], bool]:
        group = [first]
        while len(group) < _GROUP:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return group, True
            group.append(job)
        return group, False

    def _commit(self, connection: Connection, group: list[_Job]) -> None:
        jobs = [job for job in group if job.future.set_running_or_notify_cancel()]
        try:
            outcomes = (
                self._alone(connection, jobs[0]) if len(jobs) == 1 else self._together(connection, jobs)
            )
        except (DBAPIError, StoreError) as error:
            _roll_back(connection)
            failure = self._translated(error)
            # Whoever waits is told, also those whose turn in the group never came.
            for job in jobs:
                job.future.set_exception(failure)
            self._touched.clear()
            return
        touched, self._touched = self._touched, set()
        # A transaction that changed nothing needed no room on the disk, and proves none.
        if touched and any(error is None for _, error in outcomes):
            self._condition.worked()
        for job, (result, error) in zip(jobs, outcomes, strict=True):
            if error is None:
                job.future.set_result(result)
            else:
                job.future.set_exception(error)
        self._on_commit(touched)

    def _note(self, _connection: Connection, statement: Any, *rest: Any) -> None:
        """Remember what a statement changes. One that is taken back later is remembered too; that costs one look."""
        result = rest[-1]
        if isinstance(statement, UpdateBase) and (isinstance(statement, Insert) or result.rowcount):
            table = statement.table
            if isinstance(table, Table):
                self._touched.add(table.name)

    def _alone(self, connection: Connection, job: _Job) -> list[_Outcome]:
        """A transaction of one job: what it began is the whole of it, so it needs no savepoint."""
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        result, error = self._attempt(connection, job)
        if error is None:
            connection.exec_driver_sql("COMMIT")
        else:
            _roll_back(connection)
        return [(result, error)]

    def _together(self, connection: Connection, jobs: list[_Job]) -> list[_Outcome]:
        """A transaction of several jobs, or of none; one that fails takes back only what it did itself."""
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        outcomes: list[_Outcome] = []
        for job in jobs:
            connection.exec_driver_sql("SAVEPOINT job")
            result, error = self._attempt(connection, job)
            if error is not None:
                _take_back(connection, error)
            connection.exec_driver_sql("RELEASE job")
            outcomes.append((result, error))
        connection.exec_driver_sql("COMMIT")
        return outcomes

    def _attempt(self, connection: Connection, job: _Job) -> _Outcome:
        # Listed boundary: whatever a caller's function raises belongs to that caller; the thread must live on.
        try:
            return job.work(connection), None
        except Exception as error:
            return None, self._translated(error)

    def _translated(self, error: Exception) -> Exception:
        return self._condition.failed("written", error) if isinstance(error, DBAPIError) else error


def _take_back(connection: Connection, why: Exception) -> None:
    try:
        connection.exec_driver_sql("ROLLBACK TO job")
    except DBAPIError:
        # SQLite has ended the whole transaction itself (disk full, I/O error); its own words for why are better.
        if isinstance(why, StoreError):
            raise why from None
        raise


def _roll_back(connection: Connection) -> None:
    try:
        connection.exec_driver_sql("ROLLBACK")
    except DBAPIError:
        # SQLite has already ended the transaction itself (disk full, I/O error).
        return
