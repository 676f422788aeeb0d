"""What is left of a row when the people in it are forgotten: that it was there, its numbers, its state and its times.

The guid of a phone's row and the cause of a bubble stay, so that neither is ever dealt with a second time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, or_

from openclaw.store.people_schema import pairing
from openclaw.store.schema import delivery, message, turn

_NO_WORDS: Mapping[str, Any] = {
    "text": None,
    "text_hash": "",
    "participants": None,
    "sender": "",
    "sender_name": None,
    "destination": "",
    "quote_text": None,
    "quote_sender": None,
    "own_files": None,
}
_NO_CHAT: Mapping[str, Any] = {"chat_key": "", "chat_row_id": 0, "chat_guid": "", "chat_identifier": ""}

MESSAGE: Mapping[str, Any] = {
    **dict.fromkeys(_NO_CHAT),
    **_NO_WORDS,
    "session_key": None,
}
"""An erased message; it is in no chat and in no session."""

WORDS: Mapping[str, Any] = _NO_WORDS
"""A message of a group whose writer is erased; the group stays."""

TURN: Mapping[str, Any] = {**_NO_CHAT, "session_key": "", "error": None}
"""An erased turn."""

_NO_FILE: Mapping[str, Any] = dict.fromkeys(
    ("file_path", "file_name", "file_type", "file_size", "file_digest")
)

DELIVERY: Mapping[str, Any] = {**_NO_CHAT, **_NO_FILE, "text": "", "handle": None, "reason": None}
"""An erased bubble."""

PAIRING: Mapping[str, Any] = {**_NO_CHAT, "handle": "", "code": ""}
"""An erased request. The row stays: a new one under its number would find its challenge sent already."""

MESSAGE_LEFT: ColumnElement[bool] = or_(
    message.c.sender != "",
    message.c.chat_key.is_not(None),
    message.c.session_key.is_not(None),
    message.c.text_hash != "",
)
"""The condition that something of a message can still be erased; and so on for the others."""

WORDS_LEFT: ColumnElement[bool] = or_(message.c.sender != "", message.c.text_hash != "")
TURN_LEFT: ColumnElement[bool] = or_(turn.c.chat_key != "", turn.c.session_key != "")
DELIVERY_LEFT: ColumnElement[bool] = or_(
    delivery.c.chat_key != "", delivery.c.text != "", delivery.c.file_name.is_not(None)
)
PAIRING_LEFT: ColumnElement[bool] = pairing.c.handle != ""
