"""Sessions and their transcripts. A reset begins a new generation; nothing said before reaches the agent again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from openclaw.domain.ids import AgentId, SessionKey, TurnId
from openclaw.domain.sessions import Session, TranscriptEntry
from openclaw.store import checkpoints
from openclaw.store.clock import from_ms, to_ms
from openclaw.store.schema import session as table
from openclaw.store.schema import transcript

# What one prompt can need at most; older entries stay in the ledger and are cut from prompts by the context limit.
_HISTORY_ENTRIES = 400


# Made once: making a statement takes several times as long as running it.
_FIND = select(table).where(table.c.key == bindparam("of_key"))
_TOUCH = update(table).where(table.c.key == bindparam("of_key")).values(last_interaction_at=bindparam("at"))
_HISTORY = (
    select(transcript.c.role, transcript.c.text)
    .where(
        transcript.c.session_key == bindparam("session"), transcript.c.generation == bindparam("generation")
    )
    .order_by(transcript.c.id.desc())
    .limit(_HISTORY_ENTRIES)
)


def find(tx: Connection, key: SessionKey) -> Session | None:
    """The session ``key``, or ``None`` when nobody has spoken in it."""
    row = tx.execute(_FIND, {"of_key": key}).one_or_none()
    return _load(row) if row else None


def start(tx: Connection, key: SessionKey, agent: AgentId, now: datetime) -> Session:
    """A new session, which is also its first interaction."""
    at = to_ms(now)
    tx.execute(
        insert(table).values(key=key, agent=agent, generation=1, started_at=at, last_interaction_at=at)
    )
    return Session(key, agent, 1, from_ms(at), from_ms(at))


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


def add(tx: Connection, session: Session, turn: TurnId, entries: tuple[TranscriptEntry, ...]) -> None:
    """Append what was said in a turn."""
    rows = [
        {
            "session_key": session.key,
            "generation": session.generation,
            "turn_id": turn,
            "role": entry.role,
            "text": entry.text,
        }
        for entry in entries
    ]
    if rows:
        tx.execute(insert(transcript), rows)


def history(tx: Connection, session: Session) -> tuple[TranscriptEntry, ...]:
    """What was said since the last reset, oldest first."""
    rows = tx.execute(_HISTORY, {"session": session.key, "generation": session.generation}).all()
    return tuple(TranscriptEntry(row.role, row.text) for row in reversed(rows))


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


def _load(row: Row[Any]) -> Session:
    return Session(
        SessionKey(row.key),
        AgentId(row.agent),
        row.generation,
        from_ms(row.started_at),
        from_ms(row.last_interaction_at),
    )
