"""The table of files that came with messages, with its indexes; ``schema`` has the rest."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, and_

from openclaw.store.acp_schema import metadata

attachment = Table(
    "attachment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message_id", Integer, ForeignKey("message.id"), nullable=False),
    Column("account", String, nullable=False),
    Column("position", Integer, nullable=False),
    # What the phone said of it.
    Column("name", String, nullable=False),
    Column("path", String, nullable=False),
    Column("mime_type", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", String),
    Column("attempts", Integer, nullable=False),
    # When it is tried next; unset before its message is admitted, and when nothing is to be tried any more.
    Column("next_try_at", Integer),
    # Until then no turn takes its message while it may still come.
    Column("wait_until", Integer),
    Column("settled_at", Integer),
    # What it turned out to be, and the names of its forms in its folder.
    Column("folder", String),
    Column("original", String),
    Column("kind", String),
    Column("family", String),
    # While it is fetched, so many of them are here.
    Column("bytes", Integer),
    Column("form", String),
    Column("form_mime", String),
    Column("form_text", String),
    Column("note", String),
    # The first turn that was told that it is not there, and the one that it was shown to.
    Column("missed_in", Integer),
    Column("given_in", Integer),
    UniqueConstraint("message_id", "position"),
)
Index(
    "attachment_due",
    attachment.c.account,
    attachment.c.next_try_at,
    sqlite_where=attachment.c.next_try_at.is_not(None),
)
Index("attachment_settled", attachment.c.account, attachment.c.settled_at)
Index(
    "attachment_missed",
    attachment.c.missed_in,
    sqlite_where=and_(attachment.c.missed_in.is_not(None), attachment.c.given_in.is_(None)),
)
Index("attachment_given", attachment.c.given_in, sqlite_where=attachment.c.given_in.is_not(None))
