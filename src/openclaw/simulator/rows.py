"""What macOS writes into the Messages database when something is said.

Owns every INSERT. It must not know who asks: the person on the other side (`phone`) and the sending imsg (`sending`)
write the same kinds of rows. All functions expect an open transaction and leave committing to the caller.
"""

from __future__ import annotations

import os
import sqlite3
import time
from typing import NamedTuple

from openclaw.simulator import schema, typedstream

APPLE_EPOCH_S = 978_307_200
"""2001-01-01T00:00:00Z as Unix time: the zero of every date in the database."""

ATTACHMENT_MARK = "\ufffc"
GROUP_STYLE, DIRECT_STYLE = 43, 45


class Row(NamedTuple):
    """One message as it is about to be written. ``handle`` 0 is nobody; ``chat`` None leaves it unjoined."""

    text: str
    handle: int
    chat: int | None
    service: str
    from_me: bool
    body_only: bool = False
    guid: str = ""
    date: int = 0
    files: tuple[str, ...] = ()
    tapback: tuple[int, str] | None = None
    """The associated message type and the reference to the message it belongs to; type 0 is a plain reply."""
    thread: str | None = None


def now() -> int:
    """Return this moment in nanoseconds since 2001."""
    return time.time_ns() - APPLE_EPOCH_S * 1_000_000_000


def new_guid() -> str:
    """Return a fresh message guid in the spelling of macOS."""
    number = bytearray(os.urandom(16))
    number[6], number[8] = number[6] & 0x0F | 0x40, number[8] & 0x3F | 0x80
    text = number.hex().upper()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def handle(connection: sqlite3.Connection, address: str, service: str) -> int:
    """Return the row of ``address`` on ``service``, made when it is new."""
    found = connection.execute(
        "SELECT ROWID FROM handle WHERE id = ? AND service = ?", (address, service)
    ).fetchone()
    if found:
        return int(found[0])
    country = "us" if address.startswith("+1") else None
    added = connection.execute(
        "INSERT INTO handle (id, service, country) VALUES (?, ?, ?)", (address, service, country)
    )
    return int(added.lastrowid or 0)


def direct_chat(connection: sqlite3.Connection, address: str, service: str) -> int:
    """Return the one-to-one chat with ``address`` on ``service``, made when it is new."""
    prefix = schema.own_property(connection, schema.GUID_PREFIX) or service
    guid = f"{prefix};-;{address}"
    found = connection.execute("SELECT ROWID FROM chat WHERE guid = ?", (guid,)).fetchone()
    if found:
        return int(found[0])
    return _new_chat(connection, guid, service, "", [handle(connection, address, service)])


def group_chat(connection: sqlite3.Connection, name: str, members: list[str], service: str) -> int:
    """Make a group chat called ``name`` ("" for unnamed) and return its row."""
    prefix = schema.own_property(connection, schema.GUID_PREFIX) or service
    guid = f"{prefix};+;chat{int.from_bytes(os.urandom(8)) % 10**18:018d}"
    return _new_chat(connection, guid, service, name, [handle(connection, each, service) for each in members])


def peer(connection: sqlite3.Connection, chat: int) -> int:
    """Return the handle that own rows of ``chat`` carry: the other person of a direct chat, 0 in a group."""
    found = connection.execute(
        "SELECT j.handle_id FROM chat c JOIN chat_handle_join j ON j.chat_id = c.ROWID"
        " WHERE c.ROWID = ? AND c.style = ?",
        (chat, DIRECT_STYLE),
    ).fetchone()
    return int(found[0]) if found else 0


def somebody(connection: sqlite3.Connection, chat: int) -> int:
    """Return a handle of the other side of ``chat``, 0 where there is nobody."""
    sql = "SELECT min(handle_id) FROM chat_handle_join WHERE chat_id = ?"
    return int(connection.execute(sql, (chat,)).fetchone()[0] or 0)


def _new_chat(connection: sqlite3.Connection, guid: str, service: str, name: str, handles: list[int]) -> int:
    own = schema.own_property(connection, schema.OWN_HANDLE)
    identifier = guid.split(";", 2)[2]
    style = GROUP_STYLE if ";+;" in guid else DIRECT_STYLE
    login = ("E:" if "@" in own else "P:") + own
    added = connection.execute(
        "INSERT INTO chat (guid, style, state, chat_identifier, service_name, display_name, account_login,"
        " last_addressed_handle, room_name) VALUES (?, ?, 3, ?, ?, ?, ?, ?, ?)",
        (guid, style, identifier, service, name, login, own, identifier if style == GROUP_STYLE else None),
    )
    chat = int(added.lastrowid or 0)
    joins = [(chat, member) for member in handles]
    connection.executemany("INSERT OR IGNORE INTO chat_handle_join VALUES (?, ?)", joins)
    return chat


def message(connection: sqlite3.Connection, row: Row) -> tuple[int, str]:
    """Write ``row`` with its joins and attachments; return its row id and guid."""
    guid, date = row.guid or new_guid(), row.date or now()
    kind, reference = row.tapback or (0, None)
    text = None if row.body_only else row.text
    body = typedstream.encode(row.text) if row.text or row.body_only else None
    added = connection.execute(
        "INSERT INTO message (guid, text, attributedBody, handle_id, service, date, date_delivered, is_delivered,"
        " is_finished, is_from_me, is_sent, is_empty, cache_has_attachments, destination_caller_id,"
        " associated_message_guid, associated_message_type, thread_originator_guid)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(guid, text, body, row.handle, row.service, date, date if row.from_me else 0, row.from_me),
            *(row.from_me, row.from_me, not row.text, bool(row.files)),
            *(schema.own_property(connection, schema.OWN_HANDLE), reference, kind, row.thread),
        ),
    )
    rowid = int(added.lastrowid or 0)
    for path in row.files:
        attach(connection, rowid, path, row.from_me)
    if row.chat is not None:
        connection.execute("INSERT INTO chat_message_join VALUES (?, ?, ?)", (row.chat, rowid, date))
    return rowid, guid


_TYPES = {
    ".png": ("public.png", "image/png"),
    ".jpg": ("public.jpeg", "image/jpeg"),
    ".jpeg": ("public.jpeg", "image/jpeg"),
    ".heic": ("public.heic", "image/heic"),
    ".gif": ("com.compuserve.gif", "image/gif"),
    ".caf": ("com.apple.coreaudio-format", "audio/x-caf"),
    ".m4a": ("com.apple.m4a-audio", "audio/x-m4a"),
    ".mov": ("com.apple.quicktime-movie", "video/quicktime"),
    ".pdf": ("com.adobe.pdf", "application/pdf"),
    ".txt": ("public.plain-text", "text/plain"),
}
"""By suffix. The standard library's table costs the program more start-up time than everything else together."""


def attach(connection: sqlite3.Connection, rowid: int, path: str, outgoing: bool) -> None:
    """Write the file at ``path`` as an attachment of a message."""
    uti, mime = _TYPES.get(os.path.splitext(path)[1].lower(), ("public.data", "application/octet-stream"))
    size = os.path.getsize(path) if os.path.isfile(path) else 0
    added = connection.execute(
        "INSERT INTO attachment (guid, created_date, filename, uti, mime_type, transfer_state, is_outgoing,"
        " transfer_name, total_bytes) VALUES (?, ?, ?, ?, ?, 5, ?, ?, ?)",
        (new_guid(), now() // 10**9, path, uti, mime, outgoing, os.path.basename(path), size),
    )
    connection.execute("INSERT INTO message_attachment_join VALUES (?, ?)", (rowid, added.lastrowid))
