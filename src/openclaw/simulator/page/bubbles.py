"""The bubbles of a conversation, a page at a time, with their files and reactions.

Owns reading them out of the database as people see them: one current reaction a person and message, no marks where a
file stands. It must not know HTTP, nor where the files are.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openclaw.simulator import objects, rows, typedstream

PAGE = 50
"""Bubbles of one page: two screens, so that scrolling up finds the next page already there."""

_BUBBLE = (
    "SELECT m.ROWID, m.guid, j.chat_id, m.is_from_me, h.id, m.text, m.attributedBody, m.date, m.service, m.date_read"
    " FROM chat_message_join j JOIN message m ON m.ROWID = j.message_id LEFT JOIN handle h ON h.ROWID = m.handle_id"
)
_BY_GUID = (
    " JOIN json_each(?) wanted ON wanted.value = m.guid WHERE m.associated_message_type = 0 ORDER BY m.ROWID"
)
_FILES = (
    "SELECT j.message_id, a.ROWID, a.transfer_name, a.mime_type, a.total_bytes FROM message_attachment_join j"
    " JOIN attachment a ON a.ROWID = j.attachment_id"
    " WHERE j.message_id IN (SELECT value FROM json_each(?)) ORDER BY a.ROWID"
)
_TAPBACKS = (
    "SELECT m.associated_message_guid, m.associated_message_type, m.text, m.is_from_me, h.id"
    " FROM message m LEFT JOIN handle h ON h.ROWID = m.handle_id"
    " WHERE m.associated_message_guid IN (SELECT value FROM json_each(?)) ORDER BY m.ROWID"
)
# A reaction names a part of the message, or the balloon it stands in.
_REFERENCES = ("p:0/", "p:1/", "bp:", "")


@dataclass(frozen=True, slots=True)
class File:
    """A file of a bubble; ``size`` in bytes, ``type`` as macOS noted it."""

    id: int
    name: str
    type: str
    size: int


@dataclass(frozen=True, slots=True)
class Reaction:
    """What somebody thinks of a bubble now; ``kind`` is a word of `phone.TAPBACKS` or "custom"."""

    kind: str
    emoji: str
    from_account: bool
    sender: str


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message of a conversation. ``at`` is Unix time in seconds, ``sender`` is "" for the account."""

    row: int
    guid: str
    chat: int
    from_account: bool
    sender: str
    text: str
    at: float
    service: str
    read: bool
    files: tuple[File, ...]
    reactions: tuple[Reaction, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Bubbles oldest first, and whether there are older ones."""

    bubbles: tuple[Bubble, ...]
    more: bool


def plain_text(text: str | None, body: bytes | None) -> str:
    """What a person reads of a message: the text column or else the styled text, without the marks of files."""
    shown = text or (typedstream.decode(body) if body else None) or ""
    return shown.replace(rows.ATTACHMENT_MARK, "")


def page(connection: sqlite3.Connection, chat: int, before: int | None = None, limit: int = PAGE) -> Page:
    """The newest bubbles of ``chat``, or the newest below row ``before``; at most ``limit``."""
    found = connection.execute(
        _BUBBLE + " WHERE j.chat_id = ? AND (? IS NULL OR j.message_id < ?) AND m.associated_message_type = 0"
        " ORDER BY j.message_id DESC LIMIT ?",
        (chat, before, before, limit + 1),
    ).fetchall()
    return Page(_composed(connection, found[:limit][::-1]), len(found) > limit)


def by_guid(connection: sqlite3.Connection, guids: Sequence[str]) -> tuple[Bubble, ...]:
    """The bubbles with these guids, in the order of their rows; those of no conversation are left out."""
    found = connection.execute(
        _BUBBLE + _BY_GUID,
        (json.dumps(list(set(guids))),),
    ).fetchall()
    return _composed(connection, found)


def last_of_account(connection: sqlite3.Connection, chat: int) -> str | None:
    """The newest text of the account in ``chat``, ``None`` when it has said none."""
    found = connection.execute(
        "SELECT m.text, m.attributedBody FROM chat_message_join j JOIN message m ON m.ROWID = j.message_id"
        " WHERE j.chat_id = ? AND m.is_from_me = 1 AND m.associated_message_type = 0 ORDER BY j.message_id DESC",
        (chat,),
    )
    return next(filter(None, (plain_text(text, body) for text, body in found)), None)


def last_join(connection: sqlite3.Connection) -> int:
    """The newest entry of a message into a conversation; `joined` tells what came after it."""
    return int(connection.execute("SELECT coalesce(max(rowid), 0) FROM chat_message_join").fetchone()[0])


def joined(connection: sqlite3.Connection, after: int, limit: int) -> tuple[Bubble, ...]:
    """What changed since the entry ``after``: new bubbles, and bubbles with a new reaction; at most ``limit``."""
    found = connection.execute(
        "SELECT m.guid, m.associated_message_type, m.associated_message_guid FROM chat_message_join j"
        " JOIN message m ON m.ROWID = j.message_id WHERE j.rowid > ? ORDER BY j.rowid LIMIT ?",
        (after, limit),
    ).fetchall()
    touched = [_bare(reference) if kind else guid for guid, kind, reference in found]
    return by_guid(connection, touched)


def _composed(connection: sqlite3.Connection, found: Sequence[tuple[Any, ...]]) -> tuple[Bubble, ...]:
    files = _files(connection, [row for row, *_ in found])
    reactions = _reactions(connection, [guid for _, guid, *_ in found])
    return tuple(
        Bubble(
            row=row,
            guid=guid,
            chat=chat,
            from_account=bool(from_me),
            sender="" if from_me else handle or "",
            text=plain_text(text, body),
            at=(date or 0) / 1e9 + rows.APPLE_EPOCH_S,
            service=service or "",
            read=bool(read),
            files=tuple(files.get(row, ())),
            reactions=tuple(reactions.get(guid, {}).values()),
        )
        for row, guid, chat, from_me, handle, text, body, date, service, read in found
    )


def _files(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, list[File]]:
    files: dict[int, list[File]] = {}
    for row, file, name, kind, size in connection.execute(_FILES, (json.dumps(ids),)):
        files.setdefault(row, []).append(File(file, name or "file", kind or "", size or 0))
    return files


def _reactions(
    connection: sqlite3.Connection, guids: Sequence[str]
) -> dict[str, dict[tuple[bool, str], Reaction]]:
    """Replay the reactions to each message: a new one of a person replaces the last, a removal takes it away."""
    names = [prefix + guid for guid in guids for prefix in _REFERENCES]
    current: dict[str, dict[tuple[bool, str], Reaction]] = {}
    for reference, kind, text, from_me, handle in connection.execute(_TAPBACKS, (json.dumps(names),)):
        if not objects.is_tapback(kind):
            continue
        of_message = current.setdefault(_bare(reference), {})
        who = (bool(from_me), "" if from_me else handle or "")
        decoded = objects.tapback(kind, text or "")
        of_message.pop(who, None)
        if decoded and kind < objects.FIRST_TAPBACK + objects.REMOVAL:
            of_message[who] = Reaction(*decoded, *who)
    return current


def _bare(reference: str | None) -> str:
    return objects.bare_reference(reference).removeprefix("bp:")
