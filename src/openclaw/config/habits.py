"""The style of a file, learned from what stands in it, so that what is added looks as if its owner had written it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from openclaw.config.layout import first_newline, indentation, is_spread
from openclaw.config.spans import Outline, Span
from openclaw.config.style import PLAIN_KEY, Style

# What a file that shows nothing of its own is given: the style of the files we write ourselves.
_UNIT = "  "


def style_of(outlined: Outline, near: Span) -> Style:
    """Return the style for what is put into the container ``near``: its own habits first, then those of the file."""
    text, containers = outlined.text, [near, *_containers(outlined.root)]
    keys = Counter(quote for quote in _key_quotes(text, outlined.root))
    general = Style(
        newline=first_newline(text),
        unit=_unit(text, outlined.root),
        quote=_quote(text, outlined.root, keys),
        key_quote=keys.most_common(1)[0][0] if keys else "",
        colon=next(filter(None, (_colon(text, one) for one in containers)), ": "),
        trailing_comma=_trailing(text, outlined.root, strict=bool(keys) and "" not in keys),
        padding=next((_padding(text, one) for one in containers if _is_short(text, one)), " "),
    )
    own = list(_key_quotes(text, replace(near, entries=near.entries[-1:]), deep=False))
    if own:
        general = replace(general, key_quote=own[0])
    if near.entries and is_spread(text, near):
        general = replace(general, trailing_comma=near.entries[-1].comma is not None)
    return general


def _containers(span: Span) -> Iterator[Span]:
    if span.kind != "scalar":
        yield span
    for entry in span.entries:
        yield from _containers(entry.value)


def _key_quotes(text: str, span: Span, *, deep: bool = True) -> Iterator[str]:
    for entry in span.entries:
        if isinstance(entry.key, str):
            first = text[entry.start]
            if first in "\"'":
                yield first
            elif PLAIN_KEY.fullmatch(entry.key):
                yield ""
        if deep:
            yield from _key_quotes(text, entry.value)


def _quote(text: str, root: Span, keys: Counter[str]) -> str:
    found = Counter(text[one.start] for one in _scalars(root) if text[one.start] in "\"'")
    found.update({quote: count for quote, count in keys.items() if quote})
    return "'" if found["'"] > found['"'] else '"'


def _scalars(span: Span) -> Iterator[Span]:
    if span.kind == "scalar":
        yield span
    for entry in span.entries:
        yield from _scalars(entry.value)


def _colon(text: str, span: Span) -> str:
    """Return what stands between key and value of the last entry; "" when that is no example to follow."""
    if span.kind != "object" or not span.entries:
        return ""
    between = text[span.entries[-1].key_end : span.entries[-1].value.start]
    return between if between.strip(" \t") == ":" else ""


def _unit(text: str, root: Span) -> str:
    for span in _containers(root):
        outer = indentation(text, span.start)
        inner = indentation(text, span.entries[0].start) if span.entries and is_spread(text, span) else ""
        if inner.startswith(outer) and inner != outer:
            return inner[len(outer) :]
    return _UNIT


def _trailing(text: str, root: Span, *, strict: bool) -> bool:
    """Tell whether most lists of lines end in a comma; a file like JSON has none."""
    votes = [
        one.entries[-1].comma is not None for one in _containers(root) if one.entries and is_spread(text, one)
    ]
    return votes.count(True) * 2 > len(votes) if votes else not strict


def _is_short(text: str, span: Span) -> bool:
    return span.kind == "object" and bool(span.entries) and not is_spread(text, span)


def _padding(text: str, span: Span) -> str:
    return " " if text[span.start + 1] == " " else ""
