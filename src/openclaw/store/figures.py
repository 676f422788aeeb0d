"""Figures: what the ledger says of a stretch of time, as rows to count and compare, and how many things wait now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Table, func, select

from openclaw.domain.delivery import Cause
from openclaw.domain.messages import MessageState
from openclaw.store import messages
from openclaw.store.clock import from_ms, to_ms
from openclaw.store.schema import checkpoint, delivery, message

# Joined with nothing, so that SQLite goes by the row numbers and not through every step of such a subject ever.
_SUBJECT = checkpoint.c.subject + ""


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened at ``at``, and how long it had taken."""

    at: datetime
    took: timedelta


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened since a moment.

    ``received`` tells how long each message took from its phone to the ledger, ``answered`` how long its first bubble
    was in coming, ``sent`` how long each bubble waited. ``finished`` and ``failed`` are when messages were answered
    and when turns and bubbles failed.
    """

    received: Sequence[Moment]
    answered: Sequence[Moment]
    sent: Sequence[Moment]
    finished: Sequence[datetime]
    failed: Sequence[datetime]


def since(tx: Connection, moment: datetime) -> Figures:
    """Everything that happened since ``moment``, in order."""
    first_step = _first(tx, checkpoint, checkpoint.c.at, moment)
    return Figures(
        _received(tx, _first(tx, message, message.c.received_at, moment)),
        _answered(tx, first_step),
        _sent(tx, first_step),
        _steps(tx, first_step, ("message",), ("answered",)),
        _steps(tx, first_step, ("turn", "delivery"), ("failed", "interrupted", "parked", "expired")),
    )


def _first(tx: Connection, table: Table, time: Column[int], moment: datetime) -> int:
    """The lowest row number at or after ``moment``: rows are added in the order of time, so halving finds it."""
    wanted = to_ms(moment)
    low, high = 1, (tx.scalar(select(func.max(table.c.id))) or 0) + 1
    while low < high:
        middle = (low + high) // 2
        row = tx.execute(
            select(table.c.id, time).where(table.c.id >= middle).order_by(table.c.id).limit(1)
        ).one()
        low, high = (low, middle) if row[1] >= wanted else (row[0] + 1, high)
    return low


def _received(tx: Connection, first: int) -> list[Moment]:
    query = select(message.c.received_at, message.c.sent_at).where(
        message.c.id >= first, message.c.from_me.is_not(True)
    )
    return [_moment(row[0], row[1]) for row in tx.execute(query.order_by(message.c.id))]


def _answered(tx: Connection, first: int) -> list[Moment]:
    """From a message's arrival until the first bubble of its turn left."""
    query = (
        select(func.min(checkpoint.c.at), func.min(message.c.received_at))
        .join(delivery, delivery.c.id == checkpoint.c.subject_id)
        .join(message, message.c.turn_id == delivery.c.cause_id)
        .where(
            checkpoint.c.id >= first,
            _SUBJECT == "delivery",
            checkpoint.c.step.in_(("sent", "confirmed")),
            delivery.c.cause == Cause.TURN,
            delivery.c.position == 0,
        )
        .group_by(delivery.c.id)
    )
    return sorted((_moment(row[0], row[1]) for row in tx.execute(query)), key=lambda one: one.at)


def _sent(tx: Connection, first: int) -> list[Moment]:
    query = (
        select(func.min(checkpoint.c.at), func.min(delivery.c.queued_at))
        .join(delivery, delivery.c.id == checkpoint.c.subject_id)
        .where(checkpoint.c.id >= first, _SUBJECT == "delivery", checkpoint.c.step == "sending")
        .group_by(delivery.c.id)
    )
    return sorted((_moment(row[0], row[1]) for row in tx.execute(query)), key=lambda one: one.at)


def _steps(tx: Connection, first: int, subjects: tuple[str, ...], steps: tuple[str, ...]) -> list[datetime]:
    query = select(checkpoint.c.at).where(
        checkpoint.c.id >= first, _SUBJECT.in_(subjects), checkpoint.c.step.in_(steps)
    )
    return [from_ms(at) for at in tx.scalars(query.order_by(checkpoint.c.id))]


def _moment(at: int, began: int) -> Moment:
    return Moment(from_ms(at), timedelta(milliseconds=max(at - began, 0)))


def messages_by_state(tx: Connection, *states: MessageState) -> dict[str, int]:
    """How many messages are in each of ``states``; those with none are left out."""
    query = (
        select(message.c.state, func.count().label("number"))
        .where(messages.in_states(states))
        .group_by(message.c.state)
    )
    return {row.state: row.number for row in tx.execute(query)}


def waiting_by_session(tx: Connection) -> dict[str, int]:
    """How many admitted messages no turn has taken yet, for each session that has some."""
    query = select(message.c.session_key, func.count().label("number")).where(
        messages.in_states([MessageState.WAITING])
    )
    return {row.session_key: row.number for row in tx.execute(query.group_by(message.c.session_key))}
