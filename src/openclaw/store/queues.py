"""Queues: what waits in a session beyond its bound, and what waits there until its sender is silent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select, update

from openclaw.domain.admission import Reason
from openclaw.domain.ids import MessageId, SessionKey
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.store.clock import from_ms, to_ms
from openclaw.store.schema import message as table

# A backlog has rules of its own, and what is told in short does not count a second time.
_APART = (str(Reason.LATE), str(Reason.QUEUE_CONDENSED))
_WAITS = (table.c.state == MessageState.WAITING, table.c.session_key == bindparam("session"))
_COUNTED = (
    *_WAITS,
    table.c.command.is_(None),
    table.c.released.is_(False),
    or_(table.c.reason.is_(None), table.c.reason.not_in(_APART)),
)
_IN_CHAT = (*_WAITS, table.c.account == bindparam("of_account"), table.c.chat_key == bindparam("of_chat"))
_HUSHED = table.c.quiet_until > bindparam("at")
_BY_SENDER = table.c.sender == bindparam("of_sender")

# SQLite knows no offset without a limit.
_ALL = -1
# What was marked before is older than what counts now; a flood would otherwise be read from its beginning each time.
_LAST_CONDENSED = (
    select(table.c.id)
    .where(*_WAITS, table.c.reason == str(Reason.QUEUE_CONDENSED))
    .order_by(table.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_BEYOND_NEWEST = (
    select(table.c.id)
    .where(*_COUNTED, table.c.id > func.coalesce(_LAST_CONDENSED, 0))
    .order_by(table.c.id.desc())
)
_BEYOND_OLDEST = select(table.c.id).where(*_COUNTED).order_by(table.c.id)
_SINCE = select(func.min(table.c.received_at)).where(*_IN_CHAT, _BY_SENDER, _HUSHED)
_HUSH = (
    update(table)
    .where(*_IN_CHAT, _BY_SENDER, or_(_HUSHED, table.c.id == bindparam("which")))
    .values(quiet_until=bindparam("until"))
)
_UNHUSH = update(table).where(*_IN_CHAT, _HUSHED).values(quiet_until=bindparam("at"))


def beyond(tx: Connection, session: SessionKey, cap: int, *, newest_stay: bool) -> list[MessageId]:
    """The waiting messages of ``session`` beyond the newest (or the oldest) ``cap``, in their order.

    Commands, late messages, released ones and those that are told in short already are not counted.
    """
    query = _BEYOND_NEWEST if newest_stay else _BEYOND_OLDEST
    found = tx.scalars(query.limit(_ALL).offset(cap), {"session": session})
    return sorted(MessageId(each) for each in found)


def hushed_since(tx: Connection, held: LedgerMessage, now: datetime) -> datetime | None:
    """When the first of the messages came that wait in the chat of ``held`` until its sender is silent."""
    first = tx.scalar(_SINCE, _place(held, now))
    return None if first is None else from_ms(first)


def hush(tx: Connection, held: LedgerMessage, now: datetime, until: datetime) -> None:
    """Let ``held``, and what waits there for its sender's silence, wait until then: they are one burst."""
    tx.execute(_HUSH, _place(held, now) | {"which": held.id, "until": to_ms(until)})


def unhush(tx: Connection, held: LedgerMessage, now: datetime) -> None:
    """Let nothing wait for anybody's silence any more in the chat of ``held``."""
    tx.execute(_UNHUSH, _place(held, now))


def _place(held: LedgerMessage, now: datetime) -> dict[str, Any]:
    message = held.message
    return {
        "session": held.session,
        "of_account": message.account,
        "of_chat": message.chat.key if message.chat else None,
        "of_sender": message.sender,
        "at": to_ms(now),
    }
