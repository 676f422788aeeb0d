"""The Messages database: its tables as macOS has them, and how to open it.

Owns the DDL and the connection settings. Several processes use one database at a time (the look-alikes that read, the
ones that send, a person on the other side), so every connection waits for a lock instead of failing.
"""

from __future__ import annotations

import os
import sqlite3

LOCK_WAIT_S = 5.0
"""The busy timeout that imsg itself uses."""

_DDL = """
CREATE TABLE _SqliteDatabaseProperties (key TEXT, value TEXT, UNIQUE(key));
CREATE TABLE handle (ROWID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, id TEXT NOT NULL, country TEXT,
  service TEXT NOT NULL, uncanonicalized_id TEXT, person_centric_id TEXT, UNIQUE (id, service));
CREATE TABLE chat (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, style INTEGER, state INTEGER,
  account_id TEXT, properties BLOB, chat_identifier TEXT, service_name TEXT, room_name TEXT, account_login TEXT,
  is_archived INTEGER DEFAULT 0, last_addressed_handle TEXT, display_name TEXT, group_id TEXT);
CREATE TABLE message (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, text TEXT,
  handle_id INTEGER DEFAULT 0, subject TEXT, attributedBody BLOB, version INTEGER DEFAULT 0, type INTEGER DEFAULT 0,
  service TEXT, account TEXT, error INTEGER DEFAULT 0, date INTEGER, date_read INTEGER, date_delivered INTEGER,
  is_delivered INTEGER DEFAULT 0, is_finished INTEGER DEFAULT 0, is_from_me INTEGER DEFAULT 0,
  is_empty INTEGER DEFAULT 0, is_read INTEGER DEFAULT 0, is_sent INTEGER DEFAULT 0,
  cache_has_attachments INTEGER DEFAULT 0, item_type INTEGER DEFAULT 0, group_title TEXT,
  group_action_type INTEGER DEFAULT 0, is_audio_message INTEGER DEFAULT 0, associated_message_guid TEXT,
  associated_message_type INTEGER DEFAULT 0, balloon_bundle_id TEXT, payload_data BLOB,
  expressive_send_style_id TEXT, destination_caller_id TEXT, thread_originator_guid TEXT,
  thread_originator_part TEXT, date_retracted INTEGER, date_edited INTEGER, associated_message_emoji TEXT);
CREATE TABLE chat_handle_join (chat_id INTEGER REFERENCES chat (ROWID) ON DELETE CASCADE,
  handle_id INTEGER REFERENCES handle (ROWID) ON DELETE CASCADE, UNIQUE(chat_id, handle_id));
CREATE TABLE chat_message_join (chat_id INTEGER REFERENCES chat (ROWID) ON DELETE CASCADE,
  message_id INTEGER REFERENCES message (ROWID) ON DELETE CASCADE, message_date INTEGER DEFAULT 0,
  PRIMARY KEY (chat_id, message_id));
CREATE TABLE attachment (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL,
  created_date INTEGER DEFAULT 0, filename TEXT, uti TEXT, mime_type TEXT, transfer_state INTEGER DEFAULT 0,
  is_outgoing INTEGER DEFAULT 0, user_info BLOB, transfer_name TEXT, total_bytes INTEGER DEFAULT 0,
  is_sticker INTEGER DEFAULT 0, hide_attachment INTEGER DEFAULT 0);
CREATE TABLE message_attachment_join (message_id INTEGER REFERENCES message (ROWID) ON DELETE CASCADE,
  attachment_id INTEGER REFERENCES attachment (ROWID) ON DELETE CASCADE, UNIQUE(message_id, attachment_id));
CREATE INDEX message_idx_date ON message (date);
CREATE INDEX message_idx_handle ON message (handle_id, date);
CREATE INDEX message_idx_associated_message ON message (associated_message_guid);
CREATE INDEX chat_message_join_idx_message_id_only ON chat_message_join (message_id);
CREATE INDEX message_attachment_join_idx_message_id ON message_attachment_join (message_id);
"""

OWN_HANDLE, GUID_PREFIX = "simulator.ownHandle", "simulator.guidPrefix"


class NotSimulated(Exception):
    """The database was not made by this simulator, so nothing may be written into it."""


def create(path: os.PathLike[str] | str, own_handle: str, guid_prefix: str) -> None:
    """Make an empty database at ``path`` (0600). Raises FileExistsError when one is there.

    ``guid_prefix`` is what every chat guid starts with instead of its service, "" for none.
    """
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    connection = sqlite3.connect(path, timeout=LOCK_WAIT_S)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript("BEGIN IMMEDIATE;" + _DDL + "COMMIT;")
        rows = [(OWN_HANDLE, own_handle), (GUID_PREFIX, guid_prefix)]
        connection.executemany("INSERT INTO _SqliteDatabaseProperties VALUES (?, ?)", rows)
        connection.commit()
    finally:
        connection.close()


def open_reading(path: os.PathLike[str] | str) -> sqlite3.Connection:
    """Open ``path`` as imsg does: read only, one connection for all threads. The caller closes it."""
    uri = "file:" + _escaped(os.fspath(path)) + "?mode=ro"
    connection = sqlite3.connect(
        uri, uri=True, timeout=LOCK_WAIT_S, check_same_thread=False, isolation_level=None
    )
    try:
        connection.execute("PRAGMA schema_version").fetchone()
    except sqlite3.DatabaseError as error:
        # imsg opens a file that is no database too, and fails request by request.
        if error.sqlite_errorcode != sqlite3.SQLITE_NOTADB:
            connection.close()
            raise
    return connection


def open_writing(path: os.PathLike[str] | str) -> sqlite3.Connection:
    """Open ``path`` as Messages does. The caller closes it.

    Raises NotSimulated for a database that `create` did not make, so that nobody's real messages are ever touched.
    """
    require(path)
    connection = sqlite3.connect(path, timeout=LOCK_WAIT_S, isolation_level=None)
    try:
        own_property(connection, OWN_HANDLE)
        connection.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        connection.close()
        raise
    return connection


def require(path: os.PathLike[str] | str) -> None:
    """Raise NotSimulated, with the way to make one, when there is no database at ``path``."""
    if not os.path.isfile(path):
        raise NotSimulated(
            f"there is no database at {path}; make one with `openclaw simulator init --db {path}`"
        )


def own_property(connection: sqlite3.Connection, key: str) -> str:
    """Return what `create` noted under ``key``. Raises NotSimulated where it noted nothing."""
    try:
        row = connection.execute(
            "SELECT value FROM _SqliteDatabaseProperties WHERE key = ?", (key,)
        ).fetchone()
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode not in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_NOTADB):
            raise
        row = None
    if row is None:
        raise NotSimulated(
            "this database was not made by the simulator, and the simulator writes only into its own"
        )
    return str(row[0])


def _escaped(path: str) -> str:
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
