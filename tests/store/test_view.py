"""Reading a ledger's file beside whoever works on it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from tests.making import ACCOUNT, NOON, inbound

from openclaw.errors import StoreError, StoreNewer, StoreUnreadable
from openclaw.store import FILE_NAME, Ledger, accounts, messages, open_ledger
from openclaw.store.schema import VERSION
from openclaw.store.view import open_view

from .keeping import keep


async def test_a_view_is_of_one_moment_and_the_writer_goes_on(ledger: Ledger, tmp_path: Path) -> None:
    """No lock of the directory is needed; what is committed meanwhile is not in it."""
    await ledger.write(lambda tx: keep(tx, inbound(1, "one")))

    with open_view(tmp_path / "state" / FILE_NAME) as tx:
        assert len(messages.latest(tx, 9)) == 1
        await ledger.write(lambda writing: keep(writing, inbound(2, "two")))
        assert len(messages.latest(tx, 9)) == 1


async def test_a_view_cannot_write(ledger: Ledger, tmp_path: Path) -> None:
    """It is opened for reading only."""
    del ledger
    with pytest.raises(StoreError, match="readonly"), open_view(tmp_path / "state" / FILE_NAME) as tx:
        accounts.begin(tx, ACCOUNT, accounts.RowId(1), NOON)


def test_no_file_is_made_by_looking(tmp_path: Path) -> None:
    """A mistyped directory must not come into being."""
    with pytest.raises(StoreUnreadable, match="there is no ledger"), open_view(tmp_path / FILE_NAME):
        pass

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("version", "kind"), [(VERSION + 1, StoreNewer), (1, StoreError)])
async def test_another_version_is_refused_with_the_way_on(
    tmp_path: Path, version: int, kind: type[StoreError]
) -> None:
    """A view upgrades nothing, and guesses nothing."""
    async with open_ledger(tmp_path):
        pass
    with sqlite3.connect(tmp_path / FILE_NAME) as raw:
        raw.execute(f"PRAGMA user_version={version}")
    raw.close()

    with pytest.raises(kind, match=f"schema {version}"), open_view(tmp_path / FILE_NAME):
        pass


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    """The application id keeps them apart."""
    with sqlite3.connect(tmp_path / FILE_NAME) as raw:
        raw.execute("CREATE TABLE notes (text)")
    raw.close()

    with pytest.raises(StoreUnreadable, match="not a ledger"), open_view(tmp_path / FILE_NAME):
        pass
