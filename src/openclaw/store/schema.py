"""The tables of the ledger with their indexes, and nothing else; people and files have modules of their own.

Times are whole milliseconds since 1970 (UTC). Status columns hold the values of the enums in ``domain``; each is
written by one module beside this one. A change here needs a new step in ``migrations``; a test compares the two.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    literal_column,
)

from openclaw.store.files_schema import metadata

VERSION = 6
"""The schema that this release reads and writes."""


def _literally(name: str, *values: str) -> BindParameter[Any]:
    return bindparam(name, values, expanding=True, literal_execute=True)


account = Table(
    "account",
    metadata,
    Column("id", String, primary_key=True),
    Column("cursor", Integer, nullable=False),
    Column("started_at", Integer, nullable=False),
    # When the newest row that the phone had then was written, by the phone's own clock.
    Column("old_until", Integer),
    # At or below it every row of the phone that is to be answered is known to be kept.
    Column("proven", Integer),
    # Which of the databases that this account has had: row numbers mean something inside one of them only.
    Column("epoch", Integer, nullable=False, server_default="1"),
    # Set while the operator has not said what chat numbers mean in a database that took the place of another.
    Column("unproven_since", Integer),
)

chat = Table(
    "chat",
    metadata,
    Column("account", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("row_id", Integer, nullable=False),
    Column("guid", String, nullable=False),
    Column("identifier", String, nullable=False),
    Column("name", String, nullable=False),
    Column("is_group", Boolean, nullable=False),
    Column("last_message_at", Integer, nullable=False),
)

message = Table(
    "message",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String, nullable=False),
    # The guid, or "row:N" for a row without one (in a second database "row:2/N"): what makes a second report of one
    # row recognisable.
    Column("identity", String, nullable=False),
    Column("row_id", Integer, nullable=False),
    Column("chat_key", String),
    Column("chat_row_id", Integer),
    Column("chat_guid", String),
    Column("chat_identifier", String),
    Column("sender", String, nullable=False),
    Column("from_me", Boolean),
    Column("destination", String, nullable=False),
    # A JSON list: the gates judge what was kept, and tell a group by its members where the guid does not.
    Column("participants", Text),
    Column("is_reaction", Boolean, nullable=False),
    Column("text", Text),
    Column("text_hash", String, nullable=False),
    Column("files", Integer, nullable=False),
    # A JSON list of names and sizes, of rows that may be our own and only until it is known: what a file is known by.
    Column("own_files", Text),
    Column("sent_at", Integer, nullable=False),
    Column("received_at", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", String),
    # The operator said that what it was held for does not count.
    Column("released", Boolean, nullable=False),
    Column("session_key", String),
    Column("agent", String),
    Column("is_group", Boolean),
    Column("authorised", Boolean),
    # Whether its sender may give an owner's, or an approver's, commands.
    Column("owner", Boolean),
    Column("approver", Boolean),
    Column("command", String),
    Column("turn_id", Integer, ForeignKey("turn.id")),
    # Until then no turn takes it: its sender may not be done. Messages of one sender with one time are one burst.
    Column("quiet_until", Integer),
    # What it replies to, and what the phone calls its sender.
    Column("reply_to_guid", String),
    Column("quote_text", Text),
    Column("quote_sender", String),
    Column("quote_own", Boolean),
    Column("sender_name", String),
    # The turn whose prompt has it as context: it is not among the messages that the turn answers.
    Column("shown_in", Integer),
    UniqueConstraint("account", "identity"),
)
Index("message_waiting", message.c.session_key, message.c.id, sqlite_where=message.c.state == "waiting")
Index(
    "message_state",
    message.c.state,
    message.c.id,
    sqlite_where=message.c.state.not_in(("answered", "dropped", "ours")),
)
Index("message_chat", message.c.account, message.c.chat_key, message.c.id)
IN_CONTEXT = message.c.state == literal_column("'context'")
"""The condition of ``message_context``, for statements that are to use it."""

# The state stands in it once more: it then fits better than ``message_chat`` whatever SQLite knows of the table.
_CONTEXT_OF = (message.c.account, message.c.chat_key, message.c.state, message.c.id)
Index("message_context", *_CONTEXT_OF, sqlite_where=IN_CONTEXT)
Index("message_shown_in", message.c.shown_in, sqlite_where=message.c.shown_in.is_not(None))
Index("message_turn", message.c.turn_id, sqlite_where=message.c.turn_id.is_not(None))

turn = Table(
    "turn",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String, nullable=False),
    Column("agent", String, nullable=False),
    Column("session_key", String, nullable=False),
    Column("chat_key", String, nullable=False),
    Column("chat_row_id", Integer, nullable=False),
    Column("chat_guid", String, nullable=False),
    Column("chat_identifier", String, nullable=False),
    Column("is_group", Boolean, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("effects", Boolean, nullable=False),
    Column("error", Text),
    Column("model", String),
    Column("input_tokens", Integer),
    Column("output_tokens", Integer),
    Column("started_at", Integer, nullable=False),
    Column("ended_at", Integer),
)
Index("turn_open", turn.c.session_key, turn.c.id, sqlite_where=turn.c.state.in_(("queued", "running")))
OPEN_TURN = turn.c.state.in_(_literally("open_turn", "queued", "running"))
"""The condition of ``turn_open``, for statements that are to use it."""
Index("turn_chat", turn.c.account, turn.c.chat_key, turn.c.started_at)
Index("turn_ended_badly", turn.c.id, sqlite_where=turn.c.state.in_(("failed", "interrupted")))

delivery = Table(
    "delivery",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String, nullable=False),
    Column("cause", String, nullable=False),
    Column("cause_id", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    # A chat (key, row, guid, identifier), or a handle alone when the operator begins a conversation.
    Column("chat_key", String, nullable=False),
    Column("chat_row_id", Integer),
    Column("chat_guid", String),
    Column("chat_identifier", String),
    Column("handle", String),
    Column("service", String, nullable=False),
    Column("text", Text, nullable=False),
    # A file instead of a text: where our copy of it lies, and what it is known by.
    Column("file_path", String),
    Column("file_name", String),
    Column("file_type", String),
    Column("file_size", Integer),
    Column("file_digest", String),
    # The message that it is to hang below.
    Column("reply_to", String),
    Column("state", String, nullable=False),
    Column("reason", String),
    Column("guid", String),
    Column("row_id", Integer),
    Column("queued_at", Integer, nullable=False),
    Column("changed_at", Integer, nullable=False),
    # When its last sending began, and how many there have been.
    Column("began_at", Integer),
    Column("attempts", Integer, nullable=False, server_default="0"),
    UniqueConstraint("cause", "cause_id", "position"),
)
Index(
    "delivery_open",
    delivery.c.account,
    delivery.c.id,
    sqlite_where=delivery.c.state.in_(("queued", "sending", "sent", "unknown")),
)
OPEN_DELIVERY = delivery.c.state.in_(_literally("open_delivery", "queued", "sending", "sent", "unknown"))
"""The condition of ``delivery_open``; SQLite uses that index only for a statement that literally has it."""
Index(
    "delivery_in_doubt",
    delivery.c.id,
    sqlite_where=delivery.c.state.in_(("parked", "unconfirmed", "expired", "failed")),
)
Index("delivery_chat", delivery.c.account, delivery.c.chat_key, delivery.c.changed_at)
Index(
    "delivery_began", delivery.c.account, delivery.c.began_at, sqlite_where=delivery.c.began_at.is_not(None)
)
Index("delivery_file", delivery.c.id, sqlite_where=delivery.c.file_path.is_not(None))
Index("delivery_guid", delivery.c.account, delivery.c.guid, sqlite_where=delivery.c.guid.is_not(None))

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subject", String, nullable=False),
    Column("subject_id", Integer, nullable=False),
    Column("step", String, nullable=False),
    Column("reason", String),
    Column("at", Integer, nullable=False),
)
Index("checkpoint_subject", checkpoint.c.subject, checkpoint.c.subject_id)

session = Table(
    "session",
    metadata,
    Column("key", String, primary_key=True),
    Column("agent", String, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("started_at", Integer, nullable=False),
    Column("last_interaction_at", Integer, nullable=False),
)

session_setting = Table(
    "session_setting",
    metadata,
    # What a person set for one session by a chat command; it outlives resets. What is not set has no row.
    Column("session_key", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

transcript = Table(
    "transcript",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("session_key", String, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("turn_id", Integer, nullable=False),
    Column("role", String, nullable=False),
    Column("text", Text, nullable=False),
    # Of a summary: the last entry that it stands for.
    Column("folds_to", Integer),
)
Index("transcript_session", transcript.c.session_key, transcript.c.generation, transcript.c.id)

own_handle = Table(
    "own_handle",
    metadata,
    Column("account", String, primary_key=True),
    Column("handle", String, primary_key=True),
    Column("learned_at", Integer, nullable=False),
)

pause = Table(
    "pause",
    metadata,
    # "" stands for every account, or every chat of the account.
    Column("account", String, primary_key=True),
    Column("chat_key", String, primary_key=True),
    Column("since", Integer, nullable=False),
    # "" when the operator asked for it, else what tripped.
    Column("reason", String, nullable=False, server_default=""),
)

resumed = Table(
    "resumed",
    metadata,
    # When a pause of this account and chat was ended last: what tripped a brake before that counts no more.
    Column("account", String, primary_key=True),
    Column("chat_key", String, primary_key=True),
    Column("at", Integer, nullable=False),
)
