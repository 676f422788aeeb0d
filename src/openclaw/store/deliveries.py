"""Deliveries: one row for each bubble that we say. The only module that writes ``delivery.state``.

A (inserted) ──> queued           in the transaction that records its cause
B queued ──────> sending          committed before the first byte goes to the phone
C sending ─────> sent | unknown | queued    (queued: proven not to have left, and worth another try)
D sending ─────> failed           proven not to have left, and never will
E sending | sent | unknown | unconfirmed | parked | dropped ──> confirmed   its own row was seen
F sent ────────> unconfirmed      the phone said yes, and no row showed up
G unknown ─────> parked           nobody can say whether it left; the operator decides
H queued ──────> expired | parked
I parked | unconfirmed | expired | failed ──> queued              the operator had it sent again
J queued | parked | unconfirmed | expired | failed ──> dropped    the operator gave it up
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)

from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import Cause, Delivery, DeliveryState, OutboundMessage, Target
from openclaw.domain.handles import Handle
from openclaw.domain.ids import AccountId, ChatKey, ChatRowId, DeliveryId, MessageGuid, RowId
from openclaw.store import accounts, checkpoints
from openclaw.store.clock import from_ms, to_ms
from openclaw.store.schema import OPEN_DELIVERY
from openclaw.store.schema import delivery as table

UNCERTAIN = (DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNKNOWN)
"""States in which the phone may hold a row of ours that we have not seen yet."""

IN_DOUBT = (
    DeliveryState.PARKED,
    DeliveryState.UNCONFIRMED,
    DeliveryState.EXPIRED,
    DeliveryState.FAILED,
)
"""States in which nothing more happens by itself, and the bubble may not have arrived."""

_BLOCKING = (DeliveryState.SENDING, DeliveryState.UNKNOWN)

# The statements of every bubble's way are made once: making one takes several times as long as running it.
_QUEUED = (
    select(table.c.id)
    .where(table.c.cause == bindparam("of_cause"), table.c.cause_id == bindparam("of_id"))
    .limit(1)
)
_QUEUE = insert(table).returning(table.c.id)
_STATE = select(table.c.state).where(table.c.id == bindparam("which"))
_CHANGE = update(table).where(table.c.id == bindparam("which"))
_BY_GUIDS = select(table.c.guid, table.c.id).where(
    table.c.account == bindparam("of_account"), table.c.guid.in_(bindparam("guids", expanding=True))
)
_RECENT = (
    select(table)
    .where(
        table.c.account == bindparam("of_account"),
        table.c.chat_key == bindparam("chat"),
        table.c.changed_at >= bindparam("since"),
    )
    .order_by(table.c.id)
)
_NEXT = (
    select(table)
    .where(
        OPEN_DELIVERY,
        table.c.account == bindparam("of_account"),
        table.c.state == DeliveryState.QUEUED,
        table.c.chat_key.not_in(
            select(table.c.chat_key).where(
                # Always true; it is what makes SQLite choose the index of open bubbles.
                table.c.id > 0,
                OPEN_DELIVERY,
                table.c.account == bindparam("of_account"),
                table.c.state.in_(_BLOCKING),
            )
        ),
        table.c.chat_key.not_in(bindparam("paused", expanding=True)),
    )
    .order_by(table.c.id)
    .limit(1)
)


def queue(
    tx: Connection, cause: Cause, cause_id: int, bubbles: Sequence[OutboundMessage], now: datetime
) -> None:
    """Insert the bubbles of one cause in their order (A); a cause that was queued before is left as it is."""
    known = tx.scalar(_QUEUED, {"of_cause": cause, "of_id": cause_id})
    if known is not None:
        return
    for index, bubble in enumerate(bubbles):
        values = {
            "account": bubble.account,
            "cause": cause,
            "cause_id": cause_id,
            "position": index,
            "service": bubble.service,
            "text": bubble.text,
            "state": DeliveryState.QUEUED,
            "queued_at": to_ms(now),
            "changed_at": to_ms(now),
        }
        inserted = tx.execute(_QUEUE, values | _target_values(bubble.target))
        checkpoints.record(tx, "delivery", [inserted.scalar_one()], DeliveryState.QUEUED, now)


def claim(tx: Connection, account: AccountId, now: datetime) -> Delivery | None:
    """The next bubble to send, now ``sending`` (B).

    The oldest one whose chat is not paused and waits for no verdict on an earlier bubble.
    """
    paused = accounts.paused_chats(tx)
    if accounts.is_paused(paused, account, accounts.EVERY_CHAT):
        return None
    silent = [chat for owner, chat in paused if owner == account]
    row = tx.execute(_NEXT, {"of_account": account, "paused": silent}).one_or_none()
    if row is None:
        return None
    _set(tx, [row.id], DeliveryState.SENDING, now)
    return _load(row)


def mark(tx: Connection, delivery: DeliveryId, state: DeliveryState, now: datetime, reason: str = "") -> None:
    """Write that a bubble is given up (F, G, H)."""
    _set(tx, [delivery], state, now, reason)


def not_sent(tx: Connection, delivery: DeliveryId, reason: str, now: datetime, final: bool = False) -> None:
    """The bubble is proven to be here still: it waits for its next try (C), or has failed (D).

    Does nothing when its own row was seen meanwhile.
    """
    state = tx.scalar(_STATE, {"which": delivery})
    if state == DeliveryState.SENDING:
        _set(tx, [delivery], DeliveryState.FAILED if final else DeliveryState.QUEUED, now, reason)


def mark_sent(
    tx: Connection, delivery: DeliveryId, guid: MessageGuid, row_id: RowId | None, now: datetime
) -> None:
    """The phone accepted the bubble (C). Does nothing when its own row was seen before the answer came."""
    state = tx.scalar(_STATE, {"which": delivery})
    if state == DeliveryState.SENDING:
        _set(tx, [delivery], DeliveryState.SENT, now, guid=guid or None, row_id=row_id)


def doubt(tx: Connection, delivery: DeliveryId, now: datetime, reason: str) -> None:
    """Nobody knows whether the bubble left (C). Does nothing when its own row was seen meanwhile."""
    state = tx.scalar(_STATE, {"which": delivery})
    if state == DeliveryState.SENDING:
        _set(tx, [delivery], DeliveryState.UNKNOWN, now, reason)


def confirm(tx: Connection, delivery: DeliveryId, guid: MessageGuid, row_id: RowId, now: datetime) -> None:
    """The bubble's own row was seen (E)."""
    named = {"guid": guid} if guid else {}
    _set(tx, [delivery], DeliveryState.CONFIRMED, now, row_id=row_id, **named)


