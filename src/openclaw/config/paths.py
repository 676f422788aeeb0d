"""Places inside the document: how a key path is written, read back, and followed.

A path is a tuple of object keys and list positions; its text form is ``agents.list[0].id``, and a key that
holds a dot or bracket stands quoted in brackets: ``agents.defaults.models["openai/gpt-4.1"]``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from openclaw.errors import NotFound

KeyPath = tuple[str | int, ...]

# Curly quotes count as quotes in what somebody types on a phone, so a key that has one is quoted.
_PLAIN_KEY = re.compile(r"[^.\[\]\"'“”„‘’\s]+")
_STEP = re.compile(
    r"""\.?(?P<key>[^.\[\]"'\s]+) | \[(?P<index>\d+)\] | \[(?P<double>"(?:[^"\\]|\\.)*")\] | \['(?P<single>[^']*)'\]""",
    re.VERBOSE,
)

# Positions beyond this are in no file, and a number of thousands of digits is not even read.
_MOST_DIGITS = 9
_LONGEST_SHOWN = 80
_HALF_CHARACTER = re.compile(r"[\ud800-\udfff]")
_DIGITS = re.compile(rf"[0-9]{{1,{_MOST_DIGITS}}}")
_HOW_TO_WRITE = 'write it like agents.list[0].id, and a key that holds a dot in quotes: groups["a.b"]'


def render_path(path: KeyPath) -> str:
    """Return the text form of ``path``; "" for the root."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN_KEY.fullmatch(part):
            text += f".{part}" if text else part
        else:
            text += f"[{json.dumps(part, ensure_ascii=False)}]"
    return text


def parse_path(text: str) -> KeyPath:
    """Return the path that ``text`` writes; raises NotFound when it is not a path."""
    parts: list[str | int] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        part = None if match is None else _part(match)
        if match is None or part is None:
            shown = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
            raise NotFound(f"{shown!r} is not a key path; {_HOW_TO_WRITE}")
        parts.append(part)
        position = match.end()
    return tuple(parts)


def read_path(document: Mapping[str, Any], text: str) -> Any:
    """Return what stands at the path ``text`` of ``document``; raises NotFound naming the first missing step."""
    return value_at(document, parse_path(text))


def value_at(document: Mapping[str, Any], path: KeyPath) -> Any:
    """Return what stands at ``path`` of ``document``; raises NotFound naming the first missing step."""
    for depth in range(len(path)):
        if not look_up(document, path[: depth + 1])[0]:
            raise NotFound(f"{render_path(path[: depth + 1])} is not set")
    return look_up(document, path)[1]


def look_up(document: object, path: KeyPath) -> tuple[bool, Any]:
    """Tell whether ``document`` has something at ``path``, and what; a position and a key of digits are one here."""
    here: Any = document
    for part in path:
        part = _step_in(here, part)
        if isinstance(here, dict) and str(part) in here:
            here = cast("dict[str, Any]", here)[str(part)]
        elif isinstance(here, list) and isinstance(part, int) and 0 <= part < len(cast("list[Any]", here)):
            here = cast("list[Any]", here)[part]
        else:
            return False, None
    return True, here


def path_in(document: object, path: KeyPath) -> KeyPath:
    """Return ``path`` with positions where ``document`` has lists, for people who write ``agents.list.0.id``."""
    here, found = document, list[str | int]()
    for depth, part in enumerate(path):
        found.append(_step_in(here, part))
        _, here = look_up(document, path[: depth + 1])
    return tuple(found)


def _step_in(here: object, part: str | int) -> str | int:
    is_position = isinstance(here, list) and isinstance(part, str) and _DIGITS.fullmatch(part)
    return int(part) if is_position else part


def _part(match: re.Match[str]) -> str | int | None:
    """Return the step that was matched; None for one that is no key and no position after all."""
    if (index := match["index"]) is not None:
        return int(index) if len(index) <= _MOST_DIGITS else None
    key = match["single"] if match["single"] is not None else match["key"]
    if match["double"] is not None:
        try:
            key = str(json.loads(match["double"]))
        except ValueError:
            return None
    return None if _HALF_CHARACTER.search(key) else key
