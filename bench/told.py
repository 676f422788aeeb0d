"""Conversations and messages of the fake phone, and the objects in which imsg 0.9 tells of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation; a group has members and no handle of its own."""

    id: int
    identifier: str
    participants: tuple[str, ...]
    is_group: bool = False

    @property
    def guid(self) -> str:
        """The guid as Messages makes it."""
        return f"iMessage;{'+' if self.is_group else '-'};{self.identifier}"


@dataclass(slots=True)
class Row:
    """A message in the phone. ``told_ns`` is when a watching child wrote it to its pipe, 0 until then.

    ``mac`` makes its guid one of its own: a gateway leaves the second of two phones with the same rows alone.
    """

    id: int
    chat: Chat
    sender: str
    text: str
    from_me: bool
    created_at: str
    told_ns: int = 0
    files: tuple[Path, ...] = ()
    mac: str = "BE4C0000"


def guid(row: Row) -> str:
    """What Messages calls the row."""
    return f"{row.mac}-0000-4000-8000-{row.id:012X}"


def chat_object(row: Row) -> dict[str, Any]:
    """The conversation of its newest ``row``, as `chats.list` has it."""
    chat = row.chat
    return {
        "id": chat.id,
        "identifier": chat.identifier,
        "guid": chat.guid,
        "name": "",
        "service": "iMessage",
        "last_message_at": row.created_at,
        "participants": list(chat.participants),
        "is_group": chat.is_group,
    }


def message_object(row: Row) -> dict[str, Any]:
    """The row as the watch and the history have it."""
    return {
        "id": row.id,
        "chat_id": row.chat.id,
        "guid": guid(row),
        "sender": row.sender,
        "is_from_me": row.from_me,
        "text": row.text,
        "created_at": row.created_at,
        "attachments": [_attachment_object(file) for file in row.files],
        "reactions": [],
        "chat_identifier": row.chat.identifier,
        "chat_guid": row.chat.guid,
        "chat_name": "",
        "participants": list(row.chat.participants),
        "is_group": row.chat.is_group,
        "destination_caller_id": "+15559999999",
    }


def _attachment_object(file: Path) -> dict[str, Any]:
    return {
        "filename": str(file),
        "original_path": str(file),
        "transfer_name": file.name,
        "mime_type": "image/heic",
        "total_bytes": file.stat().st_size,
        "missing": False,
    }