def queue_again(tx: Connection, delivery: DeliveryId, now: datetime) -> None:
    """Let a bubble be sent once more on the operator's word (I); it waits as long as a new one."""
    _set(tx, [delivery], DeliveryState.QUEUED, now, "sent again by the operator", queued_at=to_ms(now))


def drop(tx: Connection, delivery: DeliveryId, now: datetime) -> None:
    """Give a bubble up on the operator's word (J)."""
    _set(tx, [delivery], DeliveryState.DROPPED, now, "dropped by the operator")


def find(tx: Connection, delivery: int) -> Delivery | None:
    """The bubble with that number."""
    row = tx.execute(select(table).where(table.c.id == delivery)).one_or_none()
    return _load(row) if row else None


def load(tx: Connection, ids: Collection[int]) -> list[Delivery]:
    """The bubbles ``ids``, in the order in which they were queued first."""
    return [_load(row) for row in tx.execute(select(table).where(table.c.id.in_(ids)).order_by(table.c.id))]


def of_cause(tx: Connection, cause: Cause, cause_id: int) -> list[Delivery]:
    """The bubbles of one cause, in their order."""
    query = select(table).where(table.c.cause == cause, table.c.cause_id == cause_id)
    return [_load(row) for row in tx.execute(query.order_by(table.c.position))]


def needing_a_person(tx: Connection, limit: int) -> list[Delivery]:
    """The bubbles in doubt, newest first."""
    query = select(table).where(in_doubt()).order_by(table.c.id.desc()).limit(limit)
    return [_load(row) for row in tx.execute(query)]


