"""The ledger's file and its place, on a real disk."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.doctor.installing import install, visit_to

from openclaw.doctor.gather import ledger
from openclaw.store import FILE_NAME, lock_state, open_ledger
from openclaw.store.schema import VERSION


def made(home: Path) -> tuple[Path, dict[str, str]]:
    """An installation whose ledger is there."""
    state_dir, environ = install(home, {})

    async def make() -> None:
        async with open_ledger(state_dir):
            pass

    asyncio.run(make())
    return state_dir, environ


@pytest.mark.parametrize(("deep", "checked"), [(False, "quick"), (True, "full")])
def test_a_whole_ledger(tmp_path: Path, deep: bool, checked: str) -> None:
    """--deep compares the indexes as well."""
    _, environ = made(tmp_path)
    facts = ledger.ledger(visit_to(environ, deep=deep))
    assert (facts.exists, facts.problem, facts.checked, facts.schema) == (True, "", checked, VERSION)


def test_no_ledger_yet(tmp_path: Path) -> None:
    """Before the first start."""
    _, environ = install(tmp_path, {})
    assert ledger.ledger(visit_to(environ)).exists is False


def test_a_ledger_that_is_none(tmp_path: Path) -> None:
    """With the way back."""
    state_dir, environ = install(tmp_path, {})
    (state_dir / FILE_NAME).write_text("something else")
    facts = ledger.ledger(visit_to(environ))
    assert "openclaw restore" in facts.fix
    assert str(state_dir / FILE_NAME) in facts.problem


def test_a_ledger_of_a_newer_release(tmp_path: Path) -> None:
    """It is left as it is, and the way on is the newer release, or a copy."""
    state_dir, environ = made(tmp_path)
    with closing(sqlite3.connect(state_dir / FILE_NAME)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    facts = ledger.ledger(visit_to(environ))
    assert f"has schema {VERSION + 1}" in facts.problem
    assert "docs/upgrading.md" in facts.fix


def test_the_place_tells_room_lock_and_copies(tmp_path: Path) -> None:
    """Who holds it is seen while it is held."""
    state_dir, environ = made(tmp_path)
    copies = state_dir / "backups"
    copies.mkdir()
    (copies / "old.sqlite").touch()
    (copies / "new.sqlite").touch()
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    os.utime(copies / "new.sqlite", (moment.timestamp(),) * 2)
    os.utime(copies / "old.sqlite", ((moment - timedelta(days=3)).timestamp(),) * 2)
    visit = visit_to(environ)
    with lock_state(state_dir):
        held = ledger.place(visit)
    assert held.holder == os.getpid()
    free = ledger.place(visit)
    assert (free.holder, free.gateway, free.newest_backup, free.has_ledger) == (None, None, moment, True)
    assert free.free
    assert free.file_system


def test_a_directory_that_is_not_there_yet_is_judged_by_where_it_will_be(tmp_path: Path) -> None:
    """Its disk is that of the nearest directory above it."""
    facts = ledger.place(visit_to({"HOME": str(tmp_path)}))
    assert facts.free
    assert (facts.has_ledger, facts.newest_backup) == (False, None)
