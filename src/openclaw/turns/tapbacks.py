"""Tapbacks as an agent is told of them: those that are there, and those that were taken away. Pure.

Who gives one and takes it back before the agent hears of it has given none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openclaw.domain.ids import MessageGuid
from openclaw.domain.tapbacks import GivenTapback, Tapback
from openclaw.turns.untrusted import beside, single_line

WORDS_CHARS = 120
"""Of the message that has the tapback: the agent wrote it, or has seen it."""

KIND_CHARS = 16
"""The longest emoji are families of several people."""

_DID = {
    "love": "loved",
    "like": "liked",
    "dislike": "disliked",
    "laugh": "laughed at",
    "emphasize": "emphasized",
    "question": "questioned",
    "sticker": "put a sticker on",
    "": "reacted to",
}


def notes(given: Sequence[GivenTapback], *, is_group: bool) -> list[Mapping[str, object]]:
    """One note a tapback, in their order; in a direct chat without its sender, who is known there."""
    return [_note(one, is_group=is_group) for one in standing(given)]


def standing(given: Sequence[GivenTapback]) -> list[GivenTapback]:
    """What is left of ``given`` when each removal takes away what it removes, or else stands for itself."""
    left: dict[tuple[str, MessageGuid, str], GivenTapback] = {}
    for one in given:
        place = one.sender, one.on, one.tapback.kind
        before = left.pop(place, None)
        if before is None or before.tapback.removed == one.tapback.removed:
            left[place] = one
    return list(left.values())


def did(tapback: Tapback) -> str:
    """What somebody did by ``tapback``, in words before the message that has it."""
    kind = single_line(tapback.kind, KIND_CHARS)
    words = _DID.get(tapback.kind, f"reacted with {kind} to")
    return f"no longer {words}" if tapback.removed else words


def _note(one: GivenTapback, *, is_group: bool) -> Mapping[str, object]:
    name, quote = single_line(one.name), one.quote
    whose = "" if quote is None else "your message" if quote.own else "a message"
    return {
        **({"from": single_line(one.sender)} if is_group else {}),
        **({"name": name} if is_group and name else {}),
        "tapback": f"{did(one.tapback)} {whose or 'a message'}",
        **({"text": " ".join(beside(quote.text, WORDS_CHARS).split())} if quote else {}),
    }
