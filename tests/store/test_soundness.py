"""Whether a ledger's file is whole, found out in a given time."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.making import inbound

from openclaw.errors import StoreUnreadable
from openclaw.store import FILE_NAME, open_ledger
from openclaw.store.schema import VERSION
from openclaw.store.soundness import examine

from .keeping import keep

MANY = 3000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    async def fill() -> None:
        async with open_ledger(tmp_path) as ledger:
            rows = [inbound(row, f"row {row} " * 20) for row in range(1, MANY)]
            await ledger.write(lambda tx: keep(tx, *rows))

    asyncio.run(fill())
    return tmp_path / FILE_NAME


@pytest.mark.parametrize("every_index", [False, True])
def test_a_whole_file_is_whole(path: Path, every_index: bool) -> None:
    """With its size and both schemas."""
    found = examine(path, 60, every_index=every_index)
    assert (found.damage, found.finished, found.schema, found.known) == ("", True, VERSION, VERSION)
    assert found.size == path.stat().st_size


def test_it_ends_when_its_time_is_over(path: Path) -> None:
    """A ledger of years must not hold up everything else that is looked at."""
    assert examine(path, 0, every_index=True).finished is False


def test_damage_is_found(path: Path) -> None:
    """A page of zeros in the middle, as a failing disk leaves it."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2 // 4096 * 4096)
        file.write(bytes(4096))
    assert examine(path, 60, every_index=False).damage


def test_a_newer_schema_is_told_and_not_judged(path: Path) -> None:
    """What a newer release keeps is that one's to judge."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
        connection.commit()
    found = examine(path, 60, every_index=True)
    assert (found.schema, found.known) == (VERSION + 1, VERSION)


@pytest.mark.parametrize("content", [None, b"", b"not a database" * 100])
def test_what_is_no_ledger_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """A missing file, an empty one, another one."""
    path = tmp_path / FILE_NAME
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StoreUnreadable):
        examine(path, 60, every_index=False)
