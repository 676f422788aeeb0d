"""Checkpoints: one row for each step of a message, turn or delivery. The audit trail, and what explains a fate."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, insert, select

from openclaw.store.clock import from_ms, to_ms
from openclaw.store.schema import checkpoint


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One step: what happened to which thing, why, and when."""

    subject: str
    subject_id: int
    step: str
    reason: str
    at: datetime


def record(
    tx: Connection, subject: str, ids: Iterable[int], step: str, now: datetime, reason: str = ""
) -> None:
    """Note that each of ``ids`` reached ``step``, in the transaction that makes it so."""
    at = to_ms(now)
    rows = [
        {"subject": subject, "subject_id": n, "step": step, "reason": reason or None, "at": at} for n in ids
    ]
    if rows:
        tx.execute(insert(checkpoint), rows)


def story(tx: Connection, subject: str, *ids: int) -> list[Checkpoint]:
    """Every step of one thing, or of several of a kind, oldest first."""
    return _found(tx, subject, checkpoint.c.subject_id.in_(ids))


def steps(tx: Connection, subject: str, names: Collection[str]) -> list[Checkpoint]:
    """The steps ``names`` of every thing of a kind, oldest first."""
    return _found(tx, subject, checkpoint.c.step.in_(names))


def _found(tx: Connection, subject: str, which: ColumnElement[bool]) -> list[Checkpoint]:
    query = select(checkpoint).where(checkpoint.c.subject == subject, which).order_by(checkpoint.c.id)
    return [
        Checkpoint(row.subject, row.subject_id, row.step, row.reason or "", from_ms(row.at))
        for row in tx.execute(query)
    ]
