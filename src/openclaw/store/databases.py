"""Databases: is a phone's ``chat.db`` still the one whose numbers the ledger knows?

Row and chat numbers mean something inside one database only. While an account is unproven, nothing that is keyed by a
chat number is trusted but the pairs of lasting name and number that were known before and still hold. What a group's
sessions are called follows its number, so they move with it; ``session_moves`` does that.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, select, update

from openclaw.domain.chats import ChatRef
from openclaw.domain.databases import Anchor, KnownDatabase
from openclaw.domain.ids import NO_NUMBER, AccountId, ChatKey, ChatRowId, MessageGuid, RowId
from openclaw.store import checkpoints, schema, session_moves
from openclaw.store.clock import from_ms, to_ms

_ANCHORS = 20
# Among the newest rows are some without a chat or a guid.
_LOOKED_THROUGH = 60
_BEGAN, _REPLACED, _RESTORED, _CONFIRMED = "began", "replaced", "restored", "confirmed"

_UNPROVEN = select(schema.account.c.id, schema.account.c.unproven_since).where(
    schema.account.c.unproven_since.is_not(None)
)
_NUMBER = select(schema.chat.c.row_id).where(
    schema.chat.c.account == bindparam("of_account"), schema.chat.c.key == bindparam("of_key")
)


def unproven(tx: Connection) -> frozenset[AccountId]:
    """The accounts whose chat numbers nobody has confirmed since their database was replaced."""
    return frozenset(unproven_since(tx))


def unproven_since(tx: Connection) -> dict[AccountId, datetime]:
    """The same accounts, with the moment from which on they are."""
    return {AccountId(row.id): from_ms(row.unproven_since) for row in tx.execute(_UNPROVEN)}


def is_unproven(tx: Connection, account: AccountId) -> bool:
    """Whether nobody has confirmed what the chat numbers of ``account`` mean."""
    return account in unproven(tx)


def knows_chat(tx: Connection, account: AccountId, chat: ChatRef) -> bool:
    """Whether the ledger knows this chat, by its guid, under this very number.

    A group that was found under another number is not known while its account is unproven: the configuration may name
    groups by number, and what it says of that number was said of another group.
    """
    if not chat.guid:
        return False
    return tx.scalar(_NUMBER, {"of_account": account, "of_key": chat.key}) == chat.row_id


def epoch(tx: Connection, account: AccountId) -> int:
    """Which database of ``account`` this is, counted from 1."""
    return tx.scalar(select(schema.account.c.epoch).where(schema.account.c.id == account)) or 1


def known(tx: Connection, account: AccountId) -> KnownDatabase | None:
    """What is known of the database that ``account`` reads; ``None`` before a first start, or one that begins anew."""
    row = tx.execute(select(schema.account).where(schema.account.c.id == account)).one_or_none()
    if row is None or row.cursor < 0:
        return None
    chats = select(schema.chat).where(schema.chat.c.account == account, schema.chat.c.row_id > 0)
    return KnownDatabase(
        cursor=RowId(row.cursor),
        anchors=tuple(anchors(tx, account)),
        chats=tuple(_chat(each) for each in tx.execute(chats)),
        unproven=row.unproven_since is not None,
    )


def anchors(tx: Connection, account: AccountId) -> list[Anchor]:
    """The newest rows with a guid whose numbers belong to the present database, newest first."""
    changed = changes(tx, account)
    table = schema.message
    query = (
        select(table)
        # No history shows a tapback, so that one would look like a row that is gone.
        .where(table.c.account == account, table.c.is_reaction.is_(False))
        .order_by(table.c.id.desc())
        .limit(_LOOKED_THROUGH)
    )
    found = [
        Anchor(
            RowId(row.row_id),
            MessageGuid(row.identity),
            ChatRef(ChatRowId(row.chat_row_id), row.chat_guid, row.chat_identifier),
        )
        for row in tx.execute(query)
        if row.chat_key is not None
        and not row.identity.startswith("row:")
        and not any(row.received_at <= at and row.row_id > kept for at, kept in changed)
    ]
    return sorted(found, key=lambda anchor: anchor.row_id, reverse=True)[:_ANCHORS]


def changes(tx: Connection, account: AccountId) -> list[tuple[int, int]]:
    """When the database changed, in milliseconds, each with the row up to which earlier numbers still hold, or -1."""
    return [
        (to_ms(step.at), step.subject_id if step.step == _RESTORED else -1)
        for step in checkpoints.steps(tx, _subject(account), (_REPLACED, _RESTORED))
    ]


def began(tx: Connection, account: AccountId, start: RowId, now: datetime) -> None:
    """Note where ``account`` begins in its database."""
    checkpoints.record(tx, _subject(account), [start], _BEGAN, now)


def start(tx: Connection, account: AccountId) -> RowId | None:
    """The row of the present database behind which everything is ours; ``None`` when nobody noted it."""
    found: int | None = None
    for step in checkpoints.steps(tx, _subject(account), (_BEGAN, _REPLACED, _RESTORED)):
        if step.step != _RESTORED:
            found = step.subject_id
        elif found is not None:
            found = min(found, step.subject_id)
    return None if found is None else RowId(found)


def unkept(tx: Connection, account: AccountId, guids: Collection[MessageGuid]) -> set[MessageGuid]:
    """Those of ``guids`` that no kept message of ``account`` has."""
    table = schema.message
    query = select(table.c.identity).where(table.c.account == account, table.c.identity.in_(guids))
    return set(guids) - {MessageGuid(identity) for identity in tx.scalars(query)}


def restored(tx: Connection, account: AccountId, start: RowId, now: datetime) -> None:
    """An older copy took the place of the database: what lies above ``start`` is new, whatever its number."""
    proven = schema.account.c.proven
    tx.execute(
        update(schema.account)
        .where(schema.account.c.id == account)
        .values(cursor=start, proven=case((proven > start, start), else_=proven))
    )
    checkpoints.record(tx, _subject(account), [start], _RESTORED, now)


def replaced(
    tx: Connection, account: AccountId, start: RowId, listed: Sequence[ChatRef], now: datetime
) -> list[tuple[ChatKey, ChatRowId, ChatRowId]]:
    """Another database took the place: nothing up to ``start`` is answered, and no number is trusted.

    ``listed`` are its chats. Sessions of groups move to the numbers their groups have now; those of a group that is
    not there keep their words under a name that no number can have. Returns the chats that have another number now as
    (name, before, now); 0 is none.
    """
    tx.execute(
        update(schema.account)
        .where(schema.account.c.id == account)
        .values(cursor=start, proven=start, epoch=schema.account.c.epoch + 1, unproven_since=to_ms(now))
    )
    checkpoints.record(tx, _subject(account), [start], _REPLACED, now)
    there = {chat.key: chat.row_id for chat in listed if chat.guid}
    before = tx.execute(
        select(schema.chat).where(schema.chat.c.account == account, schema.chat.c.row_id > 0)
    ).all()
    moved = [
        (ChatKey(row.key), ChatRowId(row.row_id), there.get(ChatKey(row.key), NO_NUMBER))
        for row in before
        if there.get(ChatKey(row.key)) != row.row_id
    ]
    groups = {row.key for row in before if row.is_group}
    session_moves.move(
        tx, account, {old: new for key, old, new in moved if key in groups}, epoch(tx, account)
    )
    for key, _, _ in moved:
        tx.execute(
            update(schema.chat)
            .where(schema.chat.c.account == account, schema.chat.c.key == key)
            .values(row_id=NO_NUMBER)
        )
    return moved


def confirm(tx: Connection, account: AccountId, now: datetime) -> bool:
    """The operator says that the numbers of ``account`` may be trusted again. Whether they were not."""
    if not is_unproven(tx, account):
        return False
    tx.execute(update(schema.account).where(schema.account.c.id == account).values(unproven_since=None))
    checkpoints.record(tx, _subject(account), [epoch(tx, account)], _CONFIRMED, now)
    return True


def _subject(account: AccountId) -> str:
    return f"database {account}"


def _chat(row: Row[Any]) -> ChatRef:
    return ChatRef(ChatRowId(row.row_id), row.guid, row.identifier)
