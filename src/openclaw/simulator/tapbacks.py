"""Tapbacks as Messages writes them: a row of its own that names the message it belongs to.

Owns that row. Everybody who reacts comes here: people on the other side, and the account itself by the helper.
"""

from __future__ import annotations

import sqlite3

from openclaw.simulator import rows, typedstream

KINDS = {"love": 2000, "like": 2001, "dislike": 2002, "laugh": 2003, "emphasis": 2004, "question": 2005}
_EMOJI, _REMOVAL = 2006, 1000


class NoSuchMessage(ValueError):
    """A message was named that no chat holds."""


def write(
    connection: sqlite3.Connection, guid: str, kind: str, *, sender: str | None, remove: bool
) -> tuple[tuple[int, str], int]:
    """Write the reaction of ``sender``, or of the account for None, to the message ``guid``.

    ``kind`` is a word of KINDS or any emoji. Returns the row with its guid, and the chat. Raises NoSuchMessage.
    """
    found = connection.execute(
        "SELECT j.chat_id, m.text, m.attributedBody, m.service FROM message m"
        " JOIN chat_message_join j ON j.message_id = m.ROWID WHERE m.guid = ?",
        (guid,),
    ).fetchone()
    if found is None:
        raise NoSuchMessage(f"no chat holds a message with the guid {guid!r}")
    chat, text, body, service = found
    original = text or typedstream.decode(body or b"") or ""
    verb = kind.capitalize() if kind in KINDS else f"Reacted {kind} to"
    row = rows.Row(
        text=f"{verb} “{original}”",
        handle=rows.peer(connection, chat) if sender is None else rows.handle(connection, sender, service),
        chat=chat,
        service=service,
        from_me=sender is None,
        tapback=(KINDS.get(kind, _EMOJI) + (_REMOVAL if remove else 0), f"p:0/{guid}"),
    )
    return rows.message(connection, row), chat
