"""Deliveries: one row for each bubble that we say. The only module that writes ``delivery.state``.

A (inserted) ──> queued           in the transaction that records its cause
B queued ──────> sending          committed before the first byte goes to the phone
C sending ─────> sent | unknown | queued    (queued: proven not to have left, and worth another try)
D sending ─────> failed           proven not to have left, and never will
E sending | sent | unknown | unconfirmed | parked | dropped ──> confirmed   its own row was seen;
  also queued | expired, of one that was tried before: then it is not sent a second time
F sent ────────> unconfirmed      the phone said yes, and no row showed up
G unknown ─────> parked           nobody can say whether it left; the operator decides
H queued ──────> expired          it could not be sent for too long
K unknown ─────> queued           proven not to have left by a look at the phone's history, once
L sending | sent ──> parked       a ledger was restored: nothing goes on by itself
I parked | unconfirmed | expired | failed ──> queued              the operator had it sent again
N confirmed ───> confirmed        the agent edited it, or took it back
J queued | parked | unconfirmed | expired | failed ──> dropped    the operator gave it up

What follows a parked, expired or failed bubble in the same answer stays ``queued`` behind it, until I or J decides
about that one: an answer with a hole in it would say something else. Other answers of the chat go on. Which bubble
leaves next is asked in ``outbox``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, insert, select, union_all, update

from openclaw.domain.delivery import Cause, Delivery, DeliveryState, OutboundMessage
from openclaw.domain.ids import AccountId, ChatKey, DeliveryId, MessageGuid, RowId
from openclaw.store import checkpoints
from openclaw.store.clock import from_ms, to_ms
from openclaw.store.delivery_rows import of_row, values_of
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

GIVEN_UP = (DeliveryState.PARKED, DeliveryState.EXPIRED, DeliveryState.FAILED)
"""States in which a bubble holds back the rest of its answer."""

EDITED, TAKEN_BACK = "edited by the agent", "taken back by the agent"

_sibling = table.alias()

# The statements of every bubble's way are made once: making one takes several times as long as running it.
_QUEUED = (
    select(table.c.id)
    .where(table.c.cause == bindparam("of_cause"), table.c.cause_id == bindparam("of_id"))
    .limit(1)
)
_LAST = (
    select(table.c.position)
    .where(table.c.cause == bindparam("of_cause"), table.c.cause_id == bindparam("of_id"))
    .order_by(table.c.position.desc())
    .limit(1)
)
_QUEUE = insert(table).returning(table.c.id)
_STATE = select(table.c.state).where(table.c.id == bindparam("which"))
_CHANGE = update(table).where(table.c.id == bindparam("which"))
_UNDO = _CHANGE.values(
    attempts=table.c.attempts - 1, began_at=case((table.c.attempts > 1, table.c.began_at), else_=None)
)
_SAME_CAUSE = (
    select(_sibling.c.id, _sibling.c.state)
    .join(
        table,
        and_(
            table.c.cause == _sibling.c.cause,
            table.c.cause_id == _sibling.c.cause_id,
            table.c.chat_key == _sibling.c.chat_key,
        ),
    )
    .where(table.c.id == bindparam("which"))
    .order_by(_sibling.c.position)
)
_BY_GUIDS = select(table.c.guid, table.c.id).where(
    table.c.account == bindparam("of_account"), table.c.guid.in_(bindparam("guids", expanding=True))
)
_IN_CHAT = (
    table.c.account == bindparam("of_account"),
    table.c.chat_key.in_(bindparam("chats", expanding=True)),
)
# Two indexes, one statement: an open bubble may be older than anything recent, when the computer slept meanwhile.
_RECENT = union_all(
    select(table).where(*_IN_CHAT, table.c.changed_at >= bindparam("since")),
    select(table).where(
        OPEN_DELIVERY, *_IN_CHAT, table.c.state.in_(UNCERTAIN), table.c.changed_at < bindparam("since")
    ),
).order_by("id")


def queue(
    tx: Connection, cause: Cause, cause_id: int, bubbles: Sequence[OutboundMessage], now: datetime
) -> None:
    """Insert the bubbles of one cause in their order (A); a cause that was queued before is left as it is."""
    if tx.scalar(_QUEUED, {"of_cause": cause, "of_id": cause_id}) is None:
        _insert(tx, cause, cause_id, bubbles, now, first=0)


def queue_on(
    tx: Connection, cause: Cause, cause_id: int, bubbles: Sequence[OutboundMessage], now: datetime
) -> None:
    """Insert more bubbles of a cause behind those it has (A); for a cause that can do so only once."""
    last = tx.scalar(_LAST, {"of_cause": cause, "of_id": cause_id})
    _insert(tx, cause, cause_id, bubbles, now, first=0 if last is None else last + 1)


def _insert(
    tx: Connection,
    cause: Cause,
    cause_id: int,
    bubbles: Sequence[OutboundMessage],
    now: datetime,
    *,
    first: int,
) -> None:
    for index, bubble in enumerate(bubbles, first):
        values = {
            **values_of(bubble),
            "cause": cause,
            "cause_id": cause_id,
            "position": index,
            "state": DeliveryState.QUEUED,
            "queued_at": to_ms(now),
            "changed_at": to_ms(now),
        }
        inserted = tx.execute(_QUEUE, values)
        checkpoints.record(tx, "delivery", [inserted.scalar_one()], DeliveryState.QUEUED, now)


def begin(tx: Connection, bubble: Delivery, now: datetime) -> Delivery:
    """A queued bubble as it is from now on: ``sending`` (B)."""
    _set(tx, [bubble.id], DeliveryState.SENDING, now, began_at=to_ms(now), attempts=bubble.attempts + 1)
    return replace(
        bubble,
        state=DeliveryState.SENDING,
        changed_at=now,
        reason="",
        began_at=now,
        attempts=bubble.attempts + 1,
    )


def mark(tx: Connection, delivery: DeliveryId, state: DeliveryState, now: datetime, reason: str = "") -> None:
    """Write that a bubble is given up (F, G, H)."""
    _set(tx, [delivery], state, now, reason)
    _tell_those_behind(tx, delivery)


def not_sent(tx: Connection, delivery: DeliveryId, reason: str, now: datetime, final: bool = False) -> None:
    """The bubble is proven to be here still: it waits for its next try (C), or has failed (D).

    Does nothing when its own row was seen meanwhile.
    """
    state = tx.scalar(_STATE, {"which": delivery})
    if state != DeliveryState.SENDING:
        return
    # What never left is no attempt, and the brakes do not count it.
    tx.execute(_UNDO, {"which": delivery})
    _set(tx, [delivery], DeliveryState.FAILED if final else DeliveryState.QUEUED, now, reason)
    if final:
        _tell_those_behind(tx, delivery)


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
    """The bubble's own row was seen (E). Does nothing when another row has settled it: each needs its own."""
    if tx.scalar(_STATE, {"which": delivery}) == DeliveryState.CONFIRMED:
        return
    named = {"guid": guid} if guid else {}
    _set(tx, [delivery], DeliveryState.CONFIRMED, now, row_id=row_id, **named)


