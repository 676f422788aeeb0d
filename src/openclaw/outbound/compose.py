"""Composing: from what an agent wrote to the bubbles that leave. Pure.

In this order: what must never leave is taken out, Markdown becomes plain text, the prefix is put in front, and the
result is cut to the chat's limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import OutboundMessage
from openclaw.domain.ids import AccountId
from openclaw.outbound.chunks import chunk
from openclaw.outbound.lint import is_silent, lint
from openclaw.outbound.render import render


@dataclass(frozen=True, slots=True)
class Style:
    """How one account speaks. ``prefix`` is ready to be put in front of a reply, "" for none."""

    tables: Literal["off", "bullets", "code"] = "code"
    limit: int = 4000
    mode: Literal["length", "newline"] = "length"
    prefix: str = ""


def compose(account: AccountId, chat: ChatRef, text: str, style: Style) -> list[OutboundMessage]:
    """The bubbles that say ``text`` in ``chat``, in order; none when there is nothing to say."""
    if is_silent(text):
        return []
    said = render(lint(text).text, tables=style.tables)
    if not said.strip():
        return []
    return [
        bubble(account, chat, part) for part in chunk(style.prefix + said, limit=style.limit, mode=style.mode)
    ]


def bubble(account: AccountId, chat: ChatRef, text: str) -> OutboundMessage:
    """One bubble to ``chat``, over the service that the chat uses (ruling 11)."""
    service = "sms" if chat.service in ("sms", "rcs") else "auto"
    return OutboundMessage(account, chat, text, service)
