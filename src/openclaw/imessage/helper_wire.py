"""The names that imsg uses for what the helper inside Messages is asked, and nothing else knows them.

A chat goes by its lasting name: its number may mean another one by now.
"""

from __future__ import annotations

from typing import Any

from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import OutboundMessage
from openclaw.domain.ids import MessageGuid


def typing_params(chat: ChatRef, *, on: bool) -> dict[str, Any]:
    """Parameters of ``typing``."""
    return {"chat_guid": chat.guid, "typing": on}


def read_params(chat: ChatRef) -> dict[str, Any]:
    """Parameters of ``read``, which marks a whole conversation."""
    return {"chat_guid": chat.guid}


def tapback_params(chat: ChatRef, message: MessageGuid, reaction: str, *, remove: bool) -> dict[str, Any]:
    """Parameters of ``tapback``."""
    return {"chat_guid": chat.guid, "message_id": str(message), "reaction": reaction, "remove": remove}


def reply_params(chat: ChatRef, said: OutboundMessage) -> dict[str, Any]:
    """Parameters of ``send.rich`` for a text below the message that it answers."""
    return {"chat_guid": chat.guid, "text": said.text, "reply_to": str(said.reply_to)}


def edit_params(chat: ChatRef, message: MessageGuid, text: str) -> dict[str, Any]:
    """Parameters of ``message.edit``."""
    return {"chat_guid": chat.guid, "message_id": str(message), "text": text}


def unsend_params(chat: ChatRef, message: MessageGuid) -> dict[str, Any]:
    """Parameters of ``message.unsend``."""
    return {"chat_guid": chat.guid, "message_id": str(message)}
