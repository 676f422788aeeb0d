"""The one writer: order, groups, and what one caller's trouble does to the others."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.making import NOON
from tests.waiting import BOUND_S

from openclaw.domain.ids import AccountId, RowId
from openclaw.errors import StoreError
from openclaw.store import FILE_NAME, Ledger, Tx, accounts, open_ledger


def begin(name: str) -> Callable[[Tx], str]:
    """A transaction that starts one account and returns its name."""

    def work(tx: Tx) -> str:
        accounts.begin(tx, AccountId(name), RowId(1), NOON)
        return name

    return work


async def started(ledger: Ledger, *names: str) -> list[str]:
    """Which of ``names`` are on disk."""
    found = await ledger.read(
        lambda tx: [name for name in names if accounts.cursor(tx, AccountId(name)) is not None]
    )
    return list(found)


class Gate:
    """Keeps the writer busy until it is opened, so that what comes meanwhile waits together."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self._open = threading.Event()

    def __call__(self, tx: Tx) -> None:
        """Wait inside a transaction."""
        self.entered.set()
        assert self._open.wait(BOUND_S)

    def open(self) -> None:
        """Let the writer go on."""
        self._open.set()


async def test_writes_run_in_the_order_in_which_they_were_handed_over(ledger: Ledger) -> None:
    """One connection writes, one function after the other."""
    order: list[int] = []

    await asyncio.gather(*(ledger.write(lambda tx, n=n: order.append(n)) for n in range(100)))

    assert order == list(range(100))


async def test_writes_that_wait_together_share_one_commit(ledger: Ledger) -> None:
    """Group commit: one disk sync for all that waits (design section 4, SQLite)."""
    commits: list[str] = []
    gate = Gate()
    first = asyncio.create_task(ledger.write(gate))
    await asyncio.to_thread(gate.entered.wait, BOUND_S)

    def count(tx: Tx) -> None:
        driver = tx.connection.dbapi_connection
        assert driver is not None
        driver.set_trace_callback(lambda text: commits.append(text) if text == "COMMIT" else None)  # type: ignore[attr-defined]

    waiting = [asyncio.create_task(ledger.write(work)) for work in (count, *map(begin, "abcdefgh"))]
    await asyncio.sleep(0)
    gate.open()
    await asyncio.gather(first, *waiting)

    assert commits == ["COMMIT"]
    assert await started(ledger, *"abcdefgh") == list("abcdefgh")


async def test_a_failing_function_takes_nothing_from_its_neighbours(ledger: Ledger) -> None:
    """Each function has a savepoint of its own; its error belongs to its caller alone."""
    gate = Gate()

    def fail(tx: Tx) -> None:
        begin("lost")(tx)
        raise LookupError("no such thing")

    def break_a_rule(tx: Tx) -> None:
        begin("lost too")(tx)
        tx.exec_driver_sql("INSERT INTO account (id) VALUES ('x')")

    first = asyncio.create_task(ledger.write(gate))
    await asyncio.to_thread(gate.entered.wait, BOUND_S)
    works: list[Callable[[Tx], object]] = [begin("a"), fail, begin("b"), break_a_rule, begin("c")]
    waiting = [asyncio.create_task(ledger.write(work)) for work in works]
    await asyncio.sleep(0)
    gate.open()
    await first
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)

    assert [one for one in outcomes if isinstance(one, str)] == ["a", "b", "c"]
    assert isinstance(outcomes[1], LookupError)
    assert isinstance(outcomes[3], StoreError)
    assert await started(ledger, "a", "lost", "b", "lost too", "c") == ["a", "b", "c"]


async def test_a_cancelled_callers_transaction_is_still_committed(ledger: Ledger) -> None:
    """Write-then-record pairs cannot be cut in half by a cancellation (design section 4)."""
    gate = Gate()
    first = asyncio.create_task(ledger.write(gate))
    await asyncio.to_thread(gate.entered.wait, BOUND_S)
    leaving = asyncio.create_task(ledger.write(begin("a")))
    await asyncio.sleep(0)

    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    gate.open()
    await first

    assert await ledger.write(lambda tx: accounts.cursor(tx, AccountId("a"))) == 1


async def test_everyone_who_waits_is_told_when_the_disk_refuses(ledger: Ledger, tmp_path: Path) -> None:
    """A commit that cannot begin is an error for each waiter, not a wait for ever; the next one goes through."""
    await ledger.write(lambda tx: tx.exec_driver_sql("PRAGMA busy_timeout=1").close())
    with sqlite3.connect(tmp_path / "state" / FILE_NAME) as other:
        other.execute("BEGIN IMMEDIATE")
        async with asyncio.timeout(BOUND_S):
            refused = await asyncio.gather(
                *(ledger.write(begin(name)) for name in "abc"), return_exceptions=True
            )
        other.rollback()
    other.close()

    said = "the ledger could not be written: another program holds its file (database is locked); end that program"
    assert [str(one).startswith(said) for one in refused] == [True] * 3
    assert all(isinstance(one, StoreError) for one in refused)
    assert await ledger.write(begin("d")) == "d"


async def test_a_lost_transaction_is_told_to_all_of_its_group(ledger: Ledger) -> None:
    """When SQLite gives the whole transaction up, those behind the culprit are told too."""
    gate = Gate()

    def lose(tx: Tx) -> None:
        tx.exec_driver_sql("ROLLBACK")
        raise LookupError("the disk is full, say")

    first = asyncio.create_task(ledger.write(gate))
    await asyncio.to_thread(gate.entered.wait, BOUND_S)
    waiting = [asyncio.create_task(ledger.write(work)) for work in (begin("a"), lose, begin("b"))]
    await asyncio.sleep(0)
    gate.open()
    await first
    async with asyncio.timeout(BOUND_S):
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)

    assert all(isinstance(one, StoreError) for one in outcomes)
    assert await started(ledger, "a", "b") == []
    assert await ledger.write(begin("c")) == "c"


async def test_closing_finishes_what_was_handed_over(tmp_path: Path) -> None:
    """Nothing that was promised is lost at the end, and nothing is taken after it."""
    async with open_ledger(tmp_path) as ledger:
        waiting = [asyncio.create_task(ledger.write(begin(f"a{n}"))) for n in range(200)]
        await asyncio.sleep(0)
    await asyncio.gather(*waiting)

    with pytest.raises(StoreError, match="closed"):
        await ledger.write(begin("late"))
    async with open_ledger(tmp_path) as again:
        assert await started(again, "a0", "a199", "late") == ["a0", "a199"]
