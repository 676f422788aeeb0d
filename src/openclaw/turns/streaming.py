"""Block streaming: which finished parts of an answer may be said while the rest is still being written. Pure.

A block ends where a paragraph ends: never inside a fence or an item of a list, and never where something internal may
still be open, which is then left for the end of the turn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

Break = Literal["paragraph", "newline", "sentence"]

_FENCE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?P<run>`{3,}|~{3,})(?P<info>.*)")
_ITEM = re.compile(r"[ \t]*(?:[-*+•]|\d{1,9}[.)])[ \t]")
# What an item of a list cannot begin with, nor go on with: text against the margin.
_PLAIN = re.compile(r"[^\s\d\-*+•`~>]")
_SENTENCE = re.compile(r"[.!?…][\"')\]]?[ \t]+(?=\S)")


@dataclass(frozen=True, slots=True)
class Streaming:
    """How an account streams: blocks of at least ``min_chars`` and, where they can be cut, at most ``max_chars``.

    After ``idle_s`` of silence what is finished is said however short it is. With ``at_once`` false nothing is said
    before the model turns to a tool or ends. ``is_closed`` tells whether nothing internal is open at a text's end.
    """

    min_chars: int = 800
    max_chars: int = 1200
    idle_s: float = 1.0
    at_once: bool = True
    breaks: Break = "paragraph"
    is_closed: Callable[[str], bool] = lambda text: True


class Blocks:
    """The text of one answer: what of it may be said now, and what is left."""

    def __init__(self, how: Streaming) -> None:
        self._how = how
        self.left = ""

    def add(self, text: str) -> list[str]:
        """More was written; the blocks that are to be said now."""
        self.left += text
        if not self._how.at_once or ("\n" not in text and len(self.left) < self._how.max_chars):
            # Only the end of a line ends a paragraph; looking after each word would cost the square of the length.
            return []
        return list(self._taken(self._how.min_chars))

    def pause(self) -> list[str]:
        """Nothing was written for a while; what is finished, be it ever so short."""
        return list(self._taken(1)) if self._how.at_once else []

    def turn_away(self) -> list[str]:
        """The model turns to something else, so all it wrote is finished."""
        whole = self.left
        if not whole.strip() or not self._how.is_closed(whole) or _fence_is_open(whole):
            return []
        self.left = ""
        return [whole]

    def _taken(self, least: int) -> Iterator[str]:
        while (cut := self._cut(least)) is not None:
            block, self.left = self.left[:cut], self.left[cut:]
            yield block

    def _cut(self, least: int) -> int | None:
        """Where the next block ends: the last good place that it has room for, else the first one there is."""
        good = [at for at in cuts(self.left) if len(self.left[:at].strip()) >= least]
        if not good or good[0] > self._how.max_chars:
            good = [*self._finer(least), *good[:1]]
        fitting = [at for at in good if at <= self._how.max_chars] or good[:1]
        return next((at for at in reversed(fitting) if self._how.is_closed(self.left[:at])), None)

    def _finer(self, least: int) -> list[int]:
        if self._how.breaks == "paragraph" or len(self.left) <= self._how.max_chars:
            return []
        return [at for at in _inner_cuts(self.left, self._how.breaks) if at >= least]


def cuts(text: str) -> list[int]:
    """The places at which a paragraph of ``text`` is over and no fence or list goes on."""
    return [at for at, is_between in _lines(text) if is_between]


def _inner_cuts(text: str, breaks: Break) -> list[int]:
    """Places inside paragraphs outside of fences and lists: the ends of lines, or of sentences too."""
    found: list[int] = []
    fence: re.Match[str] | None = None
    in_list = False
    starts = [at for at, _ in _lines(text)]
    for start, end in pairwise([0, *starts]):
        line = text[start:end]
        fence, was_fence = _fence_after(fence, line), fence is not None
        in_list = bool(_ITEM.match(line)) or (in_list and not _PLAIN.match(line))
        if fence is None and not was_fence and not in_list:
            found += [start + end.end() for end in _SENTENCE.finditer(line)] if breaks == "sentence" else []
            found.append(end)
    return sorted(set(found))


def _lines(text: str) -> Iterator[tuple[int, bool]]:
    """The end of each whole line, and whether a new paragraph that belongs to nothing before it may begin there."""
    fence: re.Match[str] | None = None
    in_list = False
    position = 0
    for line in text.splitlines(keepends=True):
        if not line.endswith("\n"):
            return
        position += len(line)
        was_blank = not line.strip()
        fence = _fence_after(fence, line)
        in_list = in_list or _ITEM.match(line) is not None
        is_between = fence is None and was_blank
        if in_list and is_between:
            # Only text against the margin says that the list is over.
            is_between = _PLAIN.match(text, position) is not None
            in_list = not is_between
        yield position, is_between


def _fence_after(fence: re.Match[str] | None, line: str) -> re.Match[str] | None:
    """The fence that is open after ``line`` when ``fence`` was open before it."""
    found = _FENCE.match(line)
    if found is None:
        return fence
    if fence is None:
        return found if found["run"][0] == "~" or "`" not in found["info"] else None
    closes = found["run"][0] == fence["run"][0] and len(found["run"]) >= len(fence["run"])
    return None if closes and not found["info"].strip() else fence


def _fence_is_open(text: str) -> bool:
    fence: re.Match[str] | None = None
    for line in text.splitlines():
        fence = _fence_after(fence, line)
    return fence is not None
