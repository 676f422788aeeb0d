"""What a refusal means, and how long there is trouble."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from openclaw.errors import StoreError, StoreUnreadable
from openclaw.store.trouble import Condition


def refusal(code: int, says: str = "no") -> OperationalError:
    """What SQLAlchemy raises when SQLite answers with ``code``."""
    error = sqlite3.OperationalError(says)
    error.sqlite_errorcode = code
    return OperationalError("SELECT 1", {}, error)


@pytest.mark.parametrize(
    ("code", "means"),
    [
        (sqlite3.SQLITE_FULL, "the disk is full"),
        # An extended code: a failed write, and not a failed read.
        (sqlite3.SQLITE_IOERR_WRITE, "the disk refused"),
        (sqlite3.SQLITE_BUSY, "another program holds its file"),
        (sqlite3.SQLITE_READONLY, "may not be written"),
    ],
)
def test_what_passes_is_over_with_the_next_commit(code: int, means: str) -> None:
    """Named with its way on; it goes away by itself."""
    condition = Condition()

    assert means in str(condition.failed("written", refusal(code)))
    assert condition.trouble is not None
    assert condition.trouble.fix
    condition.worked()
    assert condition.trouble is None


def test_damage_stays_and_outweighs_what_passes() -> None:
    """The rest of a damaged file can often be used; that heals nothing."""
    condition = Condition()
    condition.failed("written", refusal(sqlite3.SQLITE_FULL))

    assert isinstance(condition.failed("read", refusal(sqlite3.SQLITE_CORRUPT)), StoreUnreadable)
    condition.worked()
    condition.failed("written", refusal(sqlite3.SQLITE_FULL))

    assert condition.trouble is not None
    assert condition.trouble.is_damage


def test_a_mistake_in_a_statement_is_no_trouble_of_the_disk() -> None:
    """It is told to its caller and to nobody else."""
    condition = Condition()
    said = condition.failed("read", refusal(sqlite3.SQLITE_ERROR, "no such table: nowhere"))

    assert (type(said), str(said)) == (StoreError, "the ledger could not be read: no such table: nowhere")
    assert condition.trouble is None
