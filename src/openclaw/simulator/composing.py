"""The result objects of imsg: Chat, Message, Attachment and Reaction as each release words them.

Owns the field names of the wire and which of them a release knows. What is read for them comes from a Reader; chats
are remembered for the life of the process where the release does so.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from typing import Any

from openclaw.simulator import bodies, objects
from openclaw.simulator.behaviour import Behaviour
from openclaw.simulator.reading import NO_CHAT, Chat, Filter, Reader, Row
from openclaw.simulator.versions import Version

Wire = dict[str, Any]


class Composer:
    """Makes result objects of rows for one process."""

    def __init__(self, reader: Reader, version: Version, behaviour: Behaviour) -> None:
        self._reader = reader
        self._version = version
        self._behaviour = behaviour
        self._chats: dict[int, Chat] = {}

    def look_again(self) -> None:
        """Forget the chats where the release reads them anew for every request and every poll."""
        if not self._version.caches_chats:
            self._chats = {}

    def chats(self, limit: int) -> list[Wire]:
        """Return the chat objects with the latest activity first."""
        return [
            self._chat_object(self._chat(rowid), latest)
            for rowid, latest in self._reader.recent_chats(max(limit, 1))
        ]

    def history(self, chat: int, limit: int, wanted: Filter) -> list[Wire]:
        """Return the message objects of ``chat``, newest first; none for an unknown chat."""
        unbounded = wanted.narrows and self._version.filters_before_limit
        rows = self._reader.newest_of_chat(chat, None if unbounded else limit)
        admitted = islice((row for row in rows if wanted.admits(row)), limit)
        return [self.message(row, wanted, watching=False) for row in admitted]

    def _chat(self, rowid: int) -> Chat:
        known = self._chats
        if rowid not in known:
            found = self._reader.chat(rowid)
            if found is None:
                return NO_CHAT
            known[rowid] = found
        return known[rowid]

    def _chat_object(self, chat: Chat, latest: int) -> Wire:
        group = objects.is_group(chat.identifier, chat.guid, self._version)
        known = {
            "id": chat.id,
            "identifier": chat.identifier,
            "guid": chat.guid,
            "name": chat.name,
            "service": chat.service,
            "last_message_at": objects.iso(latest),
            "participants": list(chat.participants),
            "is_group": group,
        }
        contact = None if group else self._name(chat.identifier)
        return known | ({"contact_name": contact} if contact else {})

    def _name(self, handle: str) -> str | None:
        return self._behaviour.settings.contacts.get(handle) if self._version.knows_contacts else None

    def _sender(self, row: Row) -> str:
        return row.handle or (row.caller if self._version.reads_caller_id else None) or ""

    def text(self, row: Row) -> str:
        """Return the text that the release shows for ``row``."""
        return row.text or (bodies.read(row.body, self._version) if row.body else "")

    def message(self, row: Row, wanted: Filter, *, watching: bool) -> Wire:
        """Return the message object of ``row`` with as much beside it as ``wanted`` asks for."""
        chat = self._chat(row.chat)
        files = self._reader.attachments(row.id) if wanted.attachments else []
        direction = {} if self._behaviour.take("missing-direction") else {"is_from_me": row.from_me}
        return {
            "id": row.id,
            "chat_id": row.chat,
            "guid": row.guid,
            "sender": self._sender(row),
            **direction,
            "text": self.text(row),
            "created_at": objects.iso(row.date),
            "attachments": [_attachment(*file) for file in files],
            "reactions": self._reactions(row.guid) if self._shows_reactions(wanted, watching) else [],
            "chat_identifier": chat.identifier,
            "chat_guid": chat.guid,
            "chat_name": chat.name,
            "participants": list(chat.participants),
            "is_group": objects.is_group(chat.identifier, chat.guid, self._version),
            **dict(self._optional(row)),
            **(self._reaction_event(row) if wanted.reactions and objects.is_tapback(row.kind) else {}),
        }

    def _shows_reactions(self, wanted: Filter, watching: bool) -> bool:
        if self._version.reactions_need_attachments:
            return wanted.attachments
        return wanted.reactions or not watching

    def _optional(self, row: Row) -> Iterator[tuple[str, Any]]:
        tapback = objects.is_tapback(row.kind)
        answered = objects.bare_reference(row.reference)
        if answered and not tapback:
            yield "reply_to_guid", answered
        if row.thread and self._version.reads_thread_root:
            yield "thread_originator_guid", row.thread
        if row.caller and self._version.reads_caller_id:
            yield "destination_caller_id", row.caller
        name = None if row.from_me else self._name(row.handle or "")
        if name:
            yield "sender_name", name
        asked = (row.thread or answered) if self._version.reads_reply_text else ""
        parent = self._reader.by_guid(asked) if asked else None
        if parent and not tapback:
            yield "reply_to_text", self.text(parent)
            yield "reply_to_sender", self._sender(parent)

    def _reaction_event(self, row: Row) -> Wire:
        event: Wire = {
            "is_reaction": True,
            "is_reaction_add": row.kind < objects.FIRST_TAPBACK + objects.REMOVAL,
            "reacted_to_guid": objects.bare_reference(row.reference),
        }
        decoded = objects.tapback(row.kind, self.text(row))
        return event | (
            dict(zip(("reaction_type", "reaction_emoji"), decoded, strict=True)) if decoded else {}
        )

    def _reactions(self, guid: str) -> list[Wire]:
        """Replay the reactions to a message: adding replaces, removing deletes, other types coexist."""
        current: dict[tuple[str, bool, str], Wire] = {}
        found = self._reader.tapbacks_of(guid) if guid else []
        for row in (each for each in found if objects.bare_reference(each.reference) == guid):
            decoded = objects.tapback(row.kind, self.text(row))
            who = (self._sender(row), row.from_me)
            removal = row.kind >= objects.FIRST_TAPBACK + objects.REMOVAL
            if decoded and not removal:
                current[(*who, decoded[1])] = self._reaction(row, *decoded)
            elif decoded:
                current.pop((*who, decoded[1]), None)
            elif removal:
                custom = [key for key in current if key[:2] == who and current[key]["type"] == "custom"]
                current.pop(custom[0] if custom else (*who, ""), None)
        return list(current.values())

    def _reaction(self, row: Row, word: str, emoji: str) -> Wire:
        name = None if row.from_me else self._name(row.handle or "")
        return {
            "id": row.id,
            "type": word,
            "emoji": emoji,
            "sender": self._sender(row),
            "is_from_me": row.from_me,
            "created_at": objects.iso(row.date),
            **({"sender_name": name} if name else {}),
        }


def _attachment(*columns: Any) -> Wire:
    filename, transfer_name, uti, mime_type, total_bytes, is_sticker = columns
    path = os.path.expanduser(filename or "")
    return {
        "filename": filename or "",
        "transfer_name": transfer_name or "",
        "uti": uti or "",
        "mime_type": mime_type or "",
        "total_bytes": int(total_bytes or 0),
        "is_sticker": bool(is_sticker),
        "original_path": path,
        "missing": not os.path.isfile(path),
    }
