"""The whole of what was said and done, page by page, each kind in its order. Only looks, and holds one page of each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Table, and_, or_, select

from openclaw.domain.delivery import Delivery
from openclaw.domain.ids import AccountId, ChatKey, MessageGuid, MessageId
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.domain.turns import TurnRecord
from openclaw.store import delivery_lists, schema
from openclaw.store import messages as kept
from openclaw.store import turns as run
from openclaw.store.clock import to_ms
from openclaw.store.message_rows import text_hash

T = TypeVar("T")

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Span:
    """Which part is meant: of one account, of some chats (by account and lasting name), begun at a time or later."""

    account: AccountId | None = None
    chats: Sequence[tuple[AccountId, ChatKey]] | None = None
    since: datetime | None = None


def messages(tx: Connection, span: Span) -> Iterator[tuple[datetime, LedgerMessage]]:
    """Messages with when they reached us, in the order in which they did."""
    table = schema.message
    for ids in _pages(tx, table, _within(table, table.c.received_at, span)):
        yield from ((one.received_at, one) for one in kept.load(tx, ids))


def with_guid(tx: Connection, guid: MessageGuid) -> list[MessageId]:
    """The messages with Apple's name ``guid``, of every account that heard it."""
    table = schema.message
    return [MessageId(found) for found in tx.scalars(select(table.c.id).where(table.c.identity == guid))]


def newest_of_others(tx: Connection, limit: int) -> list[MessageId]:
    """The newest messages, newest first, without those in which the phone reports our own."""
    table = schema.message
    query = select(table.c.id).where(table.c.state != MessageState.OURS)
    return [MessageId(found) for found in tx.scalars(query.order_by(table.c.id.desc()).limit(limit))]


def without_text(tx: Connection, ids: Collection[MessageId]) -> set[MessageId]:
    """Those of ``ids`` whose text was forgotten; one that never had any is not among them."""
    table, nothing = schema.message, text_hash("")
    query = select(table.c.id).where(
        table.c.id.in_(ids), table.c.text.is_(None), table.c.text_hash != nothing
    )
    return {MessageId(found) for found in tx.scalars(query)}


def turns(tx: Connection, span: Span) -> Iterator[tuple[datetime, TurnRecord]]:
    """Turns with when they began, in the order of their numbers."""
    table = schema.turn
    for ids in _pages(tx, table, _within(table, table.c.started_at, span)):
        yield from _known(ids, lambda number: run.find_record(tx, number), lambda one: one.started_at)


def deliveries(tx: Connection, span: Span) -> Iterator[tuple[datetime, Delivery]]:
    """Bubbles with when they were queued, in the order of their numbers."""
    table = schema.delivery
    for ids in _pages(tx, table, _within(table, table.c.queued_at, span)):
        yield from ((one.queued_at, one) for one in delivery_lists.load(tx, ids))


def _known(
    ids: Sequence[int], find: Callable[[int], T | None], began: Callable[[T], datetime]
) -> Iterator[tuple[datetime, T]]:
    for number in ids:
        one = find(number)
        if one is not None:
            yield began(one), one


def _within(table: Table, began: ColumnElement[int], span: Span) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if span.account is not None:
        conditions.append(table.c.account == span.account)
    if span.chats is not None:
        named = [and_(table.c.account == account, table.c.chat_key == key) for account, key in span.chats]
        conditions.append(or_(table.c.id < 0, *named))
    if span.since is not None:
        conditions.append(began >= to_ms(span.since))
    return conditions


def _pages(tx: Connection, table: Table, conditions: Sequence[ColumnElement[bool]]) -> Iterator[list[Any]]:
    """The numbers of the rows, a page at a time: no statement stays open over what the caller does meanwhile."""
    last = 0
    while True:
        query = select(table.c.id).where(table.c.id > last, *conditions).order_by(table.c.id).limit(_PAGE)
        ids = list(tx.scalars(query))
        if not ids:
            return
        yield ids
        last = ids[-1]
