"""The list of conversations as the people who write to the account see it.

Owns reading chats with their members, last bubble and unread count, and marking them as read. An answer of the
account that its reader has not opened is unread; opening it leaves the read receipt that macOS keeps too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from openclaw.errors import NotFound
from openclaw.simulator import rows, schema
from openclaw.simulator.page.bubbles import plain_text

# Long enough for two lines of the list; what is longer is read in the conversation.
_PREVIEW_CHARACTERS = 160

_CHATS = (
    "SELECT c.ROWID, c.style, c.service_name, coalesce(c.display_name, ''), ("
    " SELECT j.message_id FROM chat_message_join j JOIN message m ON m.ROWID = j.message_id"
    " WHERE j.chat_id = c.ROWID AND m.associated_message_type = 0 ORDER BY j.message_id DESC LIMIT 1)"
    " FROM chat c WHERE ? IS NULL OR c.ROWID = ?"
)
_LAST = (
    "SELECT m.ROWID, m.text, m.attributedBody, m.is_from_me, h.id, m.date, m.cache_has_attachments"
    " FROM message m LEFT JOIN handle h ON h.ROWID = m.handle_id"
    " WHERE m.ROWID IN (SELECT value FROM json_each(?))"
)
_MEMBERS = (
    "SELECT DISTINCT j.chat_id, h.id FROM chat_handle_join j JOIN handle h ON h.ROWID = j.handle_id"
    " WHERE (? IS NULL OR j.chat_id = ?) AND h.id <> '' ORDER BY j.chat_id, h.ROWID"
)
_UNREAD = (
    "SELECT j.chat_id, count(*) FROM message m JOIN chat_message_join j ON j.message_id = m.ROWID"
    " WHERE m.is_from_me = 1 AND coalesce(m.is_read, 0) = 0 AND m.associated_message_type = 0"
    " GROUP BY j.chat_id"
)


@dataclass(frozen=True, slots=True)
class Last:
    """The newest bubble of a conversation, cut for the list. ``at`` is Unix time in seconds."""

    row: int
    text: str
    from_account: bool
    sender: str
    at: float
    files: bool


@dataclass(frozen=True, slots=True)
class Conversation:
    """One chat of the list; ``members`` are handles, and the account is not among them."""

    id: int
    group: bool
    service: str
    name: str
    members: tuple[str, ...]
    unread: int
    last: Last | None


def account_handle(database: Path) -> str:
    """The handle everybody here writes to. Raises NotSimulated where there is no database of the simulator."""
    schema.require(database)
    with closing(schema.open_reading(database)) as connection:
        return schema.own_property(connection, schema.OWN_HANDLE)


def conversations(connection: sqlite3.Connection) -> list[Conversation]:
    """Every conversation, in no order."""
    return _read(connection, None)


def conversation(connection: sqlite3.Connection, chat: int) -> Conversation:
    """The conversation with this id; raises NotFound when there is none."""
    found = _read(connection, chat)
    if not found:
        raise NotFound(f"there is no conversation {chat}")
    return found[0]


def find(database: Path, chat: int) -> Conversation:
    """As `conversation`, over a connection of its own."""
    schema.require(database)
    with closing(schema.open_reading(database)) as connection:
        return conversation(connection, chat)


def mark_read(database: Path, chat: int) -> None:
    """Note that whoever is in ``chat`` has read all that the account said there; silent when nothing was unread."""
    with closing(schema.open_writing(database)) as connection:
        unread = connection.execute(
            "SELECT m.ROWID FROM chat_message_join j JOIN message m ON m.ROWID = j.message_id"
            " WHERE j.chat_id = ? AND m.is_from_me = 1 AND coalesce(m.is_read, 0) = 0",
            (chat,),
        ).fetchall()
        if unread:
            now = rows.now()
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                connection.executemany(
                    "UPDATE message SET is_read = 1, date_read = ? WHERE ROWID = ?",
                    [(now, row) for (row,) in unread],
                )


def _read(connection: sqlite3.Connection, only: int | None) -> list[Conversation]:
    chats = connection.execute(_CHATS, (only, only)).fetchall()
    newest = _newest(connection, [row for *_, row in chats if row is not None])
    members: dict[int, list[str]] = {}
    for chat, handle in connection.execute(_MEMBERS, (only, only)):
        members.setdefault(chat, []).append(handle)
    unread = dict(connection.execute(_UNREAD).fetchall())
    return [
        Conversation(
            id=chat,
            group=style == rows.GROUP_STYLE,
            service=service or "iMessage",
            name=name,
            members=tuple(members.get(chat, ())),
            unread=unread.get(chat, 0),
            last=newest.get(row),
        )
        for chat, style, service, name, row in chats
    ]


def _newest(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, Last]:
    listed = "[" + ",".join(map(str, ids)) + "]"
    return {
        row: Last(
            row=row,
            text=plain_text(text, body)[:_PREVIEW_CHARACTERS],
            from_account=bool(from_me),
            sender="" if from_me else handle or "",
            at=(date or 0) / 1e9 + rows.APPLE_EPOCH_S,
            files=bool(files),
        )
        for row, text, body, from_me, handle, date, files in connection.execute(_LAST, (listed,))
    }
