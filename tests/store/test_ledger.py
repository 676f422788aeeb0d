"""Opening the ledger, reading and writing it."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.making import ACCOUNT, NOON
from tests.waiting import BOUND_S

from openclaw import store
from openclaw.errors import StoreError, StoreNewer, StoreUnreadable
from openclaw.store import FILE_NAME, Ledger, Tx, accounts, open_ledger
from openclaw.store.migrations import APPLICATION_ID
from openclaw.store.schema import VERSION


def begin_at(row: int) -> Callable[[Tx], None]:
    """A transaction that fixes where the account starts."""
    return lambda tx: accounts.begin(tx, ACCOUNT, accounts.RowId(row), NOON)


async def test_what_was_written_is_there_after_reopening(tmp_path: Path) -> None:
    """One database in the state directory (design section 4)."""
    async with open_ledger(tmp_path) as ledger:
        await ledger.write(begin_at(41))

    async with open_ledger(tmp_path) as ledger:
        assert await ledger.read(lambda tx: accounts.cursor(tx, ACCOUNT)) == 41


async def test_nobody_else_may_read_the_files(tmp_path: Path) -> None:
    """Private messages: files 0600, directories 0700 (requirements, security)."""
    async with open_ledger(tmp_path / "deep" / "state") as ledger:
        await ledger.write(begin_at(1))
        files = list((tmp_path / "deep" / "state").iterdir())

        assert {file.name for file in files} == {FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm"}
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "deep" / "state").stat().st_mode) == 0o700


async def test_a_commit_is_flushed_to_the_disk(ledger: Ledger) -> None:
    """WAL with FULL sync and foreign keys on every connection (design section 4)."""
    read = await ledger.read(_pragmas)

    assert read == await ledger.write(_pragmas) == ("wal", 2, 1)


def _pragmas(tx: Tx) -> tuple[str, int, int]:
    journal, sync, keys = (
        tx.exec_driver_sql(f"PRAGMA {name}").scalar_one()
        for name in ("journal_mode", "synchronous", "foreign_keys")
    )
    return journal, sync, keys


WRITE_AND_WAIT = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from openclaw.store import accounts, open_ledger
async def main():
    async with open_ledger(Path(sys.argv[1])) as ledger:
        await ledger.write(lambda tx: accounts.begin(tx, "default", 41, datetime.now(UTC)))
        print("written", flush=True)
        await asyncio.to_thread(sys.stdin.read)
asyncio.run(main())
"""


async def test_what_was_promised_survives_a_kill(tmp_path: Path) -> None:
    """A caller that has the result has it on disk (promise 3), the very first write of a new file included."""
    pipe = asyncio.subprocess.PIPE
    command = [sys.executable, "-c", WRITE_AND_WAIT, str(tmp_path)]
    writing = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    assert writing.stdout is not None
    async with asyncio.timeout(BOUND_S):
        assert await writing.stdout.readline() == b"written\n"
        writing.kill()
        await writing.communicate()

    async with open_ledger(tmp_path) as ledger:
        assert await ledger.read(lambda tx: accounts.cursor(tx, ACCOUNT)) == 41


def test_the_public_names_of_the_store() -> None:
    """What other packages may use without knowing the rooms inside (habit 9)."""
    assert store.__all__ == ["FILE_NAME", "Ledger", "Tx", "lock_state", "open_ledger"]
    assert all(hasattr(store, name) for name in store.__all__)


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: b"this is no database, but long enough to be one" * 200,
        lambda whole: whole[:100] + b"\xff" * 3996 + whole[4096:],
        lambda whole: whole[:5000],
    ],
    ids=["garbage", "first page", "cut off"],
)
async def test_a_damaged_file_is_an_error_and_stays_as_it_is(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    """Unreadable state is an error, never an empty start; what is left may still be rescued."""
    async with open_ledger(tmp_path):
        pass
    path = tmp_path / FILE_NAME
    damaged = damage(path.read_bytes())
    path.write_bytes(damaged)

    with pytest.raises(StoreUnreadable, match=FILE_NAME):
        async with open_ledger(tmp_path):
            pass

    assert path.read_bytes() == damaged


@pytest.mark.parametrize("version", [0, 1, 99])
async def test_a_database_of_another_program_is_not_touched(tmp_path: Path, version: int) -> None:
    """A foreign file is refused before anything in it changes, its journal mode included."""
    path = tmp_path / FILE_NAME
    with sqlite3.connect(path) as foreign:
        foreign.execute("CREATE TABLE notes (text)")
        foreign.execute(f"PRAGMA user_version={version}")
    foreign.close()
    before = path.read_bytes()

    with pytest.raises(StoreUnreadable, match="another program"):
        async with open_ledger(tmp_path):
            pass

    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [FILE_NAME]


async def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    """A ledger of a newer release must not be written by this one; the message names both (design section 4)."""
    async with open_ledger(tmp_path):
        pass
    with sqlite3.connect(tmp_path / FILE_NAME) as newer:
        newer.execute(f"PRAGMA user_version={VERSION + 1}")
    newer.close()

    with pytest.raises(StoreNewer, match=f"schema {VERSION + 1}, this release knows {VERSION}"):
        async with open_ledger(tmp_path):
            pass


async def test_a_directory_in_the_place_of_the_file_is_an_error_of_ours(tmp_path: Path) -> None:
    """What the system refuses is told with the path, not as a bare OSError."""
    (tmp_path / FILE_NAME).mkdir()

    with pytest.raises(StoreUnreadable, match="cannot be opened"):
        async with open_ledger(tmp_path):
            pass


async def test_a_new_ledger_is_marked_as_ours(tmp_path: Path) -> None:
    """The application id keeps other programs' databases apart from old ledgers."""
    async with open_ledger(tmp_path) as ledger:
        marks = await ledger.read(
            lambda tx: [
                tx.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("application_id", "user_version")
            ]
        )

    assert marks == [APPLICATION_ID, VERSION]


async def test_a_reader_changes_nothing(ledger: Ledger) -> None:
    """Reading is one view and leaves no trace."""
    await ledger.read(begin_at(5))

    assert await ledger.read(lambda tx: accounts.cursor(tx, ACCOUNT)) is None


async def test_a_reader_sees_one_moment_beside_a_writer(ledger: Ledger) -> None:
    """What is committed while a reader reads is not in its view (snapshot of WAL)."""
    await ledger.write(begin_at(1))

    looked, moved = threading.Event(), threading.Event()

    def look_twice(tx: Tx) -> list[int | None]:
        first = accounts.cursor(tx, ACCOUNT)
        looked.set()
        assert moved.wait(BOUND_S)
        return [first, accounts.cursor(tx, ACCOUNT)]

    reading = asyncio.create_task(ledger.read(look_twice))
    await asyncio.to_thread(looked.wait, BOUND_S)
    await ledger.write(lambda tx: accounts.advance(tx, ACCOUNT, accounts.RowId(2)))
    moved.set()

    assert await reading == [1, 1]
    assert await ledger.read(lambda tx: accounts.cursor(tx, ACCOUNT)) == 2


async def test_a_failing_read_is_an_error_of_ours(ledger: Ledger) -> None:
    """Foreign errors are translated once, at this edge."""
    with pytest.raises(StoreError, match="no such table"):
        await ledger.read(lambda tx: tx.exec_driver_sql("SELECT * FROM nowhere"))
