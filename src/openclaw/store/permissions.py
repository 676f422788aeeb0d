"""What outside agents ask to be allowed. The only module that writes these rows.

A (ask) ──> open         a turn waits for the answer
B open ──> allowed       a person said so, once or for the rest of the session
C open ──> denied        a person said so
D open ──> expired       nobody answered in time: denied
E open ──> cancelled     the turn ended meanwhile, or the gateway was started anew
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, literal_column, select, update

from openclaw.domain.acp import Decision, PermissionQuestion, PermissionRequest, PermissionState, ToolKind
from openclaw.domain.ids import AccountId, AgentId, ChatKey, SessionKey
from openclaw.store.acp_schema import permission as table
from openclaw.store.clock import from_ms, to_ms

_IS_OPEN = table.c.state == literal_column("'open'")


def ask(
    tx: Connection,
    question: PermissionQuestion,
    code: str,
    place: tuple[AccountId, ChatKey],
    asked_at: datetime,
    expires_at: datetime,
) -> PermissionRequest:
    """Keep a question that is open until ``expires_at`` (A). ``place`` is the conversation whose turn waits for it."""
    values = {
        "code": code,
        "account": place[0],
        "chat_key": place[1],
        "session_key": question.session,
        "agent": question.agent,
        "kind": question.kind,
        "title": question.title,
        "target": question.target,
        "may_always": int(question.may_always),
        "asked_at": to_ms(asked_at),
        "expires_at": to_ms(expires_at),
        "state": PermissionState.OPEN,
        "decided_by": "",
    }
    number = tx.execute(insert(table).values(values)).inserted_primary_key
    assert number is not None  # noqa: S101 - an insert of one row has a key
    return PermissionRequest(number[0], code, question, *place, asked_at, expires_at)


def open_requests(tx: Connection, now: datetime) -> list[PermissionRequest]:
    """What waits for an answer, the oldest first; what is over its time waits no more, whatever its row says."""
    query = select(table).where(_IS_OPEN, table.c.expires_at > to_ms(now)).order_by(table.c.id)
    return [_load(row) for row in tx.execute(query)]


def find_open(tx: Connection, code: str, now: datetime) -> PermissionRequest | None:
    """The open request with this code, in any case."""
    which = (_IS_OPEN, table.c.code == code.strip().upper(), table.c.expires_at > to_ms(now))
    row = tx.execute(select(table).where(*which)).first()
    return _load(row) if row else None


def find(tx: Connection, number: int) -> PermissionRequest | None:
    """The request with that number, open or not."""
    row = tx.execute(select(table).where(table.c.id == number)).one_or_none()
    return _load(row) if row else None


def is_known_code(tx: Connection, code: str) -> bool:
    """Whether a request with this code was ever made."""
    query = select(table.c.id).where(table.c.code == code.strip().upper()).limit(1)
    return tx.execute(query).first() is not None


def decide(tx: Connection, number: int, decision: Decision, by: str) -> bool:
    """Close an open request with the answer of ``by`` (B, C); whether it was open: the first answer counts."""
    state = PermissionState.DENIED if decision is Decision.DENY else PermissionState.ALLOWED
    return _close(tx, number, state=state, decided_by=by, decision=decision)


def end(tx: Connection, number: int, state: PermissionState) -> bool:
    """Close an open request that nobody answered, as ``EXPIRED`` or ``CANCELLED`` (D, E); whether it was open."""
    return _close(tx, number, state=state)


def recover(tx: Connection) -> None:
    """Nobody waits for an answer any more: the gateway has just been started (E)."""
    tx.execute(update(table).where(_IS_OPEN).values(state=PermissionState.CANCELLED))


def recent(tx: Connection, limit: int = 100) -> list[PermissionRequest]:
    """The newest requests, open or not."""
    return [_load(row) for row in tx.execute(select(table).order_by(table.c.id.desc()).limit(limit))]


def open_codes(tx: Connection) -> Collection[str]:
    """The codes that are taken."""
    return set(tx.scalars(select(table.c.code).where(_IS_OPEN)))


def _close(tx: Connection, number: int, **values: str) -> bool:
    return bool(tx.execute(update(table).where(table.c.id == number, _IS_OPEN).values(values)).rowcount)


def _load(row: Row[Any]) -> PermissionRequest:
    question = PermissionQuestion(
        SessionKey(row.session_key),
        AgentId(row.agent),
        ToolKind(row.kind),
        row.title,
        row.target,
        bool(row.may_always),
    )
    return PermissionRequest(
        row.id,
        row.code,
        question,
        AccountId(row.account),
        ChatKey(row.chat_key),
        from_ms(row.asked_at),
        from_ms(row.expires_at),
        PermissionState(row.state),
        row.decided_by,
        Decision(row.decision) if row.decision else None,
    )
