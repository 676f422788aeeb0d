"""Conversations that people bound to a session of an outside agent. The only module that writes them.

A (bind) ──> bound          by a person; the same person binds it anew, nobody else does
B bound ──> bound           something was said there: its idle time begins again
C bound ──> gone            released, its session closed or lost, idle for too long, or too old
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from openclaw.domain.acp import AcpBinding
from openclaw.domain.ids import AccountId, AgentId, ChatKey, SessionKey
from openclaw.store import checkpoints
from openclaw.store.acp_schema import acp_binding as table
from openclaw.store.acp_schema import acp_session
from openclaw.store.clock import from_ms, to_ms

_SUBJECT, _RELEASED = "binding", "released"
_FIND = select(table).where(
    table.c.account == bindparam("of_account"), table.c.chat_key == bindparam("of_chat")
)

_LOST = select(table).where(table.c.session_key.not_in(select(acp_session.c.key)))


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a conversation stays bound: without a word, and in all; ``None`` for ever."""

    idle: timedelta | None = None
    most: timedelta | None = None


def find(
    tx: Connection, account: AccountId, chat: ChatKey, lifetime: Lifetime, now: datetime
) -> AcpBinding | None:
    """What the conversation is bound to; what is over its lifetime does not count, whether or not it is still there."""
    row = tx.execute(_FIND, {"of_account": account, "of_chat": chat}).one_or_none()
    found = _load(row) if row else None
    return found if found and not is_over(found, lifetime, now) else None


def is_over(binding: AcpBinding, lifetime: Lifetime, now: datetime) -> bool:
    """Whether a binding has outlived itself."""
    idle = lifetime.idle is not None and now - binding.active_at >= lifetime.idle
    return idle or (lifetime.most is not None and now - binding.bound_at >= lifetime.most)


def bind(tx: Connection, binding: AcpBinding) -> None:
    """Bind a conversation, in the place of what it was bound to (A). Who may, whoever calls has asked."""
    values = {
        "account": binding.account,
        "chat_key": binding.chat,
        "session_key": binding.session,
        "agent": binding.agent,
        "bound_by": binding.by,
        "bound_at": to_ms(binding.bound_at),
        "active_at": to_ms(binding.active_at),
    }
    statement = insert(table).values(values)
    tx.execute(
        statement.on_conflict_do_update(index_elements=[table.c.account, table.c.chat_key], set_=values)
    )


def touch(tx: Connection, account: AccountId, chat: ChatKey, now: datetime) -> None:
    """Something was said in the conversation (B)."""
    where = (table.c.account == account, table.c.chat_key == chat)
    tx.execute(update(table).where(*where).values(active_at=to_ms(now)))


def release(tx: Connection, account: AccountId, chat: ChatKey) -> bool:
    """Let the conversation go its ordinary way again (C); whether it was bound."""
    where = (table.c.account == account, table.c.chat_key == chat)
    return bool(tx.execute(delete(table).where(*where)).rowcount)


def release_session(tx: Connection, session: SessionKey) -> list[AcpBinding]:
    """Release every conversation that is bound to ``session`` (C), and return them."""
    released = of_session(tx, session)
    tx.execute(delete(table).where(table.c.session_key == session))
    return released


def of_session(tx: Connection, session: SessionKey) -> list[AcpBinding]:
    """The conversations that are bound to ``session``."""
    return [_load(row) for row in tx.execute(select(table).where(table.c.session_key == session))]


def every(tx: Connection) -> list[AcpBinding]:
    """All of them, the last used first."""
    return [_load(row) for row in tx.execute(select(table).order_by(table.c.active_at.desc()))]


def expire(tx: Connection, lifetime: Lifetime, now: datetime) -> list[AcpBinding]:
    """Release what is over its lifetime (C), and return it."""
    over = [
        column < to_ms(now - bound) + 1
        for column, bound in ((table.c.active_at, lifetime.idle), (table.c.bound_at, lifetime.most))
        if bound is not None
    ]
    gone = [_load(row) for row in tx.execute(select(table).where(or_(*over)))] if over else []
    for one in gone:
        said = lifetime.idle is not None and now - one.active_at >= lifetime.idle
        _give_up(
            tx, one, "nothing was said for too long" if said else "it was bound for as long as it may be", now
        )
    return gone


def release_lost(tx: Connection, now: datetime) -> list[AcpBinding]:
    """Release what is bound to a session that is not there (C), and return it."""
    lost = [_load(row) for row in tx.execute(_LOST)]
    for one in lost:
        _give_up(tx, one, "its session is gone", now)
    return lost


def _give_up(tx: Connection, one: AcpBinding, why: str, now: datetime) -> None:
    release(tx, one.account, one.chat)
    checkpoints.record(tx, _SUBJECT, [_mark(one.account, one.chat)], _RELEASED, now, f"{one.session}: {why}")


def expired(tx: Connection, account: AccountId, chat: ChatKey) -> checkpoints.Checkpoint | None:
    """When the conversation last outlived its binding, or lost it, of which session, and by which bound."""
    steps = checkpoints.story(tx, _SUBJECT, _mark(account, chat))
    return steps[-1] if steps else None


def _mark(account: AccountId, chat: ChatKey) -> int:
    """The number of a conversation in the trail, which keeps nobody's address."""
    return int.from_bytes(hashlib.sha256(f"{account}\n{chat}".encode()).digest()[:6])


def _load(row: Row[Any]) -> AcpBinding:
    return AcpBinding(
        AccountId(row.account),
        ChatKey(row.chat_key),
        SessionKey(row.session_key),
        AgentId(row.agent),
        row.bound_by,
        from_ms(row.bound_at),
        from_ms(row.active_at),
    )
