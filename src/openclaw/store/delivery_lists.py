"""Lists and figures of bubbles, for whoever looks at them. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, bindparam, func, or_, select

from openclaw.domain.delivery import Cause, Delivery, DeliveryState
from openclaw.store.clock import to_ms
from openclaw.store.deliveries import IN_DOUBT
from openclaw.store.delivery_rows import of_row
from openclaw.store.schema import delivery as table


def load(tx: Connection, ids: Collection[int]) -> list[Delivery]:
    """The bubbles ``ids``, in the order in which they were queued first."""
    return [of_row(row) for row in tx.execute(select(table).where(table.c.id.in_(ids)).order_by(table.c.id))]


def of_cause(tx: Connection, cause: Cause, cause_id: int) -> list[Delivery]:
    """The bubbles of one cause, in their order."""
    query = select(table).where(table.c.cause == cause, table.c.cause_id == cause_id)
    return [of_row(row) for row in tx.execute(query.order_by(table.c.position))]


@dataclass(frozen=True, slots=True)
class OwnRow:
    """The row of the phone that a bubble was seen as; "" and ``None`` while nothing of it is known."""

    delivery: int
    guid: str
    row_id: int | None


def own_rows(tx: Connection, ids: Collection[int]) -> list[OwnRow]:
    """The rows that the bubbles ``ids`` were seen as; one of which nothing is known is left out."""
    seen = table.c.guid.is_not(None) | table.c.row_id.is_not(None)
    rows = tx.execute(select(table).where(table.c.id.in_(ids), seen).order_by(table.c.id))
    return [OwnRow(row.id, row.guid or "", row.row_id) for row in rows]


def files_needed(tx: Connection, settled_before: datetime) -> set[str]:
    """The paths of the files whose bubbles may still be sent, or were settled only lately."""
    settled = table.c.state.in_((DeliveryState.CONFIRMED, DeliveryState.DROPPED))
    needed = or_(~settled, table.c.changed_at >= to_ms(settled_before))
    return set(tx.scalars(select(table.c.file_path).where(table.c.file_path.is_not(None), needed)))


def needing_a_person(tx: Connection, limit: int) -> list[Delivery]:
    """The bubbles in doubt, newest first."""
    query = select(table).where(in_doubt()).order_by(table.c.id.desc()).limit(limit)
    return [of_row(row) for row in tx.execute(query)]


def in_doubt() -> ColumnElement[bool]:
    """The condition that a bubble is in doubt, worded so that the index of such bubbles serves it."""
    # SQLite uses that index only for a statement that literally has the index's own condition.
    states: BindParameter[Any] = bindparam("in_doubt", IN_DOUBT, expanding=True, literal_execute=True)
    return table.c.state.in_(states)


def count_by_state(tx: Connection, *states: DeliveryState) -> dict[str, int]:
    """How many bubbles are in each of ``states``; those with none are left out."""
    query = (
        select(table.c.state, func.count().label("number"))
        .where(table.c.state.in_(states))
        .group_by(table.c.state)
    )
    return {row.state: row.number for row in tx.execute(query)}
