"""Pacing: who may be tried again when, after a bubble was refused that never left. Pure; times in seconds of one clock.

Each chat rests by itself, so that one that cannot be reached holds up nobody else. Several chats refused in a row mean
that the line is down: then all rest together, and one bubble at a time tries whether it is back.
"""

from __future__ import annotations

from dataclasses import dataclass

from openclaw.domain.ids import ChatKey

# Long enough for a child to come back; doubled while it does not.
_FIRST_S = 1.0
_LONGEST_S = 60.0
# Shorter than for a chat: a line that is back must not be left alone for a minute.
_LONGEST_LINE_S = 15.0
# Two chats may each have trouble of their own; three in a row hardly do.
_LINE_IS_DOWN = 3
# Chats whose bubbles were given up are never heard of again; more than this many at a time is the line.
_MOST = 500


@dataclass(frozen=True, slots=True)
class _Rest:
    length: float
    until: float


class Pacing:
    """The rests of one account."""

    def __init__(self) -> None:
        self._chats: dict[ChatKey, _Rest] = {}
        self._line: _Rest | None = None
        self._in_a_row: set[ChatKey] = set()

    def refused(self, chat: ChatKey, at: float) -> None:
        """A bubble of ``chat`` did not leave and is to be tried again."""
        self._chats[chat] = _longer(self._chats.pop(chat, None), at, _LONGEST_S)
        if len(self._chats) > _MOST:
            del self._chats[next(iter(self._chats))]
        self._in_a_row.add(chat)
        if self._line is not None or len(self._in_a_row) >= _LINE_IS_DOWN:
            self._line = _longer(self._line, at, _LONGEST_LINE_S)

    def taken(self, chat: ChatKey) -> None:
        """A bubble of ``chat`` left, or will never: the line works."""
        if self._line is not None:
            self._chats.clear()
        self._chats.pop(chat, None)
        self._in_a_row.clear()
        self._line = None

    def line_rests(self, at: float) -> bool:
        """Whether nothing is to be tried now."""
        return self._line is not None and self._line.until > at

    def resting(self, at: float) -> list[ChatKey]:
        """The chats that are not to be tried now."""
        return [chat for chat, rest in self._chats.items() if rest.until > at]

    def pause(self, at: float) -> float | None:
        """How long until something that rests now may be tried; ``None`` when nothing rests."""
        if self._line is not None and self._line.until > at:
            return self._line.until - at
        return min((rest.until - at for rest in self._chats.values() if rest.until > at), default=None)


def _longer(before: _Rest | None, at: float, longest: float) -> _Rest:
    length = _FIRST_S if before is None else min(before.length * 2, longest)
    return _Rest(length, at + length)
