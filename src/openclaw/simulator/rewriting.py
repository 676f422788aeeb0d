"""Own messages that are edited or taken back, as Messages does it: the same row, with other words or none.

Owns that change and how long Apple lets it be made. No watch tells of it.
"""

from __future__ import annotations

import sqlite3

from openclaw.simulator import rows, typedstream

EDIT_NS, UNSEND_NS = 15 * 60 * 10**9, 2 * 60 * 10**9
"""For how long after its sending a message can be edited, and taken back."""


class Refused(ValueError):
    """The message is not there, is not our own, or is too old."""


def find(connection: sqlite3.Connection, chat: int, guid: str) -> tuple[int, bool, int, bool] | None:
    """Return the row of a message of ``chat`` with whether it is own, its date, and whether it was taken back."""
    found = connection.execute(
        "SELECT m.ROWID, m.is_from_me, m.date, coalesce(m.date_retracted, 0) FROM message m"
        " JOIN chat_message_join j ON j.message_id = m.ROWID WHERE j.chat_id = ? AND m.guid = ?",
        (chat, guid),
    ).fetchone()
    return None if found is None else (int(found[0]), bool(found[1]), int(found[2]), bool(found[3]))


def write(connection: sqlite3.Connection, chat: int, guid: str, text: str | None) -> None:
    """Give the message ``guid`` other words, or take it back for None. Raises Refused."""
    found = find(connection, chat, guid)
    if found is None or found[3]:
        raise Refused("Message not found")
    row, is_own, date, _ = found
    now = rows.now()
    if not is_own:
        raise Refused("only own messages can be changed")
    if now - date > (UNSEND_NS if text is None else EDIT_NS):
        raise Refused("the message is too old to be changed")
    body = None if text is None else typedstream.encode(text)
    connection.execute(
        "UPDATE message SET text = ?, attributedBody = ?, date_edited = ?, date_retracted = ? WHERE ROWID = ?",
        (text, body, now, now if text is None else 0, row),
    )
