"""Attachments: one row for each file that came with a message. The only module that writes ``attachment.state``.

A (kept with its message) ──> announced; refused (more files than one message may bring)
B announced | missing ──> fetching     (its message was admitted, and it is time to try)
C fetching ──> missing                 (not there yet, or still being written: tried again for an hour)
D fetching ──> refused | too large | failed    (with the reason; nothing of it is kept)
E fetching ──> ready | converted       (it is here: as it came; and in a form for models)
F fetching ──> announced               (the gateway stopped in the middle)

A file of a message that is refused goes with the message. Where files lie is ``media_folders``' business.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, func, insert, select, update

from openclaw.domain.files import HERE, UNDER_WAY, FiledAttachment, FileState, Forms, WantedFile
from openclaw.domain.ids import AccountId, AttachmentId, MessageId, SessionKey, TurnId
from openclaw.domain.messages import Attachment, InboundMessage
from openclaw.store import checkpoints
from openclaw.store.clock import from_ms, to_ms
from openclaw.store.files_schema import attachment as table
from openclaw.store.schema import message

MOST_OF_MESSAGE = 20
"""Files that one message may bring; Messages itself sends as many at a time."""

TOO_MANY = f"a message may bring {MOST_OF_MESSAGE} files"

# SQLite takes at most 32,766 values in one statement.
_AT_ONCE = 10_000
_CHANGE = update(table).where(table.c.id == bindparam("which"))
_SO_FAR = _CHANGE.where(table.c.state == FileState.FETCHING)
_OWN = table.c.message_id.in_(bindparam("ids", expanding=True))
_REMOVE = delete(table).where(_OWN)
_FULL = select(table, message.c.sent_at, message.c.session_key).join(
    message, message.c.id == table.c.message_id
)
_OF_MESSAGES = _FULL.where(_OWN).order_by(table.c.message_id, table.c.position)
_DUE = (
    _FULL.where(table.c.account == bindparam("of_account"), table.c.next_try_at <= bindparam("at"))
    .order_by(table.c.next_try_at, table.c.id)
    .limit(bindparam("most"))
)
_NEXT_DUE = select(func.min(table.c.next_try_at)).where(
    table.c.account == bindparam("of_account"), table.c.next_try_at.is_not(None)
)
_AWAITED = (
    select(table.c.message_id, func.max(table.c.wait_until))
    .where(_OWN, table.c.state.in_(UNDER_WAY), table.c.wait_until > bindparam("at"))
    .group_by(table.c.message_id)
)
_GIVE = update(table).where(table.c.state.in_(HERE)).values(given_in=bindparam("turn"))
_GIVE_OWN = _GIVE.where(_OWN)
_MISS_OWN = (
    update(table)
    .where(_OWN, table.c.state.in_(UNDER_WAY), table.c.missed_in.is_(None))
    .values(missed_in=bindparam("turn"))
)
_GIVE_LATE = _GIVE.where(
    table.c.missed_in.is_not(None),
    table.c.given_in.is_(None),
    # Asked of each of the few that were missed: the messages of a chat are many.
    select(message.c.id)
    .where(
        message.c.id == table.c.message_id,
        message.c.session_key == bindparam("session"),
        message.c.chat_key == bindparam("chat"),
    )
    .correlate(table)
    .exists(),
)
_LATE = _FULL.where(
    table.c.given_in == bindparam("turn"), table.c.message_id.not_in(bindparam("ids", expanding=True))
).order_by(table.c.id)


def announce(tx: Connection, ids: Collection[MessageId], batch: Sequence[InboundMessage]) -> None:
    """Keep the files of those rows of ``batch`` that became the messages ``ids`` (A)."""
    bringing = {row.row_id: row for row in batch if row.attachments}
    if not bringing or not ids:
        return
    found = select(message.c.id, message.c.row_id).where(
        message.c.id.in_(ids), message.c.row_id.in_(bringing)
    )
    for which, row_id in tx.execute(found).all():
        _insert(tx, which, bringing[row_id])


def announce_anew(tx: Connection, which: MessageId, row: InboundMessage) -> None:
    """Write down the files of a doubtful message as the phone shows them now."""
    remove(tx, [which])
    _insert(tx, which, row)


def expect(tx: Connection, which: MessageId, now: datetime, until: datetime) -> None:
    """The message is admitted: its files may be fetched, and until a moment its turn waits for them."""
    pending = and_(table.c.message_id == which, table.c.state.in_(UNDER_WAY), table.c.next_try_at.is_(None))
    tx.execute(update(table).where(pending).values(next_try_at=to_ms(now), wait_until=to_ms(until)))


def remove(tx: Connection, ids: Sequence[MessageId]) -> None:
    """Forget the files of messages; what lies on the disk is removed as nobody's."""
    for start in range(0, len(ids), _AT_ONCE):
        tx.execute(_REMOVE, {"ids": list(ids[start : start + _AT_ONCE])})


