"""Rehearsing: a change is made for its answer alone, and taken back."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy import Connection


@contextmanager
def rehearsal(tx: Connection) -> Generator[None]:
    """What is written within is gone afterwards; what was written before in the same transaction stays."""
    tx.exec_driver_sql("SAVEPOINT rehearsal")
    try:
        yield
    finally:
        tx.exec_driver_sql("ROLLBACK TO rehearsal")
        tx.exec_driver_sql("RELEASE rehearsal")
