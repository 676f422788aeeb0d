"""Conversations: what was said in a chat by both sides, in one order, and which chats there are with their last words.

Only looks; what a message or a bubble is belongs to its own module.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Integer, and_, func, literal, or_, select, union_all

from openclaw.domain.delivery import Delivery
from openclaw.domain.ids import AccountId, ChatKey, MessageId
from openclaw.domain.messages import KnownChat, LedgerMessage, MessageState
from openclaw.store import accounts, delivery_lists, messages, turns
from openclaw.store.clock import to_ms
from openclaw.store.schema import chat, delivery, message, turn

NEEDING = (MessageState.HELD, MessageState.LATE, MessageState.QUARANTINED)
"""States of messages that a person has to decide about."""

_MESSAGE, _DELIVERY = 0, 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a conversation: its time in milliseconds, its kind, its number."""

    at: int
    kind: int
    id: int


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a conversation, the oldest first; ``before`` is where the part before it ends, ``None`` at the start."""

    entries: Sequence[LedgerMessage | Delivery]
    before: Place | None


@dataclass(frozen=True, slots=True)
class LastWords:
    """The newest message and the newest bubble of a chat, as far as there are any."""

    message: LedgerMessage | None
    delivery: Delivery | None


def page(tx: Connection, account: AccountId, key: ChatKey, before: Place | None, limit: int) -> Page:
    """The last ``limit`` things that were said in a chat before ``before``; rows that repeat our own are left out."""
    said = union_all(
        select(
            message.c.received_at.label("at"),
            literal(_MESSAGE, Integer).label("kind"),
            message.c.id.label("id"),
        ).where(
            message.c.account == account, message.c.chat_key == key, message.c.state != MessageState.OURS
        ),
        select(delivery.c.queued_at, literal(_DELIVERY, Integer), delivery.c.id).where(
            delivery.c.account == account, delivery.c.chat_key == key
        ),
    ).subquery()
    newest = (said.c.at.desc(), said.c.kind.desc(), said.c.id.desc())
    query = select(said).order_by(*newest).limit(limit + 1)
    if before is not None:
        earlier = and_(said.c.kind == before.kind, said.c.id < before.id)
        same_time = and_(said.c.at == before.at, or_(said.c.kind < before.kind, earlier))
        query = query.where(or_(said.c.at < before.at, same_time))
    found = [Place(row.at, row.kind, row.id) for row in tx.execute(query)]
    shown = found[:limit]
    return Page(_entries(tx, shown[::-1]), shown[-1] if len(found) > limit else None)


def last_words(tx: Connection, chats: Sequence[KnownChat]) -> list[LastWords]:
    """What was said last in each of ``chats``."""
    of_chat = (message.c.account == chat.c.account, message.c.chat_key == chat.c.key)
    to_chat = (delivery.c.account == chat.c.account, delivery.c.chat_key == chat.c.key)
    newest_in = select(func.max(message.c.id)).where(*of_chat, message.c.state != MessageState.OURS)
    newest_out = select(func.max(delivery.c.id)).where(*to_chat)
    query = select(
        chat.c.account, chat.c.key, newest_in.scalar_subquery().label("said"), newest_out.scalar_subquery()
    ).where(chat.c.key.in_([one.chat.key for one in chats]))
    numbers = {(row[0], row[1]): (row[2], row[3]) for row in tx.execute(query)}
    inbound = {one.id: one for one in messages.load(tx, [MessageId(n) for n, _ in numbers.values() if n])}
    outbound = {one.id: one for one in delivery_lists.load(tx, [n for _, n in numbers.values() if n])}
    pairs = [numbers.get((one.account, one.chat.key), (None, None)) for one in chats]
    return [LastWords(inbound.get(said), outbound.get(answered)) for said, answered in pairs]


def needs(tx: Connection) -> dict[tuple[AccountId, ChatKey], int]:
    """How many messages, bubbles and turns of each chat wait for a person; chats with none are left out."""
    waiting = union_all(
        select(message.c.account, message.c.chat_key).where(messages.in_states(NEEDING)),
        select(delivery.c.account, delivery.c.chat_key).where(delivery_lists.in_doubt()),
        select(turn.c.account, turn.c.chat_key).where(turns.ended_badly()),
    ).subquery()
    query = select(waiting.c.account, waiting.c.chat_key, func.count()).group_by(
        waiting.c.account, waiting.c.chat_key
    )
    return {(AccountId(row[0]), ChatKey(row[1] or "")): row[2] for row in tx.execute(query)}


def place_of(entry: LedgerMessage | Delivery) -> Place:
    """Where an entry of a conversation stands."""
    if isinstance(entry, Delivery):
        return Place(to_ms(entry.queued_at), _DELIVERY, entry.id)
    return Place(to_ms(entry.received_at), _MESSAGE, entry.id)


def chats(tx: Connection, account: AccountId | None, skip: int, limit: int) -> list[KnownChat]:
    """The chats behind the first ``skip``, the most recently active first."""
    return accounts.chats(tx, account, skip + limit)[skip:]


def _entries(tx: Connection, places: Sequence[Place]) -> list[LedgerMessage | Delivery]:
    said = messages.load(tx, [MessageId(one.id) for one in places if one.kind == _MESSAGE])
    sent = delivery_lists.load(tx, [one.id for one in places if one.kind == _DELIVERY])
    found = {place_of(one): one for one in (*said, *sent)}
    return [found[place] for place in places if place in found]
