"""Composing: from what an agent wrote in a turn to the messages that leave for its chat. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import OutboundMessage, into
from openclaw.domain.ids import AccountId, MessageGuid
from openclaw.outbound.bubbles import bubbles
from openclaw.outbound.chunks import chunk
from openclaw.outbound.lint import is_silent, lint

_NOTHING = MessageGuid("")


@dataclass(frozen=True, slots=True)
class Style:
    """How one account speaks; ``limit`` is the length of a bubble in UTF-16 units."""

    tables: Literal["off", "bullets", "code"] = "code"
    limit: int = 4000
    mode: Literal["length", "newline"] = "length"


def compose(
    account: AccountId,
    chat: ChatRef,
    text: str,
    style: Style,
    lead: str = "",
    reply_to: MessageGuid = _NOTHING,
) -> list[OutboundMessage]:
    """The bubbles that say ``text`` in ``chat``, in order, ``lead`` in front; none when there is nothing to say.

    The first one is to hang below ``reply_to``.
    """
    parts = bubbles(sayable(text), tables=style.tables, limit=style.limit, mode=style.mode, prefix=lead)
    said = [bubble(account, chat, part) for part in parts]
    return [replace(said[0], reply_to=reply_to), *said[1:]] if said and reply_to else said


def sayable(text: str) -> str:
    """What of an agent's ``text`` may leave, "" when there is nothing to say."""
    said = lint(text).text
    return "" if is_silent(text) or is_silent(said) else said


def plainly(account: AccountId, chat: ChatRef, text: str, style: Style) -> list[OutboundMessage]:
    """The bubbles that say ``text`` as it stands: what the gateway itself says is no Markdown."""
    return [bubble(account, chat, part) for part in chunk(text, limit=style.limit, mode="length")]


def bubble(account: AccountId, chat: ChatRef, text: str) -> OutboundMessage:
    """One bubble to ``chat``, over the service that the chat uses (ruling 11)."""
    return into(account, chat, text)
