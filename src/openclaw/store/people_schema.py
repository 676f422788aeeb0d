"""The tables of the ledger about who is let in, and of what the owner is told; the rest is in ``schema``."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, MetaData, String, Table, Text, literal_column

metadata = MetaData()
"""The tables of the whole ledger."""

pairing = Table(
    "pairing",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String, nullable=False),
    Column("handle", String, nullable=False),
    Column("code", String, nullable=False),
    Column("chat_key", String, nullable=False),
    Column("chat_row_id", Integer, nullable=False),
    Column("chat_guid", String, nullable=False),
    Column("chat_identifier", String, nullable=False),
    Column("created_at", Integer, nullable=False),
    Column("last_seen_at", Integer, nullable=False),
    Column("state", String, nullable=False),
)
Index("pairing_open", pairing.c.account, pairing.c.handle, sqlite_where=pairing.c.state == "open")
OPEN_REQUEST = pairing.c.state == literal_column("'open'")
"""The condition of ``pairing_open``, for statements that are to use it."""

Index("pairing_asked", pairing.c.account, pairing.c.created_at)

# "grant" is a word of SQL itself, hence the longer name.
access_grant = Table(
    "access_grant",
    metadata,
    Column("account", String, primary_key=True),
    Column("scope", String, primary_key=True),
    Column("handle", String, primary_key=True),
    Column("granted_at", Integer, nullable=False),
    Column("granted_by", String, nullable=False),
)

notice = Table(
    "notice",
    metadata,
    # What needs a person now. A row goes when it does not any more, so that the same trouble is news the next time.
    Column("kind", String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("says", Text, nullable=False),
    Column("at", Integer, nullable=False),
    # Which message told the owner on a phone: the cause id of its delivery.
    Column("told", Integer),
)

taken_over = Table(
    "taken_over",
    metadata,
    # What was read once from the files of the original, as a digest: nothing that was taken back comes again.
    Column("digest", String, primary_key=True),
    Column("at", Integer, nullable=False),
)