def due(tx: Connection, account: AccountId, now: datetime, most: int) -> list[WantedFile]:
    """The files of an account that are to be tried now, the longest due first."""
    rows = tx.execute(_DUE, {"of_account": account, "at": to_ms(now), "most": most})
    return [WantedFile(_load(row), account, SessionKey(row.session_key or "")) for row in rows]


def next_due(tx: Connection, account: AccountId) -> datetime | None:
    """When the next file of an account is to be tried."""
    found = tx.scalar(_NEXT_DUE, {"of_account": account})
    return None if found is None else from_ms(found)


def begin(tx: Connection, which: AttachmentId, attempts: int) -> None:
    """Note that a try begins (B)."""
    tx.execute(
        _CHANGE,
        {
            "which": which,
            "state": FileState.FETCHING,
            "attempts": attempts,
            "next_try_at": None,
            "bytes": None,
        },
    )


def come_so_far(tx: Connection, which: AttachmentId, done: int) -> None:
    """Note how many bytes of a file are here that is being fetched."""
    tx.execute(_SO_FAR, {"which": which, "bytes": done})


def show_anew(tx: Connection, which: AttachmentId, told: Attachment) -> None:
    """Write down what the phone says of a file that was not there when it told of it first."""
    named = {"name": told.name, "path": told.path, "mime_type": told.mime_type, "size": told.size}
    tx.execute(_CHANGE, {"which": which, **named})


def not_yet(
    tx: Connection, which: AttachmentId, reason: str, again_at: datetime | None, now: datetime
) -> None:
    """The file is not there (C); ``again_at`` is when it is tried again, ``None`` for never."""
    again = None if again_at is None else to_ms(again_at)
    _set(tx, which, now, FileState.MISSING, reason=reason, next_try_at=again, bytes=None)


def refuse(tx: Connection, which: AttachmentId, state: FileState, reason: str, now: datetime) -> None:
    """The file is not to be had, or not to be used (D)."""
    _set(tx, which, now, state, reason=reason, next_try_at=None, settled_at=to_ms(now), bytes=None)


def arrive(tx: Connection, which: AttachmentId, forms: Forms, now: datetime) -> None:
    """The file is here (E)."""
    values = {
        "folder": forms.folder,
        "original": forms.original,
        "kind": forms.mime,
        "family": forms.family,
        "bytes": forms.size,
        "form": forms.form,
        "form_mime": forms.form_mime,
        "form_text": forms.text,
        "note": forms.note,
    }
    state = FileState.CONVERTED if forms.form or forms.text else FileState.READY
    _set(tx, which, now, state, reason=None, next_try_at=None, settled_at=to_ms(now), **values)


def recover(tx: Connection, account: AccountId, now: datetime) -> None:
    """Take up what was being fetched when the gateway stopped (F)."""
    cut_off = and_(table.c.account == account, table.c.state == FileState.FETCHING)
    tx.execute(update(table).where(cut_off).values(state=FileState.ANNOUNCED, next_try_at=to_ms(now)))


def is_wanted(tx: Connection, which: AttachmentId) -> bool:
    """Whether a file is still being fetched for somebody: its message may have been forgotten meanwhile."""
    return tx.scalar(select(table.c.state).where(table.c.id == which)) == FileState.FETCHING


