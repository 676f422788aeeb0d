"""Retention: what is settled and older than the configured days is forgotten, in small batches beside the work.

Rows stay, with what makes them recognisable (``erasure``); what is open is never touched, however old it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Table,
    Update,
    and_,
    delete,
    func,
    literal_column,
    or_,
    select,
    update,
)

from openclaw.domain.acp import PermissionState
from openclaw.domain.admission import Reason
from openclaw.domain.delivery import DeliveryState
from openclaw.domain.messages import MessageState
from openclaw.domain.turns import TurnState
from openclaw.errors import StoreError
from openclaw.store import erasure, messages, overheard
from openclaw.store.acp_schema import acp_binding, acp_session, permission
from openclaw.store.clock import to_ms
from openclaw.store.files_schema import attachment
from openclaw.store.ledger import Ledger
from openclaw.store.people_schema import pairing
from openclaw.store.schema import (
    OPEN_TURN,
    chat,
    checkpoint,
    delivery,
    message,
    pause,
    resumed,
    session,
    session_setting,
    transcript,
    turn,
)

log = structlog.get_logger("openclaw.store")

# Few enough that a message that comes meanwhile waits some milliseconds, and a rest in which the disk is its own.
_BATCH = 500
_REST_S = 0.02
_DAY_S = 24 * 3600.0
# A full disk or a busy file passes; nothing is urgent here.
_AGAIN_S = 3600.0

_SETTLED_MESSAGE = message.c.state.in_(
    (
        MessageState.OURS,
        MessageState.OWNER_TYPED,
        MessageState.DROPPED,
        MessageState.CHALLENGED,
        MessageState.SHOWN,
        MessageState.ANSWERED,
        MessageState.SILENT,
        MessageState.CANCELLED,
    )
)
_SETTLED_TURN = turn.c.state.in_((TurnState.FINISHED, TurnState.CANCELLED))
_SETTLED_DELIVERY = delivery.c.state.in_((DeliveryState.CONFIRMED, DeliveryState.DROPPED))
# Steps of anything else, such as a phone's database, are not only a trail: they are what is known of it.
_TRAIL = (
    *("message", "turn", "delivery", "session", "pairing", "permission", "attachment"),
    *("binding", "steering"),
)
# Of a group stays which one it was: it names nobody, and tells one phone database from another.
_IN_GROUP = func.coalesce(message.c.chat_key, "").startswith("+;")
# As a literal: SQLite finds these by an index only if a statement has that index's own condition.
_WAITING = message.c.state == literal_column(f"'{MessageState.WAITING}'")

Forgotten = Mapping[str, int]
"""How much was forgotten of each kind; a kind of which there was nothing is left out."""


@dataclass(frozen=True, slots=True)
class _Sweep:
    """What is done to those rows of a table for which ``is_over`` holds at a moment (milliseconds)."""

    what: str
    table: Table
    change: Update | Delete
    is_over: Callable[[int], ColumnElement[bool]]


def _told_in_a_settled_turn(before: int) -> ColumnElement[bool]:
    return (
        select(turn.c.id)
        .where(turn.c.id == transcript.c.turn_id, _SETTLED_TURN, turn.c.ended_at < before)
        .correlate(transcript)
        .exists()
    )


def _came_with_a_settled_message(before: int) -> ColumnElement[bool]:
    return (
        select(message.c.id)
        .where(message.c.id == attachment.c.message_id, _SETTLED_MESSAGE, message.c.received_at < before)
        .correlate(attachment)
        .exists()
    )


def _about_nothing_open(before: int) -> ColumnElement[bool]:
    still_open = [
        select(table.c.id)
        .where(checkpoint.c.subject == subject, table.c.id == checkpoint.c.subject_id, ~settled)
        .correlate(checkpoint)
        .exists()
        for subject, table, settled in (
            ("message", message, _SETTLED_MESSAGE),
            ("turn", turn, _SETTLED_TURN),
            ("delivery", delivery, _SETTLED_DELIVERY),
        )
    ]
    return and_(checkpoint.c.subject.in_(_TRAIL), checkpoint.c.at < before, ~or_(*still_open))


_SWEEPS: Sequence[_Sweep] = (
    _Sweep("transcript", transcript, delete(transcript), _told_in_a_settled_turn),
    _Sweep("steps", checkpoint, delete(checkpoint), _about_nothing_open),
    _Sweep(
        "deliveries",
        delivery,
        update(delivery).values(erasure.DELIVERY),
        lambda before: and_(_SETTLED_DELIVERY, delivery.c.changed_at < before, erasure.DELIVERY_LEFT),
    ),
    # Before their messages, which are known by what is about to be erased.
    _Sweep("files", attachment, delete(attachment), _came_with_a_settled_message),
    _Sweep(
        "messages",
        message,
        update(message).values(erasure.MESSAGE),
        lambda before: and_(
            ~_IN_GROUP, _SETTLED_MESSAGE, message.c.received_at < before, erasure.MESSAGE_LEFT
        ),
    ),
    _Sweep(
        "groupMessages",
        message,
        update(message).values(erasure.WORDS),
        lambda before: and_(_IN_GROUP, _SETTLED_MESSAGE, message.c.received_at < before, erasure.WORDS_LEFT),
    ),
    _Sweep(
        "turns",
        turn,
        update(turn).values(erasure.TURN),
        lambda before: and_(_SETTLED_TURN, turn.c.ended_at < before, erasure.TURN_LEFT),
    ),
    # Open ones as well: a request lives for an hour.
    _Sweep(
        "requests",
        pairing,
        update(pairing).values(erasure.PAIRING),
        lambda before: and_(pairing.c.created_at < before, erasure.PAIRING_LEFT),
    ),
    _Sweep(
        "permissions",
        permission,
        delete(permission),
        lambda before: and_(permission.c.asked_at < before, permission.c.state != PermissionState.OPEN),
    ),
)


async def keep_forgetting(ledger: Ledger, days: int | None, now: Callable[[], datetime]) -> None:
    """Forget what is over ``days`` old, now and once a day, until cancelled; ``None`` keeps everything."""
    while days is not None:
        wait_s = _DAY_S
        try:
            before = now() - timedelta(days=days)
            await let_context_go(ledger, before, now)
            forgotten = await forget_settled(ledger, before)
            if forgotten:
                log.info("retention.forgot", days=days, **forgotten)
        except StoreError as error:
            log.warning("retention.failed", cause=str(error), again_in_s=_AGAIN_S)
            wait_s = _AGAIN_S
        await asyncio.sleep(wait_s)


async def let_context_go(ledger: Ledger, before: datetime, now: Callable[[], datetime]) -> int:
    """Settle what was said beside an agent before a moment and never became context; how much that was.

    Raises:
        StoreError: the disk refused.
    """

    def drop(tx: Connection) -> int:
        old = overheard.older_than(tx, before, _BATCH)
        messages.settle(tx, old, MessageState.DROPPED, now(), Reason.CONTEXT_LEFT)
        return len(old)

    total = 0
    while done := await ledger.write(drop):
        total += done
        await asyncio.sleep(_REST_S)
    return total


async def forget_settled(ledger: Ledger, before: datetime) -> Forgotten:
    """Forget what was settled before a moment; how much that was.

    Raises:
        StoreError: the disk refused; what was forgotten until then stays forgotten.
    """
    limit = to_ms(before)
    done = {sweep.what: await _sweep(ledger, sweep, limit) for sweep in _SWEEPS}
    done |= await ledger.write(lambda tx: _places(tx, limit))
    return {what: count for what, count in done.items() if count}


async def _sweep(ledger: Ledger, sweep: _Sweep, limit: int) -> int:
    number = sweep.table.c.id
    first, last = await ledger.read(
        lambda tx: tuple(tx.execute(select(func.min(number), func.max(number))).one())
    )
    total = 0
    for low in range(first or 0, (last or -1) + 1, _BATCH):
        batch = sweep.change.where(number.between(low, low + _BATCH - 1), sweep.is_over(limit))
        changed = await ledger.write(lambda tx, batch=batch: tx.execute(batch).rowcount)
        total += changed
        if changed:
            await asyncio.sleep(_REST_S)
    return total


def _places(tx: Connection, limit: int) -> dict[str, int]:
    """Sessions and chats of which nothing is left but their names; a pause keeps its chat."""
    remembered = select(transcript.c.id).where(transcript.c.session_key == session.c.key)
    waiting = select(message.c.id).where(message.c.session_key == session.c.key, _WAITING)
    running = select(turn.c.id).where(turn.c.session_key == session.c.key, OPEN_TURN)
    in_use = [query.correlate(session).exists() for query in (remembered, waiting, running)]
    unused = (session.c.last_interaction_at < limit, ~or_(*in_use))
    forsaken = select(session.c.key).where(*unused)
    tx.execute(delete(session_setting).where(session_setting.c.session_key.in_(forsaken)))
    # An agent outside would take up by its name what is forgotten here; one that is bound begins anew.
    tx.execute(update(acp_session).where(acp_session.c.key.in_(forsaken)).values(outside_id=""))
    is_named = or_(
        *(
            select(named).where(named == acp_session.c.key).correlate(acp_session).exists()
            for named in (acp_binding.c.session_key, message.c.session_key, turn.c.session_key)
        )
    )
    tx.execute(delete(acp_session).where(acp_session.c.active_at < limit, ~is_named))
    sessions = delete(session).where(*unused)
    named = [
        select(table.c.account)
        .where(table.c.account == chat.c.account, table.c.chat_key == chat.c.key)
        .correlate(chat)
        .exists()
        for table in (message, delivery, turn, pairing, pause)
    ]
    chats = delete(chat).where(chat.c.last_message_at < limit, ~or_(*named))
    tx.execute(delete(resumed).where(resumed.c.at < limit))
    return {"sessions": tx.execute(sessions).rowcount, "chats": tx.execute(chats).rowcount}