def send_again(tx: Connection, delivery: DeliveryId, now: datetime, reason: str) -> None:
    """Let a bubble be sent once more because it is proven not to have left (K); its hour goes on.

    Does nothing when the doubt about it ended meanwhile.
    """
    state = tx.scalar(_STATE, {"which": delivery})
    if state == DeliveryState.UNKNOWN:
        _set(tx, [delivery], DeliveryState.QUEUED, now, reason)


def queue_again(tx: Connection, delivery: DeliveryId, now: datetime) -> None:
    """Let a bubble be sent once more on the operator's word (I); it waits as long as a new one."""
    _set(tx, [delivery], DeliveryState.QUEUED, now, "sent again by the operator", queued_at=to_ms(now))
    _tell_those_behind(tx, delivery)


def drop(tx: Connection, delivery: DeliveryId, now: datetime) -> None:
    """Give a bubble up on the operator's word (J)."""
    _set(tx, [delivery], DeliveryState.DROPPED, now, "dropped by the operator")
    _tell_those_behind(tx, delivery)


def amend(tx: Connection, delivery: DeliveryId, text: str | None, now: datetime) -> None:
    """A bubble that was seen on the phone says ``text`` now; ``None``: it was taken back (N)."""
    if text is None:
        _set(tx, [delivery], DeliveryState.CONFIRMED, now, TAKEN_BACK)
    else:
        _set(tx, [delivery], DeliveryState.CONFIRMED, now, EDITED, text=text)


def find(tx: Connection, delivery: int) -> Delivery | None:
    """The bubble with that number."""
    row = tx.execute(select(table).where(table.c.id == delivery)).one_or_none()
    return of_row(row) if row else None


def recent(
    tx: Connection, account: AccountId, chats: Collection[ChatKey], since: datetime
) -> list[tuple[Delivery, datetime, str]]:
    """Bubbles of ``chats`` that were touched after ``since``, and all that the phone may still hold a row of.

    Each as (delivery, when it last changed, its guid or "").
    """
    rows = tx.execute(_RECENT, {"of_account": account, "chats": list(chats), "since": to_ms(since)})
    return [(of_row(row), from_ms(row.changed_at), row.guid or "") for row in rows]


def by_guids(
    tx: Connection, account: AccountId, guids: Sequence[MessageGuid]
) -> dict[MessageGuid, DeliveryId]:
    """The bubbles that the phone knows under ``guids``, by guid."""
    if not guids:
        return {}
    rows = tx.execute(_BY_GUIDS, {"of_account": account, "guids": guids})
    return {MessageGuid(row.guid): DeliveryId(row.id) for row in rows}


def in_state(tx: Connection, *states: DeliveryState, limit: int = 1000) -> list[Delivery]:
    """Bubbles in one of ``states``, oldest first."""
    query = select(table).where(table.c.state.in_(states)).order_by(table.c.id).limit(limit)
    return [of_row(row) for row in tx.execute(query)]


def _tell_those_behind(tx: Connection, delivery: DeliveryId) -> None:
    """Write on the waiting bubbles of one answer which earlier one they wait for."""
    waits_for: int | None = None
    for sibling in tx.execute(_SAME_CAUSE, {"which": delivery}).all():
        if sibling.state in GIVEN_UP:
            waits_for = sibling.id
        elif sibling.state == DeliveryState.QUEUED:
            reason = f"it waits until delivery {waits_for} is sent again or dropped" if waits_for else None
            tx.execute(_CHANGE, {"which": sibling.id, "reason": reason})


def _set(
    tx: Connection, ids: Sequence[int], state: DeliveryState, now: datetime, reason: str = "", **values: Any
) -> None:
    values |= {"state": state, "reason": reason or None, "changed_at": to_ms(now)}
    if ids:
        tx.execute(_CHANGE, [{"which": each, **values} for each in ids])
    checkpoints.record(tx, "delivery", ids, state, now, reason)
