"""What a disk can do to the ledger: each with the real thing. A clear error, nothing guessed, nothing half written."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import signal
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.making import ACCOUNT, NOON, inbound
from tests.waiting import BOUND_S

from openclaw.domain.ids import RowId
from openclaw.errors import StoreError, StoreUnreadable
from openclaw.releases import note_release
from openclaw.store import FILE_NAME, Ledger, Tx, accounts, messages, open_ledger, soundness
from openclaw.store.schema import VERSION
from openclaw.store.trouble import unusable

from .keeping import keep

LONG = "a text that fills pages " * 200


def rows(tx: Tx) -> list[int]:
    """The rows that are kept, oldest first."""
    return sorted(one.message.row_id for one in messages.latest(tx, 10_000))


async def fill_until_refused(ledger: Ledger) -> tuple[list[int], StoreError]:
    """Write row by row until the disk refuses: the rows that ``write`` returned for, and what it said."""
    kept: list[int] = []
    for row in range(1, 10_000):
        try:
            await ledger.write(lambda tx, row=row: keep(tx, inbound(row, LONG)))
        except StoreError as error:
            return kept, error
        kept.append(row)
    raise AssertionError("the disk never refused")


async def test_a_full_disk_is_named_and_keeps_nothing_of_what_it_refused(ledger: Ledger) -> None:
    """SQLite's own limit of pages answers as a full disk does; after there is room it goes on by itself."""
    await ledger.write(lambda tx: tx.exec_driver_sql("PRAGMA max_page_count=60").close())

    kept, said = await fill_until_refused(ledger)

    assert "the disk is full" in str(said)
    assert "make room" in str(said)
    assert ledger.trouble is not None
    assert ledger.trouble.cause.startswith("the disk is full")
    assert await ledger.read(rows) == kept
    await ledger.write(lambda tx: tx.exec_driver_sql("PRAGMA max_page_count=4000").close())
    await ledger.write(lambda tx: keep(tx, inbound(9999, LONG)))
    assert await ledger.read(rows) == [*kept, 9999]
    assert ledger.trouble is None


async def test_those_who_share_a_commit_are_each_told_of_the_full_disk(ledger: Ledger) -> None:
    """SQLite takes the whole transaction back itself; nobody is told of a savepoint that is gone."""
    await ledger.write(lambda tx: tx.exec_driver_sql("PRAGMA max_page_count=45").close())
    before = await ledger.read(rows)

    told = await asyncio.gather(
        *(ledger.write(lambda tx, row=row: keep(tx, inbound(row, LONG))) for row in range(1, 60)),
        return_exceptions=True,
    )

    refused = [one for one in told if isinstance(one, BaseException)]
    assert refused
    assert all(isinstance(one, StoreError) and "the disk is full" in str(one) for one in refused)
    kept = [row for row, one in enumerate(told, 1) if not isinstance(one, BaseException)]
    assert await ledger.read(rows) == before + kept


@pytest.mark.skipif(sys.platform != "linux", reason="no other system limits a process that runs")
async def test_a_file_that_may_not_grow_is_named(tmp_path: Path) -> None:
    """A quota answers with another number than a full disk; what was promised is there all the same."""
    async with writing(tmp_path, RLIMIT_FSIZE=600_000) as child:
        told = await until_refused(child)
    assert "the disk refused" in told[-1]

    async with open_ledger(tmp_path) as ledger:
        assert await ledger.read(rows) == [int(line) for line in told[:-1]]


