"""Accounts: how far each phone was read, its own handles, its chats, and what is paused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, delete, func, insert, select, update

from openclaw.domain.chats import ChatRef
from openclaw.domain.handles import Handle
from openclaw.domain.ids import AccountId, ChatKey, ChatRowId, RowId
from openclaw.domain.messages import InboundMessage, KnownChat
from openclaw.store import databases, schema
from openclaw.store.clock import from_ms, to_ms

EVERY_CHAT = ChatKey("")
EVERY_ACCOUNT = AccountId("")


@dataclass(frozen=True, slots=True)
class Pause:
    """A chat that is not answered, or with "" all of them. ``reason`` is what tripped, "" on the operator's word."""

    account: AccountId
    chat: ChatKey
    since: datetime
    reason: str = ""


# The statements of every row's way are made once: making one takes several times as long as running it.
_ADVANCE = (
    update(schema.account)
    .where(schema.account.c.id == bindparam("of_account"), schema.account.c.cursor < bindparam("to"))
    .values(cursor=bindparam("to"))
)
# No row of a phone has such a number: the account begins at the newest row it finds, as at a first start.
_ANEW = -1
_EVERY_HANDLE = select(schema.own_handle.c.handle)
_OWN_HANDLES = _EVERY_HANDLE.where(schema.own_handle.c.account == bindparam("of_account"))
_LEARNT = select(schema.own_handle.c.account, schema.own_handle.c.handle)
_STARTED = select(schema.account.c.id, schema.account.c.started_at, schema.account.c.old_until)
_PAUSED = select(schema.pause.c.account, schema.pause.c.chat_key)
_SPELLINGS: dict[str, BindParameter[Any]] = {
    name: bindparam(name) for name in ("row_id", "guid", "identifier", "name", "is_group", "last_message_at")
}
_CHAT_NAME: dict[str, BindParameter[Any]] = {
    "account": bindparam("of_account"),
    "key": bindparam("of_key"),
}
_NOTE_CHAT = (
    update(schema.chat)
    .where(schema.chat.c.account == bindparam("of_account"), schema.chat.c.key == bindparam("of_key"))
    .values(_SPELLINGS)
)
_NEW_CHAT = insert(schema.chat).values(_SPELLINGS | _CHAT_NAME)
_KNOWN_CHATS = select(schema.chat.c.key).where(
    schema.chat.c.account == bindparam("of_account"),
    schema.chat.c.key.in_(bindparam("keys", expanding=True)),
)


def cursor(tx: Connection, account: AccountId) -> RowId | None:
    """The highest row of the phone that is safely kept; ``None`` before the first start, or one that begins anew."""
    value = tx.scalar(select(schema.account.c.cursor).where(schema.account.c.id == account))
    return None if value is None or value == _ANEW else RowId(value)


def begin(
    tx: Connection, account: AccountId, start: RowId, now: datetime, written_at: datetime | None = None
) -> None:
    """Fix where an account starts: nothing at or below ``start`` is ever answered. Does nothing the second time.

    ``written_at`` is when the phone's newest row was written, by the phone's clock.
    """
    if cursor(tx, account) is not None:
        return
    databases.began(tx, account, start, now)
    values = {
        "cursor": start,
        "started_at": to_ms(now),
        "old_until": written_at and to_ms(written_at),
        "proven": start,
    }
    anew = update(schema.account).where(schema.account.c.id == account)
    if tx.execute(anew.values(values)).rowcount == 0:
        tx.execute(insert(schema.account).values(id=account, **values))


def begin_anew(tx: Connection, now: datetime) -> list[AccountId]:
    """Have every account begin at its phone's newest row when it starts next: nothing before is answered.

    Whether that phone's chat numbers mean what they meant is for the operator to confirm.
    """
    found = [
        AccountId(name) for name in tx.scalars(select(schema.account.c.id).order_by(schema.account.c.id))
    ]
    since = func.coalesce(schema.account.c.unproven_since, to_ms(now))
    tx.execute(update(schema.account).values(cursor=_ANEW, unproven_since=since))
    return found


def first_starts(tx: Connection) -> dict[AccountId, tuple[datetime, datetime | None]]:
    """When each account began, and when the newest row that its phone had then was written, by the phone's clock."""
    return {
        AccountId(row.id): (
            from_ms(row.started_at),
            None if row.old_until is None else from_ms(row.old_until),
        )
        for row in tx.execute(_STARTED)
    }


def advance(tx: Connection, account: AccountId, to: RowId) -> None:
    """Move the cursor forward, in the transaction that keeps the rows up to it; never backward."""
    tx.execute(_ADVANCE, {"of_account": account, "to": to})


def learn_handles(tx: Connection, account: AccountId, handles: Sequence[Handle], now: datetime) -> None:
    """Remember handles that turned out to be the account's own."""
    known = own_handles(tx, account)
    for handle in dict.fromkeys(handles):
        if handle not in known:
            tx.execute(
                insert(schema.own_handle).values(account=account, handle=handle, learned_at=to_ms(now))
            )


def own_handles(tx: Connection, account: AccountId | None = None) -> frozenset[Handle]:
    """The handles that own rows showed to be an account's own, or any account's."""
    if account is None:
        return frozenset(Handle(row) for row in tx.scalars(_EVERY_HANDLE))
    return frozenset(Handle(row) for row in tx.scalars(_OWN_HANDLES, {"of_account": account}))


def learnt_handles(tx: Connection) -> dict[AccountId, frozenset[Handle]]:
    """What :func:`own_handles` knows of each account."""
    found: dict[AccountId, set[Handle]] = {}
    for row in tx.execute(_LEARNT):
        found.setdefault(AccountId(row.account), set()).add(Handle(row.handle))
    return {account: frozenset(handles) for account, handles in found.items()}


