"""What Messages will have written in a moment: a row that comes in parts, or only after a while.

Owns a table of changes that are due later, kept in the database itself. Whoever looks at the database next does what
is due, so a row comes although the program that asked for it is gone.
"""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from typing import Any, NamedTuple

from openclaw.simulator import rows, schema, typedstream

_TABLE = "CREATE TABLE IF NOT EXISTS simulator_later (due INTEGER, change TEXT)"


class Lateness(NamedTuple):
    """By how many milliseconds each part of a row comes after the row; 0 is with it."""

    join: float = 0
    text: float = 0
    direction: float = 0


def write(connection: sqlite3.Connection, row: rows.Row, late: Lateness) -> tuple[int, str]:
    """Write ``row`` as far as it is there at once, plan the rest, and return its row id and guid."""
    first = row
    if late.join:
        first = first._replace(chat=None)
    if late.text:
        first = first._replace(text="", files=(), body_only=False)
    if late.direction:
        first = first._replace(from_me=not row.from_me)
    rowid, guid = rows.message(connection, first)
    if late.join:
        plan(connection, late.join, {"do": "join", "message": rowid, "chat": row.chat})
    if late.text:
        plan(connection, late.text, {"do": "text", "message": rowid, "row": row})
    if late.direction:
        plan(connection, late.direction, {"do": "direction", "message": rowid, "from_me": row.from_me})
    return rowid, guid


def plan(connection: sqlite3.Connection, delay_ms: float, change: dict[str, Any]) -> None:
    """Note a change that is due in ``delay_ms``; `{"do": "row", "row": …}` is a whole row."""
    connection.execute(_TABLE)
    due = time.time_ns() + int(delay_ms * 1e6)
    connection.execute("INSERT INTO simulator_later VALUES (?, ?)", (due, json.dumps(change)))


def settle(path: str) -> None:
    """Do what is due by now. Raises NotSimulated for a database that the simulator did not make."""
    with closing(schema.open_writing(path)) as connection:
        if not _is_due(connection):
            return
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            settle_within(connection)


def settle_within(connection: sqlite3.Connection) -> None:
    """Do what is due by now, in the transaction that is open."""
    if not _is_due(connection):
        return
    now = (time.time_ns(),)
    sql = "SELECT change FROM simulator_later WHERE due <= ? ORDER BY due, ROWID"
    for (change,) in connection.execute(sql, now).fetchall():
        _do(connection, json.loads(change))
    connection.execute("DELETE FROM simulator_later WHERE due <= ?", now)


def _is_due(connection: sqlite3.Connection) -> bool:
    due = next_due(connection)
    return due is not None and due <= time.time_ns()


def next_due(connection: sqlite3.Connection) -> int | None:
    """Return when the next change is due, in nanoseconds of Unix time, or None."""
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'simulator_later'").fetchone()
    found = connection.execute("SELECT min(due) FROM simulator_later").fetchone() if known else None
    return int(found[0]) if found and found[0] is not None else None


def _do(connection: sqlite3.Connection, change: dict[str, Any]) -> None:
    rowid = change.get("message")
    match change["do"]:
        case "join":
            sql = "INSERT OR IGNORE INTO chat_message_join SELECT ?, ROWID, date FROM message WHERE ROWID = ?"
            connection.execute(sql, (change["chat"], rowid))
        case "direction":
            sql = "UPDATE message SET is_from_me = ?, is_sent = ? WHERE ROWID = ?"
            connection.execute(sql, (change["from_me"], change["from_me"], rowid))
        case "text":
            row = rows.Row(*change["row"])
            text, body = None if row.body_only else row.text, typedstream.encode(row.text)
            sql = "UPDATE message SET text = ?, attributedBody = ?, is_empty = 0 WHERE ROWID = ?"
            connection.execute(sql, (text, body, rowid))
            for path in row.files:
                rows.attach(connection, int(str(rowid)), path, row.from_me)
        case _:
            rows.message(connection, rows.Row(*change["row"]))