@pytest.mark.skipif(sys.platform != "linux", reason="tmpfs is Linux's")
async def test_a_mounted_disk_that_is_full_is_named(tmp_path: Path) -> None:
    """A file system of its own without room, where the tester may make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = await asyncio.create_subprocess_exec(
        "mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", str(disk), stdout=PIPE, stderr=PIPE
    )
    if (await mounted.communicate(), mounted.returncode)[1] != 0:
        pytest.skip("mounting is not allowed here")
    try:
        async with open_ledger(disk) as ledger:
            kept, said = await fill_until_refused(ledger)
            assert "the disk is full" in str(said)
            assert await ledger.read(rows) == kept
        async with open_ledger(disk) as ledger:
            assert await ledger.read(rows) == kept
    finally:
        unmounted = await asyncio.create_subprocess_exec("umount", "-l", str(disk))
        assert await unmounted.wait() == 0


async def test_another_program_that_holds_the_file_is_named(ledger: Ledger, tmp_path: Path) -> None:
    """Beyond the time-out it is an error, and when that program is gone the next write goes through."""
    await ledger.write(lambda tx: tx.exec_driver_sql("PRAGMA busy_timeout=1").close())
    other = sqlite3.connect(tmp_path / "state" / FILE_NAME)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreError, match="another program holds its file"):
        await ledger.write(lambda tx: keep(tx, inbound(1, "refused")))

    assert ledger.trouble is not None
    other.rollback()
    other.close()
    await ledger.write(lambda tx: keep(tx, inbound(2, "kept")))
    assert await ledger.read(rows) == [2]
    assert ledger.trouble is None


async def test_a_damaged_page_is_found_while_running_and_stays_known(tmp_path: Path) -> None:
    """It is told with the way on; what does not need that page goes on, and the finding does not go away by that."""
    async with open_ledger(tmp_path) as ledger:
        await ledger.write(lambda tx: keep(tx, *(inbound(row, LONG) for row in range(1, 100))))
    damage_the_end(tmp_path / FILE_NAME)

    async with open_ledger(tmp_path) as ledger:
        with pytest.raises(StoreUnreadable, match=r"it is damaged.*openclaw restore"):
            await ledger.read(rows)
        await ledger.write(lambda tx: accounts.begin(tx, ACCOUNT, RowId(7), NOON))

        assert ledger.trouble is not None
        assert ledger.trouble.is_damage
        assert await ledger.read(lambda tx: accounts.cursor(tx, ACCOUNT)) == 7


async def test_trouble_is_told_once_in_the_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """However often a damaged page is met: an endless log would fill the disk as well."""
    async with open_ledger(tmp_path) as ledger:
        await ledger.write(lambda tx: keep(tx, *(inbound(row, LONG) for row in range(1, 100))))
    damage_the_end(tmp_path / FILE_NAME)

    async with open_ledger(tmp_path) as ledger:
        for _ in range(5):
            with pytest.raises(StoreUnreadable):
                await ledger.read(rows)

    assert capsys.readouterr().out.count("ledger.trouble") == 1


@pytest.mark.parametrize("left", [0.5, 0.9, 0.99])
async def test_a_log_that_was_cut_off_loses_only_its_end(tmp_path: Path, left: float) -> None:
    """What a power cut took from the log's end is missing; what stands before it is whole and in order."""
    async with open_ledger(tmp_path / "live") as ledger:
        for row in range(1, 21):
            await ledger.write(lambda tx, row=row: keep(tx, inbound(row, LONG)))
        copy_files(tmp_path / "live", tmp_path / "cut")
    log = tmp_path / "cut" / f"{FILE_NAME}-wal"
    os.truncate(log, int(log.stat().st_size * left))

    async with open_ledger(tmp_path / "cut") as ledger:
        kept = await ledger.read(rows)

    assert kept == list(range(1, len(kept) + 1))
    assert 0 < len(kept) < 20


async def test_a_torn_page_in_the_log_ends_it_there(tmp_path: Path) -> None:
    """A frame whose sum is wrong was never promised; nothing behind it is taken either."""
    async with open_ledger(tmp_path / "live") as ledger:
        for row in range(1, 21):
            await ledger.write(lambda tx, row=row: keep(tx, inbound(row, LONG)))
        copy_files(tmp_path / "live", tmp_path / "torn")
    log = tmp_path / "torn" / f"{FILE_NAME}-wal"
    with log.open("r+b") as file:
        file.seek(log.stat().st_size - 6000)
        file.write(b"\xff" * 512)

    async with open_ledger(tmp_path / "torn") as ledger:
        assert await ledger.read(rows) == list(range(1, 20))


async def test_a_directory_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    """Another user's, or a disk that is mounted for reading."""
    async with open_ledger(tmp_path):
        pass
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OPEN_AS_NOBODY, str(tmp_path), stdout=PIPE, stderr=PIPE
    )
    out, _ = await asyncio.wait_for(child.communicate(), BOUND_S)

    assert b"cannot be opened" in out or b"not allowed here" in out


async def test_what_write_returned_for_survives_the_kill_of_the_writer(tmp_path: Path) -> None:
    """Killed between commits, its files copied without the shared memory, as after a power cut: nothing is missing."""
    async with writing(tmp_path / "live") as child:
        told = [(await line_of(child)).strip() for _ in range(25)]
        child.send_signal(signal.SIGKILL)
        await child.wait()
        told += [line.decode().strip() for line in (await child.communicate())[0].splitlines()]
    copy_files(tmp_path / "live", tmp_path / "after")

    async with open_ledger(tmp_path / "after") as ledger:
        kept = await ledger.read(rows)
        sound = await ledger.read(lambda tx: tx.exec_driver_sql("PRAGMA integrity_check").scalar_one())

    assert sound == "ok"
    assert set(map(int, told)) <= set(kept)
    # One more may be on disk of which the writer could not tell any more.
    assert kept in (list(range(1, len(told) + 1)), list(range(1, len(told) + 2)))


async def test_an_upgrade_that_is_cut_off_is_done_again(tmp_path: Path) -> None:
    """Each step is one transaction with its number: the file is of one version or of the next."""
    async with open_ledger(tmp_path):
        pass
    with sqlite3.connect(tmp_path / FILE_NAME) as raw:
        raw.execute("BEGIN")
        raw.execute(f"PRAGMA user_version={VERSION + 1}")
        raw.execute("ALTER TABLE account ADD COLUMN half INTEGER")
        raw.rollback()
    raw.close()

    async with open_ledger(tmp_path) as ledger:
        assert await ledger.read(lambda tx: tx.exec_driver_sql("PRAGMA user_version").scalar_one()) == VERSION


