"""A conversation as a person sees it on the phone: bubbles, oldest first.

Owns reading them back, with what Messages has written by now. It must not know how they came about.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from openclaw.simulator import later, rows, schema, typedstream


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message of a thread as a person sees it. ``at`` is Unix time; ``sender`` is "" on own messages."""

    row_id: int
    guid: str
    chat_id: int
    from_me: bool
    sender: str
    text: str
    at: float
    service: str
    attachments: tuple[str, ...]


def read_thread(path: Path | str, chat: int | str, since: int = 0) -> list[Bubble]:
    """Return the bubbles after row id ``since``, oldest first; tapbacks are left out.

    ``chat`` is a chat id, a contact's handle (all direct chats with it) or the name of a group; one that does not
    exist has no bubbles. Raises NotSimulated when there is no database.
    """
    schema.require(path)
    later.settle(str(path))
    with closing(schema.open_reading(path)) as connection:
        found = connection.execute(
            "SELECT m.ROWID, m.guid, c.ROWID, m.is_from_me, h.id, m.text, m.attributedBody, m.date, m.service"
            " FROM message m JOIN chat_message_join j ON j.message_id = m.ROWID JOIN chat c ON c.ROWID = j.chat_id"
            " LEFT JOIN handle h ON h.ROWID = m.handle_id"
            " WHERE (c.ROWID = ? OR ? IN (c.chat_identifier, c.display_name, c.guid)) AND m.ROWID > ?"
            " AND m.associated_message_type = 0 ORDER BY m.ROWID",
            (chat if isinstance(chat, int) else None, chat if isinstance(chat, str) else None, since),
        ).fetchall()
        return [_bubble(connection, *row) for row in found]


def _bubble(connection: sqlite3.Connection, *row: object) -> Bubble:
    rowid, guid, chat, from_me, sender, text, body, date, service = row
    names = connection.execute(
        "SELECT a.filename FROM attachment a JOIN message_attachment_join j ON j.attachment_id = a.ROWID"
        " WHERE j.message_id = ? ORDER BY a.ROWID",
        (rowid,),
    ).fetchall()
    shown = text or (typedstream.decode(body) if isinstance(body, bytes) else None) or ""
    return Bubble(
        row_id=int(str(rowid)),
        guid=str(guid),
        chat_id=int(str(chat)),
        from_me=bool(from_me),
        sender="" if from_me else str(sender or ""),
        text=str(shown),
        at=int(str(date)) / 1e9 + rows.APPLE_EPOCH_S,
        service=str(service),
        attachments=tuple(str(name) for (name,) in names),
    )
