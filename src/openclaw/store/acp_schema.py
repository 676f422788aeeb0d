"""The tables of outside agents: their sessions, the conversations bound to them, and what they ask to be allowed."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text, literal_column

from openclaw.store.people_schema import metadata

acp_session = Table(
    "acp_session",
    metadata,
    Column("key", String, primary_key=True),
    Column("agent", String, nullable=False),
    Column("harness", String, nullable=False),
    Column("mode", String, nullable=False),
    Column("cwd", String, nullable=False),
    Column("label", String, nullable=False),
    # What a person set for it, as JSON.
    Column("options", Text, nullable=False),
    # The agent's own name for it, and of which generation of the session it is.
    Column("outside_id", String, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("last_error", Text, nullable=False),
    Column("created_at", Integer, nullable=False),
    Column("active_at", Integer, nullable=False),
)
Index("acp_session_active", acp_session.c.active_at)

acp_binding = Table(
    "acp_binding",
    metadata,
    Column("account", String, primary_key=True),
    Column("chat_key", String, primary_key=True),
    Column("session_key", String, nullable=False),
    Column("agent", String, nullable=False),
    # The handle of whoever bound it: nobody else binds it anew.
    Column("bound_by", String, nullable=False),
    Column("bound_at", Integer, nullable=False),
    Column("active_at", Integer, nullable=False),
)
Index("acp_binding_session", acp_binding.c.session_key)

permission = Table(
    "permission",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String, nullable=False),
    Column("account", String, nullable=False),
    Column("chat_key", String, nullable=False),
    Column("session_key", String, nullable=False),
    Column("agent", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("may_always", Integer, nullable=False),
    Column("asked_at", Integer, nullable=False),
    Column("expires_at", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("decided_by", String, nullable=False),
    # What whoever waits is told: beside the state, for allowed is once or for the rest of the session.
    Column("decision", String),
)
Index("permission_open", permission.c.code, sqlite_where=permission.c.state == literal_column("'open'"))
Index("permission_asked", permission.c.asked_at)
