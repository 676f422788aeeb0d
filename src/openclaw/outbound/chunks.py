"""Cut a text into bubbles that Messages takes, where a reader would cut it.

Owns the limit, the two modes and the choice of the cut. Knows no Markdown: what must stay together for a
reason that the text does not show arrives as ``code``, character ranges that the renderer names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from openclaw.outbound.code_spans import Span, covers, fenced_blocks, indented_blocks
from openclaw.outbound.graphemes import fit, is_boundary, utf16_length

ChunkMode = Literal["length", "newline"]

_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")
_ADDRESS = re.compile(r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,15}://[^\s<>]+")
_PARENTHESIS = re.compile(r"[()]|\n[ \t]*\n")


def chunk(text: str, *, limit: int, mode: ChunkMode, code: Sequence[Span] = ()) -> list[str]:
    """The bubbles of ``text``, in order, none blank and none longer than ``limit`` UTF-16 units.

    ``length`` fills each bubble up to the last good place to cut; ``newline`` makes one bubble of each
    paragraph and cuts by length what is still too long. Only white space at the cuts is lost. ``code`` names
    ranges that belong together besides the fenced and indented blocks that the text shows by itself.
    """
    if limit < 1:
        raise ValueError(f"a bubble must hold at least 1 UTF-16 unit, not {limit}; raise textChunkLimit")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    blocks = _code_blocks(text, code)
    paragraphs = _paragraphs(text, blocks) if mode == "newline" else [(0, len(text))]
    bubbles: list[str] = []
    protected: bytearray | None = None
    for start, end in paragraphs:
        whole = text[start:end].rstrip()
        if utf16_length(whole) > limit:
            protected = protected or _protected(text, blocks, limit)
            bubbles.extend(_cut(text, start, end, limit, protected))
        elif whole:
            bubbles.append(whole)
    return bubbles


def _code_blocks(text: str, named: Sequence[Span]) -> list[Span]:
    """Every range of code, ordered and disjoint, so that a lookup is one bisection."""
    merged: list[Span] = []
    for start, end in sorted([*named, *fenced_blocks(text), *indented_blocks(text)]):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _paragraphs(text: str, blocks: Sequence[Span]) -> Iterator[Span]:
    start = 0
    for gap in _BLANK_LINES.finditer(text):
        if not covers(blocks, gap.start()):
            yield start, gap.start()
            start = gap.end()
    yield start, len(text)


def _protected(text: str, blocks: Sequence[Span], limit: int) -> bytearray:
    """One byte per position, 1 where a cut would tear a block, an address or a parenthesis.

    What is longer than a bubble cannot be kept whole and protects nothing.
    """
    inside = bytearray(len(text) + 1)
    addresses = (match.span() for match in _ADDRESS.finditer(text))
    for spans in (blocks, addresses, _parentheses(text)):
        for start, end in spans:
            if end - start <= limit:
                inside[start + 1 : end] = b"\x01" * (end - start - 1)
    return inside


def _parentheses(text: str) -> Iterator[Span]:
    """Outermost pairs within one paragraph; a lone ``:(`` opens nothing."""
    opened: list[int] = []
    pairs: list[Span] = []
    for mark in _PARENTHESIS.finditer(text):
        if mark[0] == "(":
            opened.append(mark.start())
        elif mark[0] != ")":
            yield from pairs
            opened, pairs = [], []
        elif opened:
            start = opened.pop()
            while pairs and pairs[-1][0] > start:
                pairs.pop()
            pairs.append((start, mark.end()))
    yield from pairs


def _cut(text: str, start: int, end: int, limit: int, protected: bytearray) -> Iterator[str]:
    while True:
        first = _first_visible(text, start, end)
        if first == end:
            return
        if fit(text, start, limit) <= first:
            start = first  # an indentation as long as a bubble is no indentation
        stop = max(min(fit(text, start, limit), end), first + 1)
        if stop < end and (best := _best_cut(text, first, stop, protected)) > first:
            stop = best
        yield text[start:stop].rstrip()
        start = _next_start(text, stop, end)


def _best_cut(text: str, first: int, stop: int, protected: bytearray) -> int:
    """The last place in ``(first, stop]`` of the best kind there is; ``stop`` where there is none."""

    def newline(at: int) -> bool:
        return text[at] == "\n"

    def space(at: int) -> bool:
        return text[at].isspace()

    def between_characters(at: int) -> bool:
        return is_boundary(text, at, first)

    for kind in (newline, space):
        if found := _last(first, stop, kind, protected):
            return found
    for kind in (newline, space):
        if found := _last(first, stop, kind):
            return found
    return _last(first, stop, between_characters, protected) or _last(first, stop, between_characters) or stop


def _last(
    first: int, stop: int, fits: Callable[[int], bool], protected: bytearray | None = None
) -> int | None:
    for at in range(stop, first, -1):
        if fits(at) and not (protected and protected[at]):
            return at
    return None


def _first_visible(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


def _next_start(text: str, stop: int, end: int) -> int:
    """Where the next bubble begins: white space is skipped, but the indentation of a new line is kept."""
    first = _first_visible(text, stop, end)
    line = text.rfind("\n", stop, first) + 1
    return line if line > stop else first
