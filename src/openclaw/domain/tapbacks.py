"""Tapbacks that people put on messages: which, on what, and whether it was taken away. Pure values.

A row of the phone that is a tapback has :func:`written` as its text, so that the ledger keeps it like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from openclaw.domain.ids import MessageGuid
from openclaw.domain.messages import Quote

TapbackNotes = Literal["off", "own", "all"]
"""Of which tapbacks an agent is told: of none, of those on our messages, or of all in the conversation."""

STICKER = "sticker"
"""A sticker on a message, of which imsg does not tell which one."""

_REMOVED = "remove-"


@dataclass(frozen=True, slots=True)
class Tapback:
    """One of the six by name, an emoji, or "" where the phone does not say which; put on a message or taken away."""

    kind: str
    removed: bool = False


@dataclass(frozen=True, slots=True)
class GivenTapback:
    """A tapback that somebody gave to the message ``on``; ``quote`` is what that says, ``None`` when nobody knows.

    ``sender`` and ``name`` are raw text, the latter "" where the phone does not tell it.
    """

    tapback: Tapback
    sender: str
    name: str
    on: MessageGuid
    at: datetime
    quote: Quote | None = None


def written(tapback: Tapback) -> str:
    """``tapback`` as one word."""
    return f"{_REMOVED}{tapback.kind}" if tapback.removed else tapback.kind


def read(word: str) -> Tapback:
    """The tapback that :func:`written` made a word of."""
    return Tapback(word.removeprefix(_REMOVED), word.startswith(_REMOVED))
