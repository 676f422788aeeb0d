"""Schemas: the oldest one still opens, and ends up as the newest."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import MetaData, create_engine
from tests.making import ACCOUNT, NOON

from openclaw.store import FILE_NAME, accounts, open_ledger
from openclaw.store.migrations import STEPS
from openclaw.store.schema import VERSION, metadata

OLDEST = Path(__file__).parent / "data" / "schema-1.sql"


def shape(tables: MetaData) -> dict[str, object]:
    """Columns, keys and indexes of every table, in a form that compares."""
    return {
        table.name: (
            {
                (column.name, str(column.type), column.nullable, column.primary_key)
                for column in table.columns
            },
            {(index.name, tuple(index.columns.keys())) for index in table.indexes},
            {(key.parent.name, key.target_fullname) for key in table.foreign_keys},
        )
        for table in tables.sorted_tables
    }


def uniques(path: Path) -> set[tuple[str, ...]]:
    """The unique constraints of a file, as (table, column, ...)."""
    with sqlite3.connect(path) as file:
        tables = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        found = {
            (table, *(column[2] for column in file.execute(f"PRAGMA index_info('{index[1]}')")))
            for table in tables
            for index in file.execute(f"PRAGMA index_list('{table}')")
            if index[2]
        }
    file.close()
    return found


async def test_the_oldest_schema_is_brought_to_the_newest(tmp_path: Path) -> None:
    """Whoever stays on an old release for years must be able to go on (habit 32); both ways end in one schema."""
    (tmp_path / "new").mkdir()
    with sqlite3.connect(tmp_path / FILE_NAME) as old:
        old.executescript(OLDEST.read_text())
    old.close()

    async with open_ledger(tmp_path) as ledger:
        await ledger.write(lambda tx: accounts.begin(tx, ACCOUNT, accounts.RowId(1), NOON))
    async with open_ledger(tmp_path / "new"):
        pass

    engine = create_engine(f"sqlite:///{tmp_path / FILE_NAME}")
    found = MetaData()
    found.reflect(engine)
    engine.dispose()
    assert shape(found) == shape(metadata)
    assert uniques(tmp_path / FILE_NAME) == uniques(tmp_path / "new" / FILE_NAME)


def test_every_version_has_its_step() -> None:
    """No ledger may be left between two versions."""
    assert sorted(STEPS) == list(range(2, VERSION + 1))


def test_the_oldest_schema_is_never_edited() -> None:
    """The kept file is version 1 for ever; a change of the tables is a step, not an edit of history."""
    assert "PRAGMA user_version=1;" in OLDEST.read_text()
