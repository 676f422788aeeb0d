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

_PLAIN_KEY = re.compile(r"[^.\[\]\"'\s]+")
_STEP = re.compile(
    r"""\.?(?P<key>[^.\[\]"'\s]+) | \[(?P<index>\d+)\] | \[(?P<double>"(?:[^"\\]|\\.)*")\] | \['(?P<single>[^']*)'\]""",
    re.VERBOSE,
)


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
        if match is None:
            raise NotFound(f"{text!r} is not a key path; write it like agents.list[0].id")
        parts.append(_part(match))
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
    """Tell whether ``document`` has something at ``path``, and what; a position also names a key of digits."""
    here: Any = document
    for part in path:
        if isinstance(here, dict) and str(part) in here:
            here = cast("dict[str, Any]", here)[str(part)]
        elif isinstance(here, list) and isinstance(part, int) and part < len(cast("list[Any]", here)):
            here = cast("list[Any]", here)[part]
        else:
            return False, None
    return True, here


def _part(match: re.Match[str]) -> str | int:
    if match["index"] is not None:
        return int(match["index"])
    if match["double"] is not None:
        return str(json.loads(match["double"]))
    return match["single"] if match["single"] is not None else match["key"]
