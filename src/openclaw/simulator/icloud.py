"""What iCloud does to rows that are there: gives them new numbers, shows own words as the other side's.

Owns these two; old rows under new numbers are a `phone.backlog` of long ago, rows in parts are `phone.Manner`.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from openclaw.simulator import later, rows, schema
from openclaw.simulator.phone import Said

_REFERENCES = (
    "UPDATE chat_message_join SET message_id = ? WHERE message_id = ?",
    "UPDATE message_attachment_join SET message_id = ? WHERE message_id = ?",
)


def renumber(path: Path | str, said: Said) -> Said:
    """Take a row away and put it back: the same guid and date under a new row id, as after a sync."""
    with closing(schema.open_writing(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            new = _next(connection)
            connection.execute("UPDATE message SET ROWID = ? WHERE ROWID = ?", (new, said.row_id))
            connection.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'message'", (new,))
            for sql in _REFERENCES:
                connection.execute(sql, (new, said.row_id))
    return Said(new, said.guid, said.chat_id, said.chat_guid)


def reflect(path: Path | str, said: Said, *, reply: bool = False, after: float = 0.0) -> None:
    """Let the other side of a chat seem to say the own words ``said`` again ``after`` seconds, in a row of its own.

    With ``reply`` that row claims to answer the own one.
    """
    with closing(schema.open_writing(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            text, service = connection.execute(
                "SELECT text, service FROM message WHERE ROWID = ?", (said.row_id,)
            ).fetchone()
            peer = rows.somebody(connection, said.chat_id)
            reference = (0, f"p:0/{said.guid}") if reply else None
            row = rows.Row(text or "", peer, said.chat_id, service, from_me=False, tapback=reference)
            later.plan(connection, after * 1000, {"do": "row", "row": row})
    later.settle(str(path))


def _next(connection: sqlite3.Connection) -> int:
    sql = "SELECT seq + 1 FROM sqlite_sequence WHERE name = 'message'"
    return int(connection.execute(sql).fetchone()[0])