def note_chat(tx: Connection, message: InboundMessage, *, is_group: bool) -> None:
    """Remember the chat of a message under its lasting name, with the spellings it has now."""
    if message.chat is None:
        return
    values = _chat_values(message, message.chat, is_group=is_group)
    if tx.execute(_NOTE_CHAT, values).rowcount == 0:
        tx.execute(_NEW_CHAT, values)


def note_chats(tx: Connection, seen: Sequence[tuple[InboundMessage, bool]]) -> None:
    """:func:`note_chat` for messages of one account and different chats, each with whether it is a group."""
    if len(seen) == 1:
        note_chat(tx, seen[0][0], is_group=seen[0][1])
        return
    noted = [
        _chat_values(message, message.chat, is_group=is_group) for message, is_group in seen if message.chat
    ]
    if not noted:
        return
    where = {"of_account": noted[0]["of_account"], "keys": [each["of_key"] for each in noted]}
    known = set(tx.scalars(_KNOWN_CHATS, where))
    if old := [each for each in noted if each["of_key"] in known]:
        tx.execute(_NOTE_CHAT, old)
    if new := [each for each in noted if each["of_key"] not in known]:
        tx.execute(_NEW_CHAT, new)


def _chat_values(message: InboundMessage, chat: ChatRef, *, is_group: bool) -> dict[str, Any]:
    return {
        "of_account": message.account,
        "of_key": chat.key,
        "row_id": chat.row_id,
        "guid": chat.guid,
        "identifier": chat.identifier,
        "name": message.chat_name,
        "is_group": is_group,
        "last_message_at": to_ms(message.sent_at),
    }


def chats(tx: Connection, account: AccountId | None = None, limit: int = 1000) -> list[KnownChat]:
    """The chats that wrote to us, the most recently active first."""
    query = select(schema.chat).order_by(schema.chat.c.last_message_at.desc()).limit(limit)
    if account is not None:
        query = query.where(schema.chat.c.account == account)
    paused = paused_chats(tx)
    return [_load_chat(row, paused) for row in tx.execute(query)]


def paused_chats(tx: Connection) -> frozenset[tuple[AccountId, ChatKey]]:
    """Everything that is paused, as (account, chat); "" stands for all of them."""
    rows = tx.execute(_PAUSED)
    return frozenset((AccountId(row.account), ChatKey(row.chat_key)) for row in rows)


def pauses(tx: Connection) -> list[Pause]:
    """Everything that is paused, the newest first."""
    rows = tx.execute(select(schema.pause).order_by(schema.pause.c.since.desc()))
    return [
        Pause(AccountId(row.account), ChatKey(row.chat_key), from_ms(row.since), row.reason) for row in rows
    ]


def find_chat(tx: Connection, account: AccountId | None, key: ChatKey) -> list[KnownChat]:
    """The chats with the lasting name ``key``: one, or one of each account when ``account`` is not given."""
    query = select(schema.chat).where(schema.chat.c.key == key)
    if account is not None:
        query = query.where(schema.chat.c.account == account)
    paused = paused_chats(tx)
    return [_load_chat(row, paused) for row in tx.execute(query)]


def is_paused(paused: frozenset[tuple[AccountId, ChatKey]], account: AccountId, chat: ChatKey) -> bool:
    """Whether ``paused`` covers a chat: itself, its account, or everything."""
    return bool(paused & {(EVERY_ACCOUNT, EVERY_CHAT), (account, EVERY_CHAT), (account, chat)})


def set_pause(tx: Connection, account: AccountId, chat: ChatKey, now: datetime, reason: str = "") -> None:
    """Pause a chat, with ``EVERY_CHAT`` an account, with ``EVERY_ACCOUNT`` everything.

    ``reason`` is "" on the operator's word, else what tripped.
    """
    tx.execute(delete(schema.pause).where(schema.pause.c.account == account, schema.pause.c.chat_key == chat))
    tx.execute(insert(schema.pause).values(account=account, chat_key=chat, since=to_ms(now), reason=reason))


def clear_pause(tx: Connection, account: AccountId, chat: ChatKey, now: datetime) -> bool:
    """End a pause; ``EVERY_ACCOUNT`` ends all of them. Whether there was one."""
    which = select(schema.pause.c.account, schema.pause.c.chat_key)
    if account != EVERY_ACCOUNT:
        which = which.where(schema.pause.c.account == account)
        if chat != EVERY_CHAT:
            which = which.where(schema.pause.c.chat_key == chat)
    ended = tx.execute(which).all()
    for row in ended:
        for table in (schema.pause, schema.resumed):
            tx.execute(delete(table).where(table.c.account == row.account, table.c.chat_key == row.chat_key))
        tx.execute(insert(schema.resumed).values(account=row.account, chat_key=row.chat_key, at=to_ms(now)))
    return bool(ended)


def resumed_at(tx: Connection, account: AccountId, chat: ChatKey) -> datetime | None:
    """When a pause that covered this chat was ended last: a brake counts nothing that came before."""
    query = select(func.max(schema.resumed.c.at)).where(
        schema.resumed.c.account.in_((account, EVERY_ACCOUNT)),
        schema.resumed.c.chat_key.in_((chat, EVERY_CHAT)),
    )
    at = tx.scalar(query)
    return None if at is None else from_ms(at)


def _load_chat(row: Row[Any], paused: frozenset[tuple[AccountId, ChatKey]]) -> KnownChat:
    return KnownChat(
        account=AccountId(row.account),
        chat=ChatRef(ChatRowId(row.row_id), row.guid, row.identifier),
        name=row.name,
        is_group=row.is_group,
        last_message_at=from_ms(row.last_message_at),
        paused=is_paused(paused, AccountId(row.account), ChatKey(row.key)),
    )
