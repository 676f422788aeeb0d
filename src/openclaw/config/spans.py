"""The values of a JSON5 text, each with the place it fills there: what may be changed, and between which characters.

Knows layout as positions; knows nothing of what is changed or how it will look.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, cast

import pyjson5

from openclaw.config.paths import KeyPath, render_path
from openclaw.config.tokens import Token, scan
from openclaw.errors import ConfigRefused


@dataclass(frozen=True, slots=True)
class Span:
    """One value: its first character, the position after its last one, and what it holds."""

    kind: Literal["object", "list", "scalar"]
    start: int
    end: int
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an object or list, from ``start``, the beginning of its key or, in a list, of its value.

    ``key_end`` is the position after the key, ``comma`` is the position of the comma after it; None when there is none.
    """

    key: str | int
    start: int
    key_end: int
    value: Span
    comma: int | None

    @property
    def end(self) -> int:
        """The position after the entry, its comma included."""
        return self.value.end if self.comma is None else self.comma + 1


@dataclass(frozen=True, slots=True)
class Outline:
    """A text, its values as spans, and its comments in order."""

    text: str
    root: Span
    comments: tuple[Token, ...]

    def find(self, path: KeyPath) -> list[tuple[Span, Entry]]:
        """Return the way along ``path``: each container with the entry that leads on, as far as the file has it."""
        way: list[tuple[Span, Entry]] = []
        here = self.root
        for part in path:
            key = str(part) if here.kind == "object" else part
            found = next((entry for entry in here.entries if entry.key == key), None)
            if found is None:
                return way
            way.append((here, found))
            here = found.value
        return way


def outline(text: str) -> Outline:
    """Return the outline of ``text``, which the decoder has accepted.

    Raises ConfigRefused when an object has a key twice: nobody can say which of the two is meant.
    """
    tokens = [token for token in scan(text) if token.kind != "space"]
    words = [token for token in tokens if token.kind not in ("line", "block")]
    comments = tuple(token for token in tokens if token.kind in ("line", "block"))
    return Outline(text, _Reading(text, words).value(()), comments)


class _Reading:
    """Goes through the words once, from the first to the last."""

    def __init__(self, text: str, words: list[Token]) -> None:
        self._text = text
        self._words = words
        self._next = 0

    def value(self, place: KeyPath) -> Span:
        first = self._take()
        opened = self._text[first.start]
        # A quote or a letter may stand at the start of a scalar; only a sign of its own opens a container.
        if first.kind != "sign":
            return Span("scalar", first.start, first.end)
        kind: Literal["object", "list"] = "object" if opened == "{" else "list"
        entries: list[Entry] = []
        while self._peek() not in ("}", "]"):
            entries.append(self._entry(kind, len(entries), place))
        if kind == "object":
            self._refuse_repetition(entries, place)
        return Span(kind, first.start, self._take().end, tuple(entries))

    def _entry(self, kind: str, position: int, place: KeyPath) -> Entry:
        start = key_end = self._words[self._next].start
        key: str | int = position
        if kind == "object":
            name = self._take()
            key, key_end = _name(self._text[name.start : name.end]), name.end
            self._take()  # the colon
        value = self.value((*place, key))
        comma = self._take().start if self._peek() == "," else None
        return Entry(key, start, key_end, value, comma)

    def _refuse_repetition(self, entries: list[Entry], place: KeyPath) -> None:
        seen: dict[str | int, int] = {}
        for entry in entries:
            if entry.key in seen:
                first, second = (self._text.count("\n", 0, at) + 1 for at in (seen[entry.key], entry.start))
                raise ConfigRefused(
                    f"{render_path((*place, entry.key))} stands twice, in line {first} and in line {second}, "
                    "and only the last one counts; remove one by hand"
                )
            seen[entry.key] = entry.start

    def _take(self) -> Token:
        self._next += 1
        return self._words[self._next - 1]

    def _peek(self) -> str:
        """Return the next sign; "" before anything else."""
        token = self._words[self._next]
        return self._text[token.start] if token.kind == "sign" else ""


def _name(written: str) -> str:
    # The decoder reads quotes and escapes; a second reading of our own could differ from it.
    return next(iter(cast("dict[str, Any]", pyjson5.decode(f"{{{written}:0}}"))))
