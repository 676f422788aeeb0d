"""Lines and their white space: where one begins, how it ends, how far it is indented. Knows no values but as spans."""

from __future__ import annotations

import re

from openclaw.config.spans import Span

NEWLINE = re.compile(r"\r\n|\n|\r")
_LEADING = re.compile(r"[^\S\r\n]*")


def is_spread(text: str, span: Span) -> bool:
    """Tell whether the first entry of the container stands on a line of its own, below the brace."""
    end = span.entries[0].start if span.entries else span.end
    return NEWLINE.search(text, span.start, end) is not None


def first_newline(text: str, position: int = 0) -> str:
    """Return how the first line from ``position`` on ends: that of the file's first line where there is none."""
    found = NEWLINE.search(text, position) or NEWLINE.search(text)
    return found[0] if found else "\n"


def line_start(text: str, position: int) -> int:
    """Return where the line of ``position`` begins."""
    return max(text.rfind("\n", 0, position), text.rfind("\r", 0, position)) + 1


def indentation(text: str, position: int) -> str:
    """Return the white space at the start of the line of ``position``."""
    start = line_start(text, position)
    found = _LEADING.match(text, start, position)
    return (found[0] if found else "").lstrip("\ufeff")
