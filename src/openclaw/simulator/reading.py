"""What imsg reads from the Messages database: every SELECT of the look-alike.

Owns the one connection that serves all threads, as in the original, so a long query delays everything that reads.
What becomes of a row on the wire is in `composing`.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from openclaw.simulator import later

_COLUMNS = (
    "SELECT m.ROWID, m.guid, m.text, m.attributedBody, m.date, m.is_from_me, h.id, m.associated_message_guid,"
    " m.associated_message_type, m.thread_originator_guid, m.destination_caller_id, m.balloon_bundle_id, j.chat_id"
    " FROM message m LEFT JOIN chat_message_join j ON j.message_id = m.ROWID"
    " LEFT JOIN handle h ON h.ROWID = m.handle_id"
)
_NO_TAPBACKS = (
    " AND (m.associated_message_type IS NULL OR m.associated_message_type NOT BETWEEN 2000 AND 3006)"
)


class Row(NamedTuple):
    """One message joined to one chat (0 for none), as it stands in the database at this moment."""

    id: int
    guid: str
    text: str | None
    body: bytes | None
    date: int
    from_me: bool
    handle: str | None
    reference: str | None
    kind: int
    thread: str | None
    caller: str | None
    balloon: str | None
    chat: int


class Chat(NamedTuple):
    """A chat as imsg knows it; participants are sorted and the local user is not among them."""

    id: int
    identifier: str
    guid: str
    name: str
    service: str
    participants: tuple[str, ...]


class Filter(NamedTuple):
    """What a history or a watch lets through. Dates are database dates; ``start`` is inclusive, ``end`` is not."""

    participants: tuple[str, ...] = ()
    start: int | None = None
    end: int | None = None
    attachments: bool = False
    reactions: bool = False

    @property
    def narrows(self) -> bool:
        """Whether there may be rows that it does not let through."""
        return bool(self.participants) or self.start is not None or self.end is not None

    def admits(self, row: Row) -> bool:
        """Return whether ``row`` passes the participants and the dates."""
        names = {name.lower() for name in self.participants}
        return (
            (not names or (row.handle or row.caller or "").lower() in names)
            and (self.start is None or row.date >= self.start)
            and (self.end is None or row.date < self.end)
        )


NO_CHAT = Chat(0, "", "", "", "", ())


class Reader:
    """Everything that is read, under one lock. `close` it after the last thread has ended."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()

    def _all(self, sql: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(sql, tuple(values)).fetchall()

    def data_version(self) -> int:
        """Return a number that changes with every commit of anybody: our file event."""
        return int(self._all("PRAGMA data_version")[0][0])

    def next_due(self) -> int | None:
        """Return when Messages has more to write, in nanoseconds of Unix time, or None."""
        with self._lock:
            return later.next_due(self._connection)

    def newest(self) -> int:
        """Return the highest row id, 0 for none."""
        return int(self._all("SELECT coalesce(max(ROWID), 0) FROM message")[0][0])

    def chat(self, rowid: int) -> Chat | None:
        """Return the chat with this row id."""
        found = self._all(
            "SELECT chat_identifier, guid, coalesce(display_name, chat_identifier), service_name"
            " FROM chat WHERE ROWID = ?",
            (rowid,),
        )
        if not found:
            return None
        members = self._all(
            "SELECT DISTINCT h.id FROM chat_handle_join j JOIN handle h ON h.ROWID = j.handle_id"
            " WHERE j.chat_id = ? AND h.id <> '' ORDER BY h.id",
            (rowid,),
        )
        identifier, guid, name, service = (text or "" for text in found[0])
        return Chat(rowid, identifier, guid, name, service, tuple(str(member) for (member,) in members))

    def find_chat(self, text: str) -> int | None:
        """Return the chat that ``text`` names: its guid, the twin of an `any` guid, or its identifier."""
        twin = (
            text.replace("any;+;", "any;-;", 1) if "any;+;" in text else text.replace("any;-;", "any;+;", 1)
        )
        bare = text.rpartition(";")[2]
        found = self._all(
            "SELECT ROWID FROM chat WHERE guid IN (?, ?) OR chat_identifier IN (?, ?) ORDER BY guid = ? DESC, ROWID",
            (text, twin, text, bare, text),
        )
        return int(found[0][0]) if found else None

    def recent_chats(self, limit: int) -> list[tuple[int, int]]:
        """Return chat row and date of its latest message, latest first; chats without messages are absent."""
        found = self._all(
            "SELECT chat_id, max(message_date) AS latest FROM chat_message_join GROUP BY chat_id"
            " ORDER BY latest DESC LIMIT ?",
            (limit,),
        )
        return [(int(chat), int(latest or 0)) for chat, latest in found]

    def newest_of_chat(self, chat: int, limit: int | None) -> Iterator[Row]:
        """Yield the newest rows of ``chat`` by date, newest first, without tapbacks; no ``limit`` yields all."""
        sql = _COLUMNS + " WHERE j.chat_id = ?" + _NO_TAPBACKS + " ORDER BY m.date DESC LIMIT ?"
        return map(_row, self._all(sql, (chat, -1 if limit is None else limit)))

    def after(self, cursor: int, chat: int | None, limit: int, *, tapbacks: bool) -> list[Row]:
        """Return up to ``limit`` rows above ``cursor`` in the order of their ids."""
        chosen = "" if chat is None else " AND j.chat_id = ?"
        hidden = "" if tapbacks else _NO_TAPBACKS
        sql = _COLUMNS + " WHERE m.ROWID > ?" + chosen + hidden + " ORDER BY m.ROWID LIMIT ?"
        values = (cursor, limit) if chat is None else (cursor, chat, limit)
        return [_row(found) for found in self._all(sql, values)]

    def by_guid(self, guid: str) -> Row | None:
        """Return the message with this guid."""
        found = self._all(_COLUMNS + " WHERE m.guid = ? LIMIT 1", (guid,))
        return _row(found[0]) if found else None

    def tapbacks_of(self, guid: str) -> list[Row]:
        """Return the reactions to a message and their removals, oldest first, by the original's full scan."""
        sql = (
            _COLUMNS
            + " WHERE m.associated_message_guid LIKE ? AND m.associated_message_type BETWEEN 2000 AND 3006"
        )
        return [_row(found) for found in self._all(sql + " ORDER BY m.date, m.ROWID", ("%" + guid,))]

    def attachments(self, rowid: int) -> list[tuple[Any, ...]]:
        """Return filename, transfer name, type, MIME type, size and sticker flag of each attachment."""
        return self._all(
            "SELECT a.filename, a.transfer_name, a.uti, a.mime_type, a.total_bytes, a.is_sticker FROM attachment a"
            " JOIN message_attachment_join j ON j.attachment_id = a.ROWID WHERE j.message_id = ?",
            (rowid,),
        )

    def own_row(self, text: str, since: int, chat: int | None) -> tuple[int, str] | None:
        """Return id and guid of the newest own row with exactly this text, dated from ``since`` on."""
        found = self._all(
            "SELECT m.ROWID, m.guid FROM message m LEFT JOIN chat_message_join j ON j.message_id = m.ROWID"
            " WHERE m.is_from_me = 1 AND m.text = ? AND m.date >= ? AND (? IS NULL OR j.chat_id = ?)"
            " ORDER BY m.ROWID DESC LIMIT 1",
            (text, since, chat, chat),
        )
        return (int(found[0][0]), str(found[0][1])) if found else None

    def ghost_row(self, names: set[str], since: int) -> int | None:
        """Return an own row without text and chat, dated from ``since`` on, whose handle is one of ``names``."""
        found = self._all(
            "SELECT m.ROWID, h.id FROM message m JOIN handle h ON h.ROWID = m.handle_id"
            " LEFT JOIN chat_message_join j ON j.message_id = m.ROWID"
            " WHERE m.is_from_me = 1 AND coalesce(m.text, '') = '' AND j.chat_id IS NULL AND m.date >= ?",
            (since,),
        )
        return next((int(rowid) for rowid, name in found if name in names), None)


def _row(found: tuple[Any, ...]) -> Row:
    rowid, guid, text, body, date, from_me, handle, reference, kind, thread, caller, balloon, chat = found
    return Row(
        id=int(rowid),
        guid=guid or "",
        text=text,
        body=body,
        date=int(date or 0),
        from_me=bool(from_me),
        handle=handle,
        reference=reference,
        kind=int(kind or 0),
        thread=thread,
        caller=caller,
        balloon=balloon,
        chat=int(chat or 0),
    )
