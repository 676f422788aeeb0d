"""What the soak's model says, and how a bubble is read back: which messages it answers, and as which part of how many.

Pure. Every bubble but the bare "ok" names the marks that it stands for, so that a double and a stray can be seen on
the phone alone, whatever a gateway's own books say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ..model import MARK, words_of

OK = "ok"
SAY_OK = "just say ok"
_PARTS = re.compile(r"\bin (\d) parts\b")
_AT_LENGTH = "at length"
_BUBBLE = re.compile(r"Part (\d+) of (\d+) to ((?:m-[0-9a-z]+-\d+ ?)+)(again)?")
_FILLER = "and there is more to be said about it, slowly and with care, as the question deserves; "


@dataclass(frozen=True, slots=True)
class Named:
    """What a bubble says of itself. ``again`` marks the answer to somebody who repeated our "ok"."""

    part: int
    of: int
    marks: tuple[str, ...]
    again: bool


def soak_answer(messages: list[dict[str, Any]]) -> str:
    """The answer to a conversation: to all that was said since the last answer, in as many parts as were asked for."""
    since = list[str]()
    for message in reversed(messages):
        if message.get("role") == "assistant":
            break
        if message.get("role") == "user":
            since.insert(0, words_of(message.get("content")))
    said = "\n".join(since)
    marks = list(dict.fromkeys(MARK.findall(said)))
    if len(marks) == 1 and SAY_OK in said:
        return OK
    if not marks:
        last = [mark for message in messages for mark in MARK.findall(words_of(message.get("content")))][-1:]
        return _parts(last, 1, "") + "again" if last else "There is nothing to answer."
    return _parts(marks, max(map(int, _PARTS.findall(said)), default=1), _FILLER * 8 * (_AT_LENGTH in said))


def _parts(marks: list[str], count: int, filler: str) -> str:
    named = " ".join(marks)
    return "\n\n".join(
        f"Part {part} of {count} to {named} {filler}".rstrip() + " " for part in range(1, count + 1)
    )


def read_bubble(text: str) -> Named | None:
    """What ``text`` names, or ``None`` when it is no answer of the soak's model."""
    found = _BUBBLE.search(text)
    if found is None:
        return None
    return Named(int(found[1]), int(found[2]), tuple(MARK.findall(found[3])), bool(found[4]))
