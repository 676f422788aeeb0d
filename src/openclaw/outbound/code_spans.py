"""Where code stands in a text: fenced blocks, indented blocks, and spans between backticks.

Spans are half-open character ranges, in order and disjoint. Knows nothing of what is done with code.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence

Span = tuple[int, int]

_FENCE = re.compile(
    r"^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?P<run>`{3,}|~{3,})(?P<info>[^\n]*)", re.MULTILINE
)
_INDENTED = re.compile(r"(?: {4}|\t)[ \t]*\S")
_TICKS = re.compile(r"`+")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_BEYOND = 1 << 62  # larger than any end, so that a span starting at the position asked for is found


def fenced_blocks(text: str) -> list[Span]:
    """The fenced blocks of ``text``, fence lines included; one that is never closed runs to the end."""
    blocks: list[Span] = []
    opened: tuple[int, str] | None = None
    for fence in _FENCE.finditer(text):
        start, end = fence.span()
        run, info = fence["run"], fence["info"]
        if opened is None:
            # A backtick after the opening run makes it a code span on one line, not a fence.
            if run[0] == "~" or "`" not in info:
                opened = (start, run)
        elif run[0] == opened[1][0] and len(run) >= len(opened[1]) and not info.strip():
            blocks.append((opened[0], end))
            opened = None
    if opened is not None:
        blocks.append((opened[0], len(text)))
    return blocks


def indented_blocks(text: str) -> list[Span]:
    """Runs of lines indented by four columns or a tab; blank lines between two of them belong to the run."""
    blocks: list[Span] = []
    opened: Span | None = None
    for start, end in _lines(text):
        if _INDENTED.match(text, start, end):
            opened = (opened[0] if opened else start, end)
        elif opened and text[start:end].strip():
            blocks.append(opened)
            opened = None
    if opened:
        blocks.append(opened)
    return blocks


def code_spans(text: str) -> list[Span]:
    """Fenced blocks and the spans between equal runs of backticks, which never reach over a blank line."""
    spans: list[Span] = []
    position = 0
    for start, end in fenced_blocks(text):
        spans.extend(_backtick_spans(text, position, start))
        spans.append((start, end))
        position = end
    spans.extend(_backtick_spans(text, position, len(text)))
    return spans


def covers(spans: Sequence[Span], position: int) -> bool:
    """Whether ``position`` lies inside one of the ordered, disjoint ``spans``."""
    index = bisect_right(spans, (position, _BEYOND)) - 1
    return index >= 0 and spans[index][0] <= position < spans[index][1]


def _lines(text: str) -> Iterator[Span]:
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield start, end
        start = end + 1


def _backtick_spans(text: str, start: int, end: int) -> Iterator[Span]:
    paragraph = start
    for gap in _BLANK_LINE.finditer(text, start, end):
        yield from _paragraph_spans(text, paragraph, gap.start())
        paragraph = gap.end()
    yield from _paragraph_spans(text, paragraph, end)


def _paragraph_spans(text: str, start: int, end: int) -> Iterator[Span]:
    runs = [run.span() for run in _TICKS.finditer(text, start, end)]
    later: dict[int, list[int]] = defaultdict(list)
    for index in range(len(runs) - 1, -1, -1):
        later[runs[index][1] - runs[index][0]].append(index)
    index = 0
    while index < len(runs):
        same = later[runs[index][1] - runs[index][0]]
        while same and same[-1] <= index:
            same.pop()
        if same:
            closing = same.pop()
            yield runs[index][0], runs[closing][1]
            index = closing
        index += 1