def taken_since(tx: Connection, account: AccountId, since: datetime) -> int:
    """How many bytes of files an account took in after a moment."""
    recent = and_(table.c.account == account, table.c.settled_at > to_ms(since))
    return tx.scalar(select(func.coalesce(func.sum(table.c.bytes), 0)).where(recent)) or 0


def awaited(tx: Connection, ids: Sequence[MessageId], now: datetime) -> Mapping[MessageId, datetime]:
    """Those of ``ids`` whose turn is to wait for their files, each with until when."""
    if not ids:
        return {}
    rows = tx.execute(_AWAITED, {"ids": list(ids), "at": to_ms(now)})
    return {MessageId(which): from_ms(until) for which, until in rows}


def of_messages(tx: Connection, ids: Sequence[MessageId]) -> dict[MessageId, tuple[FiledAttachment, ...]]:
    """The files of messages, in their order; a message without any is left out."""
    found: dict[MessageId, tuple[FiledAttachment, ...]] = {}
    for start in range(0, len(ids), _AT_ONCE):
        for row in tx.execute(_OF_MESSAGES, {"ids": list(ids[start : start + _AT_ONCE])}):
            one = _load(row)
            found[one.message] = (*found.get(one.message, ()), one)
    return found


def hand_over(tx: Connection, turn: TurnId, ids: Sequence[MessageId], session: str, chat: str) -> None:
    """Note what a turn over the messages ``ids`` is shown and what it misses, of theirs and of earlier ones' files."""
    if ids:
        own = {"turn": turn, "ids": list(ids)}
        tx.execute(_GIVE_OWN, own)
        tx.execute(_MISS_OWN, own)
    tx.execute(_GIVE_LATE, {"turn": turn, "session": session, "chat": chat})


def come_late(tx: Connection, turn: TurnId, ids: Sequence[MessageId]) -> tuple[FiledAttachment, ...]:
    """The files that a turn was shown and that came with messages of earlier turns, not with ``ids``."""
    return tuple(_load(row) for row in tx.execute(_LATE, {"turn": turn, "ids": list(ids)}))


def folders(tx: Connection) -> set[str]:
    """The folders whose files somebody may still need."""
    return set(tx.scalars(select(table.c.folder).where(table.c.folder.is_not(None))))


def _insert(tx: Connection, which: MessageId, row: InboundMessage) -> None:
    values: list[dict[str, Any]] = [
        {
            "message_id": which,
            "account": row.account,
            "position": position,
            "name": told.name,
            "path": told.path,
            "mime_type": told.mime_type,
            "size": told.size,
            "state": FileState.ANNOUNCED if position < MOST_OF_MESSAGE else FileState.REFUSED,
            "reason": None if position < MOST_OF_MESSAGE else TOO_MANY,
            "attempts": 0,
        }
        # One more than may come, to say that there were more.
        for position, told in enumerate(row.attachments[: MOST_OF_MESSAGE + 1])
    ]
    if values:
        tx.execute(insert(table), values)


def _set(tx: Connection, which: AttachmentId, now: datetime, state: FileState, **values: Any) -> None:
    tx.execute(_CHANGE, {"which": which, "state": state, **values})
    checkpoints.record(tx, "attachment", [which], state, now, str(values.get("reason") or ""))


def _load(row: Row[Any]) -> FiledAttachment:
    forms = None
    if row.folder is not None and row.state in HERE:
        made = (row.form or "", row.form_mime or "", row.form_text or "", row.note or "")
        forms = Forms(row.folder, row.original, row.kind, row.family, row.bytes, *made)
    return FiledAttachment(
        id=AttachmentId(row.id),
        message=MessageId(row.message_id),
        position=row.position,
        name=row.name,
        path=row.path,
        mime_type=row.mime_type,
        size=row.size,
        state=FileState(row.state),
        reason=row.reason or "",
        attempts=row.attempts,
        sent_at=from_ms(row.sent_at),
        forms=forms,
        so_far=row.bytes or 0 if row.state == FileState.FETCHING else 0,
    )
