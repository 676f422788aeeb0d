"""Sessions of outside agents: what they are, what was set for them, and their agents' own names for them.

A (begin) ──> idle        made by a person or on first use
B idle, error ──> running a turn is under way
C running ──> idle        it ended well
D running ──> error       it did not; ``last_error`` says why, for the operator
E any ──> gone            closed, or made anew with other values
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Row, bindparam, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from openclaw.domain.acp import AcpMode, AcpOptions, AcpSession, AcpState
from openclaw.domain.ids import AgentId, SessionKey
from openclaw.store.acp_schema import acp_session as table
from openclaw.store.clock import from_ms, to_ms

_FIND = select(table).where(table.c.key == bindparam("of_key"))


def begin(tx: Connection, session: AcpSession, now: datetime) -> AcpSession:
    """Keep ``session``, in the place of one of the same key (A)."""
    made = replace(session, created_at=session.created_at or now, active_at=now)
    values = _values(made)
    statement = insert(table).values(values)
    tx.execute(statement.on_conflict_do_update(index_elements=[table.c.key], set_=values))
    return made


def find(tx: Connection, key: SessionKey) -> AcpSession | None:
    """The session ``key``, if an outside agent has one of that name."""
    row = tx.execute(_FIND, {"of_key": key}).one_or_none()
    return _load(row) if row else None


def named(tx: Connection, token: str) -> list[AcpSession]:
    """The sessions that ``token`` means: by key, else by the agent's own name, else by label."""
    for column in (table.c.key, table.c.outside_id, table.c.label):
        said = token.lower() if column is not table.c.outside_id else token
        wanted = func.lower(column) if column is not table.c.outside_id else column
        found = (
            [_load(row) for row in tx.execute(select(table).where(wanted == said).limit(2))] if token else []
        )
        if found:
            return found
    return []


def newest(tx: Connection, limit: int = 20) -> list[AcpSession]:
    """The sessions, the last used first."""
    query = select(table).order_by(table.c.active_at.desc(), table.c.key).limit(limit)
    return [_load(row) for row in tx.execute(query)]


def count(tx: Connection) -> int:
    """How many there are."""
    return tx.scalar(select(func.count()).select_from(table)) or 0


def set_options(tx: Connection, key: SessionKey, options: AcpOptions) -> None:
    """What a person set for the session is ``options`` from now on."""
    _change(tx, key, options=_packed(options))


def set_cwd(tx: Connection, key: SessionKey, cwd: str) -> None:
    """Let it work in another folder; the agent's own session, which belongs to the old one, is forgotten."""
    _change(tx, key, cwd=cwd, outside_id="")


def named_outside(tx: Connection, key: SessionKey, outside_id: str, generation: int, now: datetime) -> None:
    """Keep the agent's own name for the session; "" forgets it."""
    _change(tx, key, outside_id=outside_id, generation=generation, active_at=to_ms(now))


def settle(tx: Connection, key: SessionKey, state: AcpState, error: str, now: datetime) -> None:
    """Note how it is doing (B, C, D)."""
    _change(tx, key, state=state, last_error=error, active_at=to_ms(now))


def recover(tx: Connection) -> None:
    """Nothing runs any more: the gateway has just been started."""
    tx.execute(update(table).where(table.c.state == AcpState.RUNNING).values(state=AcpState.IDLE))


def remove(tx: Connection, keys: Collection[SessionKey]) -> None:
    """Forget these sessions (E)."""
    tx.execute(delete(table).where(table.c.key.in_(list(keys))))


def _change(tx: Connection, key: SessionKey, **values: object) -> None:
    tx.execute(update(table).where(table.c.key == key).values(**values))


def _packed(options: AcpOptions) -> str:
    return json.dumps({name: value for name, value in asdict(options).items() if value not in ("", None, {})})


def _values(session: AcpSession) -> dict[str, object]:
    return {
        "key": session.key,
        "agent": session.agent,
        "harness": session.harness,
        "mode": session.mode,
        "cwd": session.cwd,
        "label": session.label,
        "options": _packed(session.options),
        "outside_id": session.outside_id,
        "generation": session.generation,
        "state": session.state,
        "last_error": session.last_error,
        "created_at": to_ms(session.created_at) if session.created_at else 0,
        "active_at": to_ms(session.active_at) if session.active_at else 0,
    }


def _load(row: Row[Any]) -> AcpSession:
    return AcpSession(
        key=SessionKey(row.key),
        agent=AgentId(row.agent),
        harness=row.harness,
        mode=cast("AcpMode", row.mode),
        cwd=row.cwd,
        label=row.label,
        options=AcpOptions(**json.loads(row.options)),
        outside_id=row.outside_id,
        generation=row.generation,
        state=AcpState(row.state),
        last_error=row.last_error,
        created_at=from_ms(row.created_at),
        active_at=from_ms(row.active_at),
    )
