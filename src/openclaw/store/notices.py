"""Notices: what needs a person now, and in which message the owner was told of it. The only module that writes them.

    A (put) ──> waiting      it needs a person; log and page tell it
    B waiting ──> told       a message to the owner tells it, too
    C waiting, told ──> gone it needs nobody any more; the row goes, and the same trouble later is news again

The messages are deliveries of the cause ``notice``, each numbered by the moment (milliseconds) in which it was queued.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from openclaw.domain.delivery import Cause
from openclaw.domain.ids import AccountId, ChatKey, MessageGuid, RowId
from openclaw.domain.notices import Notice, NoticeKind
from openclaw.store.clock import from_ms, to_ms
from openclaw.store.people_schema import notice as table
from openclaw.store.schema import delivery

_ALL = select(table).order_by(table.c.at, table.c.kind, table.c.subject)
# The index of causes finds it without a look at any row.
_LAST = select(func.max(delivery.c.cause_id)).where(delivery.c.cause == Cause.NOTICE)


def put(tx: Connection, notice: Notice) -> bool:
    """Note what needs a person (A); whether it is news."""
    which = (table.c.kind == notice.kind, table.c.subject == notice.subject)
    if tx.scalar(select(table.c.at).where(*which)) is not None:
        return False
    values = {
        "kind": notice.kind,
        "subject": notice.subject,
        "account": notice.account,
        "says": notice.says,
        "at": to_ms(notice.at),
    }
    tx.execute(insert(table).values(values))
    return True


def over(tx: Connection, kind: NoticeKind, but: Collection[str] = ()) -> None:
    """What there was of a kind needs nobody any more, but for the subjects ``but`` (C)."""
    gone = [
        subject
        for subject in tx.scalars(select(table.c.subject).where(table.c.kind == kind))
        if subject not in but
    ]
    if gone:
        tx.execute(delete(table).where(table.c.kind == kind, table.c.subject.in_(gone)))


def waiting(tx: Connection) -> list[Notice]:
    """Everything that needs a person, the oldest first."""
    return [_load(row) for row in tx.execute(_ALL)]


def mark_told(tx: Connection, told: Sequence[Notice], number: int) -> None:
    """Write down in which message the owner is told (B)."""
    for one in told:
        which = update(table).where(table.c.kind == one.kind, table.c.subject == one.subject)
        tx.execute(which.values(told=number))


def next_number(tx: Connection, now: datetime, rest: timedelta) -> int | None:
    """The number of a message that is queued now; ``None`` while the last one is not older than ``rest``."""
    last, here = tx.scalar(_LAST) or 0, to_ms(now)
    # A clock that was set back must not keep the owner in the dark until it has caught up.
    if 0 <= here - last < rest / timedelta(milliseconds=1):
        return None
    return max(here, last + 1)


def is_last_said(tx: Connection, account: AccountId, chat: ChatKey) -> bool:
    """Whether the last thing that we say in a chat, whether it has left or not, is a notice."""
    said = (delivery.c.account == account, delivery.c.chat_key == chat)
    newest = select(delivery.c.cause).where(*said).order_by(delivery.c.id.desc()).limit(1)
    return tx.scalar(newest) == Cause.NOTICE


def last_word(tx: Connection, account: AccountId, chat: ChatKey) -> tuple[int, RowId] | None:
    """The number of the notice that is the last thing we said in a chat, and its row there; ``None`` if none is."""
    newest = (
        select(delivery.c.cause, delivery.c.cause_id, delivery.c.row_id)
        .where(delivery.c.account == account, delivery.c.chat_key == chat)
        .order_by(delivery.c.id.desc())
        .limit(1)
    )
    row = tx.execute(newest).one_or_none()
    if row is None or row.cause != Cause.NOTICE or row.row_id is None:
        return None
    return row.cause_id, RowId(row.row_id)


def number_of(tx: Connection, account: AccountId, chat: ChatKey, guid: MessageGuid) -> int | None:
    """The number of the notice that the bubble ``guid`` in a chat is; ``None`` when it is something else."""
    which = (delivery.c.account == account, delivery.c.guid == guid)
    is_notice = (delivery.c.chat_key == chat, delivery.c.cause == Cause.NOTICE)
    return tx.scalar(select(delivery.c.cause_id).where(*which, *is_notice).limit(1))


def told_in(tx: Connection, number: int) -> list[Notice]:
    """What of the things that a message told still needs a person."""
    return [_load(row) for row in tx.execute(_ALL.where(table.c.told == number))]


def _load(row: Row[Any]) -> Notice:
    return Notice(
        NoticeKind(row.kind), row.subject, AccountId(row.account), row.says, from_ms(row.at), row.told
    )
