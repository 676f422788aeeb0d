"""What tells one phone database from another: rows and chats that were there, and what a look at it now says."""

from __future__ import annotations

from dataclasses import dataclass

from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import MessageGuid, RowId


@dataclass(frozen=True, slots=True)
class Anchor:
    """A row that the phone once reported: its number and guid belong together in that one database."""

    row_id: RowId
    guid: MessageGuid
    chat: ChatRef


@dataclass(frozen=True, slots=True)
class KnownDatabase:
    """What the ledger knows of the database that an account read so far; anchors are the newest ones, newest first.

    ``unproven`` says that it took the place of another one and that the operator has not confirmed it.
    """

    cursor: RowId
    anchors: tuple[Anchor, ...] = ()
    chats: tuple[ChatRef, ...] = ()
    unproven: bool = False


@dataclass(frozen=True, slots=True)
class SameDatabase:
    """Nothing speaks against it."""


@dataclass(frozen=True, slots=True)
class RestoredDatabase:
    """An older copy of the same database: rows up to ``start`` are the known ones, numbers above it are used again."""

    start: RowId


@dataclass(frozen=True, slots=True)
class AnotherDatabase:
    """A database whose numbers mean something else; ``start`` is its newest row, ``why`` what showed it."""

    start: RowId
    why: str


DatabaseVerdict = SameDatabase | RestoredDatabase | AnotherDatabase
"""What a look at the phone says."""
