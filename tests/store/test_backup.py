"""Copies of the ledger: whole, checked, private, and never over something else."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.making import inbound

from openclaw.errors import StoreError, StoreNewer, StoreUnreadable
from openclaw.store import FILE_NAME, Ledger, open_ledger
from openclaw.store.backup import back_up, default_path, examine, existing
from openclaw.store.schema import VERSION

from .keeping import keep, say


def test_a_copy_without_a_name_has_the_time_in_it(tmp_path: Path) -> None:
    """Several copies stand side by side, in the order in which they were made (issue 4, point 7)."""
    made = default_path(tmp_path, datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC))

    assert made == tmp_path / "backups" / "openclaw-20260304T050607Z.sqlite"


async def test_a_copy_is_made_while_the_ledger_is_open_and_written(ledger: Ledger, tmp_path: Path) -> None:
    """The gateway need not stop: what is committed, also what only stands in the log, is in the copy."""
    await ledger.write(lambda tx: keep(tx, inbound(1, "one"), inbound(2, "two")))
    await ledger.write(lambda tx: say(tx, "answer"))
    target = tmp_path / "elsewhere" / "copy.sqlite"

    copying = asyncio.to_thread(back_up, tmp_path / "state" / FILE_NAME, target)
    made, _ = await asyncio.gather(copying, ledger.write(lambda tx: keep(tx, inbound(3, "three"))))

    assert made.path == target
    assert made.schema == VERSION
    assert made.rows["messages"] in (2, 3)
    assert made.rows["deliveries"] == 1
    assert made.size == target.stat().st_size
    assert [file.name for file in target.parent.iterdir()] == ["copy.sqlite"]


async def test_a_copy_is_for_its_owner_alone(ledger: Ledger, tmp_path: Path) -> None:
    """Private messages: files 0600, directories 0700 (requirements, security)."""
    await ledger.write(lambda tx: keep(tx, inbound(1, "one")))
    target = tmp_path / "backups" / "copy.sqlite"

    back_up(tmp_path / "state" / FILE_NAME, target)

    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert stat.S_IMODE(target.parent.stat().st_mode) == 0o700
    assert existing(tmp_path) == [target]


async def test_a_copy_never_takes_the_place_of_a_file(ledger: Ledger, tmp_path: Path) -> None:
    """Nothing is overwritten, whatever it is; the message names it."""
    target = tmp_path / "precious"
    target.write_text("mine")

    with pytest.raises(StoreError, match="precious is there already"):
        back_up(tmp_path / "state" / FILE_NAME, target)

    assert target.read_text() == "mine"
    del ledger


async def test_a_copy_has_nothing_of_what_was_deleted(tmp_path: Path) -> None:
    """Freed pages stay in the file until they are used again; a copy does not take them along."""
    async with open_ledger(tmp_path):
        pass
    with sqlite3.connect(tmp_path / FILE_NAME) as raw:
        raw.execute("PRAGMA secure_delete=OFF")
        raw.execute("CREATE TABLE gone (text)")
        raw.execute("INSERT INTO gone VALUES (?)", ("forget-me " * 2000,))
        raw.commit()
        raw.execute("DROP TABLE gone")
    raw.close()
    assert b"forget-me" in (tmp_path / FILE_NAME).read_bytes()

    back_up(tmp_path / FILE_NAME, tmp_path / "copy.sqlite")

    assert b"forget-me" not in (tmp_path / "copy.sqlite").read_bytes()


@pytest.mark.parametrize(
    "content", [b"", b"no ledger at all" * 500, None], ids=["empty", "garbage", "missing"]
)
def test_what_is_no_ledger_is_not_copied(tmp_path: Path, content: bytes | None) -> None:
    """Nothing guessed, nothing half written: the target is not there afterwards."""
    source, target = tmp_path / FILE_NAME, tmp_path / "copy.sqlite"
    if content is not None:
        source.write_bytes(content)

    with pytest.raises(StoreUnreadable, match=FILE_NAME):
        back_up(source, target)

    assert not target.exists()


async def test_a_damaged_ledger_gives_no_copy(tmp_path: Path) -> None:
    """A copy that was not checked is no copy."""
    async with open_ledger(tmp_path) as ledger:
        await ledger.write(lambda tx: keep(tx, *(inbound(row, "text " * 50) for row in range(1, 200))))
    path = tmp_path / FILE_NAME
    whole = path.read_bytes()
    path.write_bytes(whole[:-32768] + b"\xff" * 32768)

    with pytest.raises(StoreError, match=r"could not be copied|damaged"):
        back_up(path, tmp_path / "copy.sqlite")

    assert not (tmp_path / "copy.sqlite").exists()


async def test_a_copy_of_a_newer_release_is_named_as_such(tmp_path: Path) -> None:
    """This release cannot say whether it is whole."""
    async with open_ledger(tmp_path):
        pass
    with sqlite3.connect(tmp_path / FILE_NAME) as newer:
        newer.execute(f"PRAGMA user_version={VERSION + 1}")
    newer.close()

    with pytest.raises(StoreNewer, match=f"schema {VERSION + 1}"):
        examine(tmp_path / FILE_NAME)
