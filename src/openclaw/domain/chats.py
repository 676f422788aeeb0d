"""Chats: the conversations of a phone, and every spelling in which one can be named.

macOS names one conversation by a guid (``iMessage;-;+15550100001``), an identifier (``+15550100001``) and a row
number, and renames the guid's service part at will (macOS 26 writes ``any;-;…``). :attr:`ChatRef.key` is what stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from openclaw.domain.handles import Handle, parse_handle, strip_service
from openclaw.domain.ids import ChatKey, ChatRowId

_GUID = re.compile(r"^(?P<service>[A-Za-z]+);(?P<shape>[-+]);(?P<identifier>.+)$", re.DOTALL)
_SELECTORS = {
    "chat_id": "chat_id",
    "chatid": "chat_id",
    "chat": "chat_id",
    "chat_guid": "chat_guid",
    "chatguid": "chat_guid",
    "guid": "chat_guid",
    "chat_identifier": "chat_identifier",
    "chatidentifier": "chat_identifier",
    "chatident": "chat_identifier",
}


@dataclass(frozen=True, slots=True)
class ChatRef:
    """One conversation as the phone names it at this moment. ``identifier`` is "" when the phone did not tell."""

    row_id: ChatRowId
    guid: str
    identifier: str = ""

    @property
    def key(self) -> ChatKey:
        """The name that survives a service change; falls back to the row number when there is no guid."""
        return chat_key(self.guid) if self.guid else ChatKey(f"row:{self.row_id}")

    @property
    def service(self) -> str:
        """``imessage``, ``sms``, ``rcs``, or ``any`` when the guid does not say."""
        match = _GUID.match(self.guid)
        return match["service"].lower() if match else "any"

    @property
    def has_group_shape(self) -> bool:
        """Whether guid or identifier say that this is a group (``;+;``); ``is_group`` of old imsg versions lies."""
        match = _GUID.match(self.guid)
        return bool(match and match["shape"] == "+") or ";+;" in self.identifier


def chat_key(guid: str) -> ChatKey:
    """``iMessage;-;X``, ``any;-;X`` and ``SMS;-;X`` are one conversation: the part behind the service."""
    match = _GUID.match(guid)
    return ChatKey(f"{match['shape']};{match['identifier']}" if match else guid)


@dataclass(frozen=True, slots=True)
class ChatSelector:
    """A configured or typed name of a chat: ``kind`` is ``chat_id``, ``chat_guid`` or ``chat_identifier``."""

    kind: str
    value: str

    def matches(self, chat: ChatRef) -> bool:
        """Whether ``chat`` is the one named, in any of its spellings."""
        if self.kind == "chat_id":
            return self.value == str(chat.row_id)
        if self.kind == "chat_guid":
            return bool(chat.guid) and chat_key(self.value) == chat.key
        return self.value in (chat.identifier, chat.guid.rpartition(";")[2]) and bool(self.value)


@dataclass(frozen=True, slots=True)
class Everyone:
    """The entry ``*``."""


AllowEntry = ChatSelector | Handle | Everyone
"""One entry of an allowlist."""


def parse_selector(text: str) -> ChatSelector | None:
    """``chat_id:7``, ``chat_guid:…``, ``chat_identifier:…`` in every alias; ``None`` when ``text`` is no such name."""
    head, colon, rest = strip_service(text).partition(":")
    kind = _SELECTORS.get(head.strip().lower()) if colon else None
    value = rest.strip()
    if kind is None or not value:
        return None
    if kind == "chat_id":
        return row_selector(value)
    return ChatSelector(kind, value)


def begins_as_chat(text: str) -> bool:
    """Whether ``text`` begins with one of the words for a chat, such as ``chat_id:``, whatever follows."""
    head, colon, _ = strip_service(text).partition(":")
    return bool(colon) and head.strip().lower() in _SELECTORS


def row_selector(text: str) -> ChatSelector | None:
    """The chat with the row number ``text``; ``None`` when it is not one. None has 0: it stands for a lost chat."""
    return ChatSelector("chat_id", str(int(text))) if re.fullmatch(r"0*[1-9][0-9]{0,17}", text) else None


def group_selector(key: str) -> ChatSelector | None:
    """The group that a key of ``groups`` names: a bare number, or any name of a chat; ``None`` for ``"*"``."""
    name = key.strip()
    if name == "*":
        return None
    return parse_selector(name) or row_selector(name) or ChatSelector("chat_identifier", name)


def parse_allow_entry(text: str, region: str) -> AllowEntry | None:
    """What one allowlist entry admits; ``None`` when it can never match anybody."""
    if text.strip() == "*":
        return Everyone()
    return parse_selector(text) or parse_handle(text, region)


def admits_anybody(texts: Iterable[str], region: str) -> bool:
    """Whether any entry of an allowlist can match somebody."""
    return any(parse_allow_entry(text, region) is not None for text in texts)
