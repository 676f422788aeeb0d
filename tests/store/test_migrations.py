"""Schemas: the oldest one still opens, and ends up as the newest."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, MetaData, create_engine, insert, select
from tests.making import ACCOUNT, NOON

from openclaw.domain.ids import AgentId, SessionKey, TurnId
from openclaw.domain.sessions import TranscriptEntry
from openclaw.store import (
    FILE_NAME,
    Tx,
    accounts,
    acp_schema,
    open_ledger,
    schema,
    session_settings,
    sessions,
)
from openclaw.store.migrations import STEPS
from openclaw.store.schema import VERSION, metadata

PROGRAM = dict.fromkeys(
    ("agent", "harness", "mode", "cwd", "label", "options", "outside_id", "state", "last_error"), ""
) | {"generation": 1, "created_at": 1, "active_at": 1}
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


async def test_groups_of_two_phones_that_shared_a_memory_get_one_each(tmp_path: Path) -> None:
    """Schema 5 named a group by its number alone, which two Macs give to two groups (promise 1)."""
    shared, alone = "agent:main:imessage:group:7", "agent:main:imessage:group:8"
    strange = "agent:main:imessage:group:9"
    async with open_ledger(tmp_path) as ledger:

        def fill(tx: Tx) -> None:
            for number, (account, key) in enumerate(
                [
                    ("default", shared),
                    ("work", shared),
                    ("work", alone),
                    ("work", "agent:main:main"),
                    ("work", strange),
                    ("home", strange),
                ],
                1,
            ):
                row = {"id": number, "account": account, "session_key": key, "chat_key": f"+;{number}"}
                at = {"chat_row_id": 7, "chat_guid": "", "chat_identifier": "", "is_group": True}
                how = {"agent": "main", "state": "finished", "attempts": 1, "effects": False, "started_at": 1}
                tx.execute(insert(schema.turn).values(**row, **at, **how))
                if sessions.find(tx, SessionKey(key)) is None:
                    sessions.start(tx, SessionKey(key), AgentId("main"), NOON)
                session = sessions.find(tx, SessionKey(key))
                assert session is not None
                said = TranscriptEntry("user", f"{account} {number}")
                sessions.add(tx, session, TurnId(number), (said,))
                tx.execute(insert(acp_schema.acp_session).prefix_with("OR IGNORE").values(key=key, **PROGRAM))
            for key in (alone, strange):
                session = sessions.find(tx, SessionKey(key))
                assert session is not None
                sessions.add(tx, session, TurnId(99), (TranscriptEntry("user", "of a turn that is gone"),))
            session_settings.change(tx, SessionKey(shared), send="off")

        await ledger.write(fill)
    with sqlite3.connect(tmp_path / FILE_NAME) as old:
        old.execute("PRAGMA user_version=5")
    old.close()

    async with open_ledger(tmp_path) as ledger:

        def look(tx: Connection) -> dict[str, tuple[list[str], str]]:
            return {
                session.key: (
                    [entry.text for entry in sessions.history(tx, session)],
                    session_settings.load(tx, session.key).send,
                )
                for session in sessions.every(tx)
            }

        assert await ledger.read(look) == {
            shared: (["default 1"], "off"),
            f"{shared}:work": (["work 2"], "off"),
            f"{alone}:work": (["work 3", "of a turn that is gone"], ""),
            "agent:main:main": (["work 4"], ""),
            f"{strange}:work": (["work 5"], ""),
            f"{strange}:home": (["home 6"], ""),
        }
        left = await ledger.read(
            lambda tx: list(
                tx.scalars(
                    select(schema.transcript.c.session_key).where(schema.transcript.c.session_key == strange)
                )
            )
        )
        assert left == []
        programs = await ledger.read(lambda tx: sorted(tx.scalars(select(acp_schema.acp_session.c.key))))
        assert programs == [f"{alone}:work", "agent:main:main"]
