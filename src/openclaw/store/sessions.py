"""Sessions and their transcripts. A reset begins a new generation; nothing said before reaches the agent again.

A summary is an entry that stands in the history for what was folded into it; that stays in the ledger.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, insert, or_, select, update

from openclaw.domain.ids import AgentId, SessionKey, TurnId
from openclaw.domain.sessions import SUMMARY, Session, TranscriptEntry
from openclaw.store import checkpoints
from openclaw.store.clock import from_ms, to_ms
from openclaw.store.schema import session as table
from openclaw.store.schema import transcript

# What one prompt can need at most; older entries stay in the ledger and are cut from prompts by the context limit.
_HISTORY_ENTRIES = 400


FIRST_GENERATION = 1
"""That of a session which nobody has reset."""

# Made once: making a statement takes several times as long as running it.
_FIND = select(table).where(table.c.key == bindparam("of_key"))
_TOUCH = update(table).where(table.c.key == bindparam("of_key")).values(last_interaction_at=bindparam("at"))
_OF_SESSION = (
    transcript.c.session_key == bindparam("session"),
    transcript.c.generation == bindparam("generation"),
)
_FOLDED_TO = select(func.max(transcript.c.folds_to)).where(*_OF_SESSION).scalar_subquery()
_UNFOLDED = and_(transcript.c.role != SUMMARY, transcript.c.id > func.coalesce(_FOLDED_TO, 0))
_SUMMARISING = and_(transcript.c.role == SUMMARY, transcript.c.folds_to == _FOLDED_TO)
_HISTORY = (
    select(transcript.c.role, transcript.c.text)
    .where(*_OF_SESSION, or_(_UNFOLDED, _SUMMARISING))
    .order_by(transcript.c.id.desc())
    .limit(_HISTORY_ENTRIES)
)
_OPEN_ENTRIES = select(transcript.c.id).where(*_OF_SESSION, _UNFOLDED).order_by(transcript.c.id.desc())
_SUMMARY = select(transcript).where(*_OF_SESSION, _SUMMARISING).order_by(transcript.c.id.desc()).limit(1)


def find(tx: Connection, key: SessionKey) -> Session | None:
    """The session ``key``, or ``None`` when nobody has spoken in it."""
    row = tx.execute(_FIND, {"of_key": key}).one_or_none()
    return _load(row) if row else None


def start(tx: Connection, key: SessionKey, agent: AgentId, now: datetime) -> Session:
    """A new session, which is also its first interaction."""
    at = to_ms(now)
    tx.execute(
        insert(table).values(
            key=key, agent=agent, generation=FIRST_GENERATION, started_at=at, last_interaction_at=at
        )
    )
    return Session(key, agent, FIRST_GENERATION, from_ms(at), from_ms(at))


def reset(tx: Connection, session: Session, now: datetime, reason: str) -> Session:
    """The same session, begun anew: its transcript no longer counts."""
    at = to_ms(now)
    generation = session.generation + 1
    tx.execute(
        update(table)
        .where(table.c.key == session.key)
        .values(generation=generation, started_at=at, last_interaction_at=at)
    )
    checkpoints.record(tx, "session", [generation], "reset", now, f"{session.key}: {reason}")
    return Session(session.key, session.agent, generation, from_ms(at), from_ms(at))


def touch(tx: Connection, key: SessionKey, now: datetime) -> None:
    """Note that a person spoke in the session: what its freshness is judged by."""
    tx.execute(_TOUCH, {"of_key": key, "at": to_ms(now)})


def add(
    tx: Connection,
    session: Session,
    turn: TurnId,
    entries: tuple[TranscriptEntry, ...],
    folds_to: int | None = None,
) -> None:
    """Append what was said in a turn; ``folds_to`` is the last entry that a summary stands for."""
    rows = [
        {
            "session_key": session.key,
            "generation": session.generation,
            "turn_id": turn,
            "role": entry.role,
            "text": entry.text,
            "folds_to": folds_to,
        }
        for entry in entries
    ]
    if rows:
        tx.execute(insert(transcript), rows)


def history(tx: Connection, session: Session) -> tuple[TranscriptEntry, ...]:
    """What was said since the last reset, oldest first; a summary stands before what it does not stand for."""
    entries = [
        TranscriptEntry(row.role, row.text) for row in reversed(tx.execute(_HISTORY, _named(session)).all())
    ]
    summaries = [entry for entry in entries if entry.role == SUMMARY]
    return (*summaries[-1:], *(entry for entry in entries if entry.role != SUMMARY))


def transcript_of(tx: Connection, session: Session) -> list[TranscriptEntry]:
    """Everything that was said since the last reset, oldest first, folded or not, with the summaries made meanwhile."""
    query = select(transcript).where(*_OF_SESSION).order_by(transcript.c.id)
    return [TranscriptEntry(row.role, row.text) for row in tx.execute(query, _named(session))]


def fold(tx: Connection, session: Session, turn: TurnId, summary: str, keep: int) -> int:
    """Let ``summary`` stand for all but the newest ``keep`` entries; how many it stands for that had none before."""
    entries = list(tx.scalars(_OPEN_ENTRIES, _named(session)))
    folded = entries[keep:]
    if folded:
        add(tx, session, turn, (TranscriptEntry(SUMMARY, summary),), folds_to=folded[0])
    return len(folded)


def carry_summary(tx: Connection, old: Session, new: Session) -> bool:
    """Let the summary of ``old``, if it has one, begin its next generation ``new``; whether it had one."""
    row = tx.execute(_SUMMARY, _named(old)).one_or_none()
    if row is not None:
        add(tx, new, TurnId(row.turn_id), (TranscriptEntry(SUMMARY, row.text),), folds_to=0)
    return row is not None


def every(
    tx: Connection, limit: int = 1000, *, agent: AgentId | None = None, since: datetime | None = None
) -> list[Session]:
    """The sessions, the most recently used first; those of one ``agent``, or used ``since`` then, when given."""
    query = select(table).order_by(table.c.last_interaction_at.desc()).limit(limit)
    if agent is not None:
        query = query.where(table.c.agent == agent)
    if since is not None:
        query = query.where(table.c.last_interaction_at >= to_ms(since))
    return [_load(row) for row in tx.execute(query)]


def remembered(tx: Connection, keys: Collection[SessionKey]) -> dict[str, int]:
    """How many entries the transcript of each of ``keys`` has since its last reset; those with none are left out."""
    query = (
        select(table.c.key, func.count().label("number"))
        .join(
            transcript,
            (transcript.c.session_key == table.c.key) & (transcript.c.generation == table.c.generation),
        )
        .where(table.c.key.in_(keys))
        .group_by(table.c.key)
    )
    return {row.key: row.number for row in tx.execute(query)}


def count(tx: Connection) -> int:
    """How many sessions there are."""
    return tx.scalar(select(func.count()).select_from(table)) or 0


def _named(session: Session) -> dict[str, object]:
    return {"session": session.key, "generation": session.generation}


def _load(row: Row[Any]) -> Session:
    return Session(
        SessionKey(row.key),
        AgentId(row.agent),
        row.generation,
        from_ms(row.started_at),
        from_ms(row.last_interaction_at),
    )
