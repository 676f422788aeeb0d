"""The outbox: which bubble leaves next, which have waited too long, and which are to be looked for. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, bindparam, distinct, exists, func, or_, select

from openclaw.domain.delivery import Cause, Delivery, DeliveryState
from openclaw.domain.ids import AccountId, ChatKey, DeliveryId, MessageGuid, RowId
from openclaw.store import accounts
from openclaw.store.clock import to_ms
from openclaw.store.deliveries import GIVEN_UP, UNCERTAIN
from openclaw.store.delivery_rows import of_row
from openclaw.store.schema import OPEN_DELIVERY, message
from openclaw.store.schema import delivery as table

_BLOCKING = (DeliveryState.SENDING, DeliveryState.UNKNOWN)
_SEEN_BY_THE_PHONE = (DeliveryState.CONFIRMED, DeliveryState.UNCONFIRMED, DeliveryState.PARKED)

_earlier = table.alias("earlier")
_HELD_BACK = exists().where(
    _earlier.c.cause == table.c.cause,
    _earlier.c.cause_id == table.c.cause_id,
    _earlier.c.position < table.c.position,
    _earlier.c.chat_key == table.c.chat_key,
    _earlier.c.state.in_(GIVEN_UP),
)
_FIRST = (
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
        table.c.chat_key.not_in(bindparam("silent", expanding=True)),
        ~_HELD_BACK,
    )
    .order_by(table.c.id)
    .limit(1)
)
_DOUBTFUL = (
    select(table)
    .where(
        OPEN_DELIVERY,
        table.c.account == bindparam("of_account"),
        table.c.state.in_(UNCERTAIN),
    )
    .order_by(table.c.id)
)
_BEGUN = (
    table.c.account == bindparam("of_account"),
    table.c.began_at >= bindparam("since"),
    table.c.began_at <= bindparam("until"),
)
_PACE = select(func.count(), func.count().filter(table.c.chat_key == bindparam("chat"))).where(*_BEGUN)
_SPOKEN_TO = (
    select(table.c.id)
    .where(
        table.c.account == bindparam("of_account"),
        table.c.chat_key == bindparam("chat"),
        # What an older release sent has no count.
        or_(table.c.attempts > 0, table.c.state.in_((*UNCERTAIN, *_SEEN_BY_THE_PHONE))),
    )
    .limit(1)
)
_STRANGERS = select(func.count(distinct(table.c.chat_key))).where(
    *_BEGUN,
    table.c.cause.in_(bindparam("causes", expanding=True)),
    ~exists().where(
        _earlier.c.account == table.c.account,
        _earlier.c.chat_key == table.c.chat_key,
        _earlier.c.began_at < bindparam("since"),
    ),
)
_NEWEST_BEFORE = (
    select(message.c.row_id)
    .where(
        message.c.account == bindparam("of_account"),
        message.c.chat_key == bindparam("chat"),
        message.c.received_at <= bindparam("at"),
        # No history shows a tapback, so that none would ever seem to reach back to one.
        message.c.is_reaction.is_(False),
    )
    .order_by(message.c.id.desc())
    .limit(1)
)
_ROWS_OF_OTHERS = select(table.c.id, table.c.guid, table.c.row_id).where(
    table.c.account == bindparam("of_account"),
    or_(
        table.c.guid.in_(bindparam("guids", expanding=True)),
        and_(table.c.chat_key == bindparam("chat"), table.c.changed_at >= bindparam("since")),
    ),
)


def first(tx: Connection, account: AccountId, resting: Collection[ChatKey] = ()) -> Delivery | None:
    """The bubble to send next: the oldest whose chat is not paused, does not rest, and waits for no verdict."""
    found = _first(tx, account, resting)
    if found is None:
        return None
    # Asked only when there is something to hold back: most looks find nothing.
    paused = accounts.paused_chats(tx)
    if not paused:
        return found
    if accounts.is_paused(paused, account, accounts.EVERY_CHAT):
        return None
    return _first(tx, account, [*resting, *(chat for owner, chat in paused if owner == account)])


def _first(tx: Connection, account: AccountId, silent: Collection[ChatKey]) -> Delivery | None:
    row = tx.execute(_FIRST, {"of_account": account, "silent": list(silent)}).one_or_none()
    return of_row(row) if row else None


def overdue(tx: Connection, state: DeliveryState, older_than: timedelta, now: datetime) -> list[Delivery]:
    """Bubbles that have been in ``state`` for too long; queued ones count from when they were queued.

    A time that lies as far in the future is too long as well: the clock was set back, and nobody knows how long it is.
    """
    # A queued bubble may have been tried many times meanwhile, and each try changed it.
    since = table.c.queued_at if state is DeliveryState.QUEUED else table.c.changed_at
    query = select(table).where(OPEN_DELIVERY, table.c.state == state, _outside(since, older_than, now))
    return [of_row(row) for row in tx.execute(query)]


def _outside(since: ColumnElement[int], older_than: timedelta, now: datetime) -> ColumnElement[bool]:
    return or_(since <= to_ms(now - older_than), since >= to_ms(now + older_than))


def doubtful(tx: Connection, account: AccountId) -> list[Delivery]:
    """Bubbles that only their own row can settle: being sent, unknown, or accepted; oldest first."""
    return [of_row(row) for row in tx.execute(_DOUBTFUL, {"of_account": account})]


def pace(
    tx: Connection, account: AccountId, chat: ChatKey, since: datetime, until: datetime
) -> tuple[int, int]:
    """How many bubbles were begun between the two times: (by the account, in that chat)."""
    times = {"since": to_ms(since), "until": to_ms(until)}
    row = tx.execute(_PACE, {"of_account": account, "chat": chat} | times).one()
    return row[0], row[1]


def spoken_to(tx: Connection, account: AccountId, chat: ChatKey) -> bool:
    """Whether anything was ever sent into that chat."""
    return tx.scalar(_SPOKEN_TO, {"of_account": account, "chat": chat}) is not None


def strangers(
    tx: Connection, account: AccountId, causes: Collection[Cause], since: datetime, until: datetime
) -> int:
    """How many chats were first spoken to between the two times, for one of ``causes``."""
    times = {"since": to_ms(since), "until": to_ms(until)}
    return tx.scalar(_STRANGERS, {"of_account": account, "causes": list(causes)} | times) or 0


def newest_before(tx: Connection, account: AccountId, chat: ChatKey, at: datetime) -> RowId | None:
    """The newest row of a chat that had reached us at ``at``: what was sent since has a higher number."""
    row = tx.scalar(_NEWEST_BEFORE, {"of_account": account, "chat": chat, "at": to_ms(at)})
    return None if row is None else RowId(row)


def taken_rows(
    tx: Connection, account: AccountId, chat: ChatKey, guids: Collection[MessageGuid], since: datetime
) -> list[tuple[DeliveryId, MessageGuid, RowId | None]]:
    """The rows that bubbles are known to have: those among ``guids``, and those of a chat's bubbles since then."""
    values = {"of_account": account, "chat": chat, "guids": list(guids), "since": to_ms(since)}
    rows = tx.execute(_ROWS_OF_OTHERS, values)
    return [
        (DeliveryId(row.id), MessageGuid(row.guid or ""), None if row.row_id is None else RowId(row.row_id))
        for row in rows
        if row.guid or row.row_id is not None
    ]
