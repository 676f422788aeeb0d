"""Bringing a database to the schema of this release.

The version is SQLite's ``user_version``, so that looking at it costs nothing. Steps are appended to ``STEPS`` and never
changed; a new database is made from the schema directly, and a test opens the oldest schema and compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from sqlalchemy import Connection

from openclaw.errors import StoreNewer, StoreUnreadable
from openclaw.store import schema
from openclaw.store.migrations import group_names

# "oclw": marks the file as ours, so that another program's database is never taken for an old ledger.
APPLICATION_ID = 0x6F636C77


def _identity_and_brakes(connection: Connection) -> None:
    """Version 2: which database an account reads, what tripped a pause, and when each bubble was last begun."""
    for statement in (
        "ALTER TABLE account ADD COLUMN old_until INTEGER",
        "ALTER TABLE account ADD COLUMN proven INTEGER",
        "ALTER TABLE account ADD COLUMN epoch INTEGER DEFAULT '1' NOT NULL",
        "ALTER TABLE account ADD COLUMN unproven_since INTEGER",
        "ALTER TABLE pause ADD COLUMN reason VARCHAR DEFAULT '' NOT NULL",
        "ALTER TABLE delivery ADD COLUMN began_at INTEGER",
        "ALTER TABLE delivery ADD COLUMN attempts INTEGER DEFAULT '0' NOT NULL",
        "CREATE TABLE resumed (account VARCHAR NOT NULL, chat_key VARCHAR NOT NULL, at INTEGER NOT NULL,"
        " PRIMARY KEY (account, chat_key))",
        "CREATE INDEX delivery_began ON delivery (account, began_at) WHERE began_at IS NOT NULL",
        "CREATE INDEX turn_chat ON turn (account, chat_key, started_at)",
    ):
        connection.exec_driver_sql(statement)


def _settings_of_sessions(connection: Connection) -> None:
    """Version 3: what people set for their sessions, what senders may command, summaries of what was said, the wait for
    a sender's silence, what was said beside an agent, quotes, notices, what was taken over from the original, and files
    that leave.
    """
    for statement in (
        "CREATE TABLE session_setting (session_key VARCHAR NOT NULL, name VARCHAR NOT NULL, value VARCHAR NOT NULL,"
        " PRIMARY KEY (session_key, name))",
        "ALTER TABLE message ADD COLUMN quiet_until INTEGER",
        "CREATE TABLE attachment (id INTEGER NOT NULL, message_id INTEGER NOT NULL, account VARCHAR NOT NULL,"
        " position INTEGER NOT NULL, name VARCHAR NOT NULL, path VARCHAR NOT NULL, mime_type VARCHAR NOT NULL,"
        " size INTEGER NOT NULL, state VARCHAR NOT NULL, reason VARCHAR, attempts INTEGER NOT NULL,"
        " next_try_at INTEGER, wait_until INTEGER, settled_at INTEGER, folder VARCHAR, original VARCHAR, kind VARCHAR,"
        " family VARCHAR, bytes INTEGER, form VARCHAR, form_mime VARCHAR, form_text VARCHAR, note VARCHAR,"
        " missed_in INTEGER, given_in INTEGER, PRIMARY KEY (id), UNIQUE (message_id, position),"
        " FOREIGN KEY(message_id) REFERENCES message (id))",
        "CREATE INDEX attachment_due ON attachment (account, next_try_at) WHERE next_try_at IS NOT NULL",
        "CREATE INDEX attachment_settled ON attachment (account, settled_at)",
        "CREATE INDEX attachment_missed ON attachment (missed_in)"
        " WHERE missed_in IS NOT NULL AND given_in IS NULL",
        "CREATE INDEX attachment_given ON attachment (given_in) WHERE given_in IS NOT NULL",
        "ALTER TABLE message ADD COLUMN owner BOOLEAN",
        "ALTER TABLE message ADD COLUMN approver BOOLEAN",
        "ALTER TABLE transcript ADD COLUMN folds_to INTEGER",
        "CREATE TABLE notice (kind VARCHAR NOT NULL, subject VARCHAR NOT NULL, account VARCHAR NOT NULL,"
        " says TEXT NOT NULL, at INTEGER NOT NULL, told INTEGER, PRIMARY KEY (kind, subject))",
        "CREATE TABLE taken_over (digest VARCHAR NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (digest))",
        "CREATE INDEX pairing_asked ON pairing (account, created_at)",
        "ALTER TABLE message ADD COLUMN reply_to_guid VARCHAR",
        "ALTER TABLE message ADD COLUMN quote_text TEXT",
        "ALTER TABLE message ADD COLUMN quote_sender VARCHAR",
        "ALTER TABLE message ADD COLUMN quote_own BOOLEAN",
        "ALTER TABLE message ADD COLUMN sender_name VARCHAR",
        "ALTER TABLE message ADD COLUMN shown_in INTEGER",
        "CREATE INDEX message_context ON message (account, chat_key, state, id) WHERE state = 'context'",
        "CREATE INDEX message_shown_in ON message (shown_in) WHERE shown_in IS NOT NULL",
        "ALTER TABLE message ADD COLUMN own_files TEXT",
        "ALTER TABLE delivery ADD COLUMN file_path VARCHAR",
        "ALTER TABLE delivery ADD COLUMN file_name VARCHAR",
        "ALTER TABLE delivery ADD COLUMN file_type VARCHAR",
        "ALTER TABLE delivery ADD COLUMN file_size INTEGER",
        "ALTER TABLE delivery ADD COLUMN file_digest VARCHAR",
        "CREATE INDEX delivery_file ON delivery (id) WHERE file_path IS NOT NULL",
    ):
        connection.exec_driver_sql(statement)


def _outside_agents(connection: Connection) -> None:
    """Version 4: sessions of outside agents, the conversations bound to them, and what they ask to be allowed."""
    for statement in (
        "CREATE TABLE acp_session (key VARCHAR NOT NULL, agent VARCHAR NOT NULL, harness VARCHAR NOT NULL,"
        " mode VARCHAR NOT NULL, cwd VARCHAR NOT NULL, label VARCHAR NOT NULL, options TEXT NOT NULL,"
        " outside_id VARCHAR NOT NULL, generation INTEGER NOT NULL, state VARCHAR NOT NULL, last_error TEXT NOT NULL,"
        " created_at INTEGER NOT NULL, active_at INTEGER NOT NULL, PRIMARY KEY (key))",
        "CREATE INDEX acp_session_active ON acp_session (active_at)",
        "CREATE TABLE acp_binding (account VARCHAR NOT NULL, chat_key VARCHAR NOT NULL, session_key VARCHAR NOT NULL,"
        " agent VARCHAR NOT NULL, bound_by VARCHAR NOT NULL, bound_at INTEGER NOT NULL, active_at INTEGER NOT NULL,"
        " PRIMARY KEY (account, chat_key))",
        "CREATE INDEX acp_binding_session ON acp_binding (session_key)",
        "CREATE TABLE permission (id INTEGER NOT NULL, code VARCHAR NOT NULL, account VARCHAR NOT NULL,"
        " chat_key VARCHAR NOT NULL, session_key VARCHAR NOT NULL, agent VARCHAR NOT NULL, kind VARCHAR NOT NULL,"
        " title TEXT NOT NULL, target TEXT NOT NULL, may_always INTEGER NOT NULL, asked_at INTEGER NOT NULL,"
        " expires_at INTEGER NOT NULL, state VARCHAR NOT NULL, decided_by VARCHAR NOT NULL, decision VARCHAR,"
        " PRIMARY KEY (id))",
        "CREATE INDEX permission_open ON permission (code) WHERE state = 'open'",
        "CREATE INDEX permission_asked ON permission (asked_at)",
    ):
        connection.exec_driver_sql(statement)


def _threaded_replies(connection: Connection) -> None:
    """Version 5: below which message a bubble is to hang."""
    connection.exec_driver_sql("ALTER TABLE delivery ADD COLUMN reply_to VARCHAR")


STEPS: Mapping[int, Callable[[Connection], None]] = {
    2: _identity_and_brakes,
    3: _settings_of_sessions,
    4: _outside_agents,
    5: _threaded_replies,
    6: group_names.rename,
}
"""What brings a database from version N - 1 to version N."""


def prepare(connection: Connection, path: Path) -> None:
    """Make, check or upgrade the database behind ``connection``.

    Raises:
        StoreUnreadable: there is something in the file that is not a ledger.
        StoreNewer: a newer release wrote it.
    """
    version = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    if version == 0:
        _create(connection, path)
    elif connection.exec_driver_sql("PRAGMA application_id").scalar_one() != APPLICATION_ID:
        raise StoreUnreadable(f"{path} is a database of another program; move it away")
    elif version > schema.VERSION:
        raise StoreNewer(
            f"{path} has schema {version}, this release knows {schema.VERSION}; install the newer release"
        )
    elif version < schema.VERSION:
        _upgrade(connection, version)


def _create(connection: Connection, path: Path) -> None:
    tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
    if tables:
        raise StoreUnreadable(f"{path} is a database of another program; move it away")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    schema.metadata.create_all(connection)
    connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version={schema.VERSION}")
    connection.exec_driver_sql("COMMIT")


def _upgrade(connection: Connection, version: int) -> None:
    for step in range(version + 1, schema.VERSION + 1):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        if int(connection.exec_driver_sql("PRAGMA user_version").scalar_one()) >= step:
            # Somebody else did it while this one waited for the lock; a step is not to be done twice.
            connection.exec_driver_sql("ROLLBACK")
            continue
        STEPS[step](connection)
        connection.exec_driver_sql(f"PRAGMA user_version={step}")
        connection.exec_driver_sql("COMMIT")
