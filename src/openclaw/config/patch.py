"""One change to the text of a file: a value in the place of another, an entry more, or one less. All else stays.

Pure, and without judgement: whether the text still says what it should is for `edit` to prove.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Container

from openclaw.config.habits import style_of
from openclaw.config.layout import NEWLINE, first_newline, indentation, is_spread, line_start
from openclaw.config.spans import Entry, Outline, Span

_SPACES = re.compile(r"[ \t]*")


def replaced(outlined: Outline, container: Span, entry: Entry, value: object) -> str:
    """Return the text with ``value`` in the place of the value of ``entry``; its key and comments stay."""
    text, old = outlined.text, entry.value
    style = style_of(outlined, container)
    # A text keeps the quotes of the text that it follows.
    if isinstance(value, str) and text[old.start] in "\"'":
        style = dataclasses.replace(style, quote=text[old.start])
    indent = indentation(text, entry.start) if is_spread(text, container) else None
    spread = old.kind == "list" and bool(old.entries) and is_spread(text, old)
    return text[: old.start] + style.value(value, indent, spread=spread) + text[old.end :]


def added(outlined: Outline, way: list[Span], key: str | int, value: object) -> str:
    """Return the text with an entry more at the end of the last container of ``way``, which begins at the root."""
    container = way[-1]
    if not container.entries:
        return _first(outlined, way, key, value)
    text, last, style = outlined.text, container.entries[-1], style_of(outlined, container)
    if is_spread(text, container):
        at = _after_comments(outlined, last.end)
        indent: str | None = _entry_indent(text, container, style.unit)
        parting = first_newline(text, at) + (indent or "")
        # A comma that was missing comes right behind the value, before any comment.
        comma_at = last.value.end
    else:
        # In a line a comment behind the last value stays behind that one, and not behind the new one.
        at = comma_at = last.end if last.comma is not None else _after_comments(outlined, last.end, {"block"})
        tall = NEWLINE.search(text, last.start, last.value.end)
        indent = indentation(text, last.start) if tall else None
        parting = _gap(text, container, style.colon)
    new = parting + style.entry(key, value, indent)
    if last.comma is not None:
        return text[:at] + new + "," + text[at:]
    return text[:comma_at] + "," + text[comma_at:at] + new + text[at:]


def removed(outlined: Outline, container: Span, entry: Entry) -> str:
    """Return the text without ``entry``, its comma and the comment behind it in its line.

    Comments above it stay: they may be about more than this entry.
    """
    lines = _own_lines(outlined, container, entry)
    cuts = [lines or _own_part(outlined, container, entry)]
    before = container.entries[container.entries.index(entry) - 1]
    if entry is container.entries[-1] and entry.comma is None and before.comma is not None:
        # What was the last but one becomes the last, and as little as that one may it end in a comma.
        cuts.insert(0, (before.comma, before.comma + 1))
    text = outlined.text
    for start, end in reversed(cuts):
        text = text[:start] + text[end:]
    return text


def _own_lines(outlined: Outline, container: Span, entry: Entry) -> tuple[int, int] | None:
    """Return the whole lines of an entry that shares them with no other; None when it does."""
    text = outlined.text
    start = line_start(text, entry.start)
    if start <= container.start or text[start : entry.start].strip():
        return None
    newline = NEWLINE.match(text, _spaces_end(text, _after_comments(outlined, entry.end)))
    return (start, newline.end()) if newline else None


def _own_part(outlined: Outline, container: Span, entry: Entry) -> tuple[int, int]:
    """Return the part of a line that an entry fills, with the space that parts it from its neighbour."""
    text = outlined.text
    if len(container.entries) == 1:
        inside = text[container.start + 1 : entry.start] + text[entry.end : container.end - 1]
        return (entry.start, entry.end) if inside.strip(" \t") else (container.start + 1, container.end - 1)
    start = len(text[: entry.start].rstrip())
    if any(comment.end == start and comment.kind == "line" for comment in outlined.comments):
        # Whatever came up to the end of that comment's line would become a part of it.
        start = line_start(text, entry.start)
    if entry is container.entries[-1]:
        return start, entry.end
    end = _spaces_end(text, entry.end)
    return (start if NEWLINE.match(text, end) and text[start - 1] == "," else entry.start), end


def _first(outlined: Outline, way: list[Span], key: str | int, value: object) -> str:
    """Return the text with the first entry of an empty container, behind the comments in it."""
    text, container, style = outlined.text, way[-1], style_of(outlined, way[-1])
    inside = [one for one in outlined.comments if container.start < one.start < container.end]
    at, close = inside[-1].end if inside else container.start + 1, container.end - 1
    if not (_stands_alone(text, way) or is_spread(text, container)) or (
        container.kind == "list" and not inside and not _is_object(value)
    ):
        padding = style.padding if container.kind == "object" or inside else ""
        if inside and inside[-1].kind == "line":
            # Ended by a separator that is no line of a person's: without it the entry would belong to the comment.
            at += 1
        return text[:at] + padding + style.entry(key, value, None) + padding + text[close:]
    outer = indentation(text, container.start)
    newline, indent = first_newline(text), outer + style.unit
    comma = "," if style.trailing_comma else ""
    entry = newline + indent + style.entry(key, value, indent) + comma
    return text[:at] + entry + newline + outer + text[close:]


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _stands_alone(text: str, way: list[Span]) -> bool:
    """Tell whether an empty container may grow over lines: at the root, and where its neighbours have lines too."""
    return len(way) == 1 or is_spread(text, way[-2])


def _entry_indent(text: str, container: Span, unit: str) -> str:
    for entry in reversed(container.entries):
        if not text[line_start(text, entry.start) : entry.start].strip():
            return indentation(text, entry.start)
    return indentation(text, container.start) + unit


def _gap(text: str, container: Span, colon: str) -> str:
    """Return what parts two entries in one line here."""
    if len(container.entries) > 1:
        between = text[container.entries[-2].end : container.entries[-1].start]
        if not between.strip(" \t"):
            return between
    return " " if colon.endswith(" ") else ""


def _after_comments(outlined: Outline, position: int, kinds: Container[str] = ("line", "block")) -> int:
    """Return the end of the comments that follow ``position`` in its line, each of them within that line."""
    text = outlined.text
    for comment in outlined.comments:
        if comment.start < position:
            continue
        within = not NEWLINE.search(text, comment.start, comment.end - 1)
        near = comment.kind in kinds and comment.start == _spaces_end(text, position)
        if not (near and within):
            return position
        position = comment.end
    return position


def _spaces_end(text: str, position: int) -> int:
    match = _SPACES.match(text, position)
    return match.end() if match else position
