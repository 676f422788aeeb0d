"""What stands written: on the phone, which is the truth of what people saw, and in the gateway's ledger.

Owns the reading of both databases, beside the programs that write them. Judges nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from openclaw.simulator import typedstream

LEDGER = "openclaw.sqlite"
_LOCK_WAIT_S = 20.0
_MESSAGES = "SELECT id, identity, row_id, state, COALESCE(reason, ''), turn_id FROM message ORDER BY id"
_DELIVERIES = (
    "SELECT id, cause, cause_id, position, chat_row_id, text, state, COALESCE(reason, ''), COALESCE(guid, ''), row_id"
    " FROM delivery ORDER BY id"
)
_TURNS = "SELECT id, state, COALESCE(error, ''), attempts FROM turn ORDER BY id"


@dataclass(frozen=True, slots=True)
class Row:
    """A message on the phone; ``chat`` is ``None`` while it has not been joined to one."""

    id: int
    guid: str
    from_me: bool
    text: str
    chat: int | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A message in the ledger."""

    id: int
    identity: str
    row: int
    state: str
    reason: str
    turn: int | None


@dataclass(frozen=True, slots=True)
class Bubble:
    """A delivery in the ledger."""

    id: int
    cause: str
    cause_id: int
    position: int
    chat: int | None
    text: str
    state: str
    reason: str
    guid: str
    row: int | None


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn in the ledger."""

    id: int
    state: str
    error: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Books:
    """Both, as they stood at about one moment."""

    rows: tuple[Row, ...]
    kept: tuple[Kept, ...]
    bubbles: tuple[Bubble, ...]
    turns: tuple[Turn, ...]


def read_books(database: Path, state: Path) -> Books:
    """Everything that is written now. Takes a while for long soaks: call it in a thread."""
    with closing(_open(state / LEDGER)) as ledger:
        kept = tuple(Kept(*row) for row in ledger.execute(_MESSAGES))
        bubbles = tuple(Bubble(*row) for row in ledger.execute(_DELIVERIES))
        turns = tuple(Turn(*row) for row in ledger.execute(_TURNS))
    return Books(read_rows(database), kept, bubbles, turns)


def read_rows(database: Path, since: int = 0) -> tuple[Row, ...]:
    """The phone's messages after row ``since``, in the order of their rows."""
    with closing(_open(database)) as mac:
        found = mac.execute(
            "SELECT m.ROWID, m.guid, m.is_from_me, m.text, m.attributedBody, j.chat_id FROM message m"
            " LEFT JOIN chat_message_join j ON j.message_id = m.ROWID WHERE m.ROWID > ? ORDER BY m.ROWID",
            (since,),
        ).fetchall()
    return tuple(
        Row(row, guid, bool(mine), text or typedstream.decode(body or b"") or "", chat)
        for row, guid, mine, text, body, chat in found
    )


def story(state: Path, subject: str, number: int) -> list[str]:
    """The checkpoints of one message, turn or delivery, oldest first."""
    with closing(_open(state / LEDGER)) as ledger:
        found: Iterable[tuple[str, str | None, int]] = ledger.execute(
            "SELECT step, reason, at FROM checkpoint WHERE subject = ? AND subject_id = ? ORDER BY id",
            (subject, number),
        )
        return [f"{at / 1000:.3f} {step}{f' ({reason})' if reason else ''}" for step, reason, at in found]


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=_LOCK_WAIT_S)