OPEN_AS_NOBODY = """
import asyncio, os, sys
from pathlib import Path
from openclaw.errors import StoreUnreadable
from openclaw.store import open_ledger
async def main():
    try:
        async with open_ledger(Path(sys.argv[1])):
            print("opened")
    except StoreUnreadable as error:
        print(error)
os.chmod(sys.argv[1], 0o500)
os.chmod(Path(sys.argv[1]) / "openclaw.sqlite", 0o400)
if os.getuid() == 0:
    try:
        os.setuid(65534)
    except OSError:
        sys.exit(print("not allowed here"))
asyncio.run(main())
"""

WRITE = """
import asyncio, sys
from pathlib import Path
from tests.making import inbound
from openclaw.errors import StoreError
from openclaw.store import messages, open_ledger
from tests.making import NOON
async def main():
    async with open_ledger(Path(sys.argv[1])) as ledger:
        for row in range(1, 5000):
            try:
                await ledger.write(lambda tx: messages.receive(tx, [inbound(row, "text " * 500)], NOON))
            except StoreError as error:
                sys.exit(print("refused", error, flush=True))
            print(row, flush=True)
asyncio.run(main())
"""


@asynccontextmanager
async def writing(state_dir: Path, **limits: int) -> AsyncGenerator[Process]:
    """A process that writes row after row and says each one's number once it is promised; ``limits`` are rlimits."""
    here = Path(__file__).parents[2]
    environ = os.environ | {"PYTHONPATH": os.pathsep.join((str(here / "src"), str(here)))}
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITE, str(state_dir), stdout=PIPE, env=environ
    )
    try:
        for name, bytes_ in limits.items():
            resource.prlimit(child.pid, getattr(resource, name), (bytes_, bytes_))
        yield child
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


async def line_of(child: Process) -> str:
    """The next line that a child prints."""
    assert child.stdout is not None
    async with asyncio.timeout(BOUND_S):
        return (await child.stdout.readline()).decode()


async def until_refused(child: Process) -> list[str]:
    """What a child prints until it is refused, that included."""
    told: list[str] = []
    while not (told and told[-1].startswith("refused")):
        line = (await line_of(child)).strip()
        assert line, told[-3:]
        # The log goes to the same place.
        if line.isdecimal() or line.startswith("refused"):
            told.append(line)
    return told


def copy_files(source: Path, target: Path) -> None:
    """The database and its log, without the shared memory, which no power cut leaves behind."""
    target.mkdir(exist_ok=True)
    for name in (FILE_NAME, f"{FILE_NAME}-wal"):
        shutil.copyfile(source / name, target / name)


def damage_the_end(path: Path) -> None:
    """Pages of texts become noise; what is needed to open the file stays."""
    whole = path.read_bytes()
    path.write_bytes(whole[:-65536] + b"\xff" * 65536)


def test_what_keeps_a_file_from_being_opened_is_told_apart(tmp_path: Path) -> None:
    """On a full or failing disk nobody is told to put an old copy over a ledger that is whole (issue 5, point 8)."""
    whole = sqlite3.OperationalError("disk I/O error")
    whole.sqlite_errorcode = sqlite3.SQLITE_IOERR
    torn = sqlite3.DatabaseError("database disk image is malformed")
    torn.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    refusal, damage = unusable(tmp_path, whole), unusable(tmp_path, torn)
    assert not isinstance(refusal, StoreUnreadable)
    assert "the disk refused" in refusal.problem
    assert "room on it" in refusal.fix
    assert isinstance(damage, StoreUnreadable)
    assert "openclaw restore FILE" in str(damage)


async def test_a_ledger_that_was_emptied_is_not_begun_anew(tmp_path: Path) -> None:
    """To SQLite a file without content is a new database: approvals and what was answered would be forgotten."""
    (tmp_path / FILE_NAME).touch()
    async with open_ledger(tmp_path):
        pass  # nothing has run here yet: this is what the first start leaves when it is cut off
    note_release(tmp_path, "1.0")
    (tmp_path / FILE_NAME).write_bytes(b"")
    with pytest.raises(StoreUnreadable, match=r"is empty.*openclaw restore FILE"):
        async with open_ledger(tmp_path):
            pass
    (tmp_path / FILE_NAME).unlink()
    async with open_ledger(tmp_path) as ledger:
        assert await ledger.read(rows) == []


async def test_a_directory_in_its_place_is_named(tmp_path: Path) -> None:
    """It is neither missing nor somebody else's."""
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(StoreUnreadable, match="move that directory away"):
        async with open_ledger(tmp_path):
            pass
    with pytest.raises(StoreUnreadable, match="is a directory"):
        soundness.examine(tmp_path / FILE_NAME, 1.0, every_index=False)