def in_doubt() -> ColumnElement[bool]:
    """The condition that a bubble is in doubt, worded so that the index of such bubbles serves it."""
    # SQLite uses that index only for a statement that literally has the index's own condition.
    states: BindParameter[Any] = bindparam("in_doubt", IN_DOUBT, expanding=True, literal_execute=True)
    return table.c.state.in_(states)


def recent(
    tx: Connection, account: AccountId, chat: ChatKey, since: datetime
) -> list[tuple[Delivery, datetime, str]]:
    """Bubbles of a chat that were touched after ``since``: (delivery, when it last changed, its guid or "")."""
    rows = tx.execute(_RECENT, {"of_account": account, "chat": chat, "since": to_ms(since)})
    return [(_load(row), from_ms(row.changed_at), row.guid or "") for row in rows]


def by_guids(
    tx: Connection, account: AccountId, guids: Sequence[MessageGuid]
) -> dict[MessageGuid, DeliveryId]:
    """The bubbles that the phone knows under ``guids``, by guid."""
    if not guids:
        return {}
    rows = tx.execute(_BY_GUIDS, {"of_account": account, "guids": guids})
    return {MessageGuid(row.guid): DeliveryId(row.id) for row in rows}


def overdue(tx: Connection, state: DeliveryState, older_than: timedelta, now: datetime) -> list[Delivery]:
    """Bubbles that have been in ``state`` for too long; queued ones count from when they were queued.

    A time that lies as far in the future is too long as well: the clock was set back, and nobody knows how long it is.
    """
    # A queued bubble may have been tried many times meanwhile, and each try changed it.
    since = table.c.queued_at if state is DeliveryState.QUEUED else table.c.changed_at
    outside = or_(since <= to_ms(now - older_than), since >= to_ms(now + older_than))
    query = select(table).where(OPEN_DELIVERY, table.c.state == state, outside)
    return [_load(row) for row in tx.execute(query)]


def in_state(tx: Connection, *states: DeliveryState, limit: int = 1000) -> list[Delivery]:
    """Bubbles in one of ``states``, oldest first."""
    query = select(table).where(table.c.state.in_(states)).order_by(table.c.id).limit(limit)
    return [_load(row) for row in tx.execute(query)]


def count_by_state(tx: Connection, *states: DeliveryState) -> dict[str, int]:
    """How many bubbles are in each of ``states``; those with none are left out."""
    query = (
        select(table.c.state, func.count().label("number"))
        .where(table.c.state.in_(states))
        .group_by(table.c.state)
    )
    return {row.state: row.number for row in tx.execute(query)}


def _set(
    tx: Connection, ids: Sequence[int], state: DeliveryState, now: datetime, reason: str = "", **values: Any
) -> None:
    values |= {"state": state, "reason": reason or None, "changed_at": to_ms(now)}
    if ids:
        tx.execute(_CHANGE, [{"which": each, **values} for each in ids])
    checkpoints.record(tx, "delivery", ids, state, now, reason)


def _target_values(target: Target) -> dict[str, Any]:
    match target:
        case ChatRef():
            return {
                "chat_key": target.key,
                "chat_row_id": target.row_id,
                "chat_guid": target.guid,
                "chat_identifier": target.identifier,
            }
        case _:
            # The key of a direct chat, so that its own row, which names the chat, is found under the same name.
            return {"chat_key": f"-;{target}", "handle": target}


def _load(row: Row[Any]) -> Delivery:
    target: Target = (
        Handle(row.handle)
        if row.handle
        else ChatRef(ChatRowId(row.chat_row_id), row.chat_guid, row.chat_identifier)
    )
    return Delivery(
        id=DeliveryId(row.id),
        cause=Cause(row.cause),
        cause_id=row.cause_id,
        index=row.position,
        message=OutboundMessage(AccountId(row.account), target, row.text, row.service),
        state=DeliveryState(row.state),
        queued_at=from_ms(row.queued_at),
        changed_at=from_ms(row.changed_at),
        reason=row.reason or "",
    )
