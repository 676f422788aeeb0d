"""What people set for their sessions by chat commands. A setting outlives the session's resets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from openclaw.domain.ids import SessionKey
from openclaw.domain.sessions import SessionSettings
from openclaw.store.schema import session_setting as table

NONE = SessionSettings()
"""A session for which nobody set anything."""
_NUMBERS = frozenset(field.name for field in fields(SessionSettings) if getattr(NONE, field.name) is None)
_OF_ALL = select(table.c.session_key, table.c.value).where(table.c.name == bindparam("of_name"))
_FIND = select(table.c.name, table.c.value).where(table.c.session_key == bindparam("of_key"))


def load(tx: Connection, key: SessionKey) -> SessionSettings:
    """What is set for the session ``key``; nothing for one that nobody set anything for."""
    return _settings((row.name, row.value) for row in tx.execute(_FIND, {"of_key": key}))


def models(tx: Connection, keys: Collection[SessionKey]) -> dict[SessionKey, str]:
    """The model that is set for each of ``keys``; those that leave it to their agent are left out."""
    query = select(table.c.session_key, table.c.value).where(
        table.c.session_key.in_(keys), table.c.name == "model"
    )
    return {SessionKey(row.session_key): row.value for row in tx.execute(query)}


def change(tx: Connection, key: SessionKey, **values: str | int | None) -> SessionSettings:
    """Set what ``values`` name, by the names of :class:`SessionSettings`; "" and ``None`` take a setting back."""
    if unknown := values.keys() - {field.name for field in fields(SessionSettings)}:
        raise ValueError(f"a session has no settings {sorted(unknown)}")
    where = (table.c.session_key == key, table.c.name.in_(list(values)))
    tx.execute(delete(table).where(*where))
    kept = {name: value for name, value in values.items() if value not in ("", None)}
    rows = [{"session_key": key, "name": name, "value": str(value)} for name, value in kept.items()]
    if rows:
        tx.execute(insert(table), rows)
    return load(tx, key)


def of_all(tx: Connection, name: str) -> dict[SessionKey, str]:
    """One setting, of every session that has it."""
    return {SessionKey(row.session_key): row.value for row in tx.execute(_OF_ALL, {"of_name": name})}


def _settings(rows: Iterable[tuple[str, str]]) -> SessionSettings:
    found: Mapping[str, Any] = {
        name: int(value) if name in _NUMBERS else value for name, value in rows if hasattr(NONE, name)
    }
    return SessionSettings(**found)
