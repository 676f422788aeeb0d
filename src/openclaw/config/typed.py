"""What somebody types to set a key: the value it means, and the assignment it stands in. Pure.

Two ways, because two habits exist: in a chat JSON and plain words, on the command line JSON5. In both a phone number
stays a text.
"""

from __future__ import annotations

import json
import re
from typing import Any, cast

import pyjson5

from openclaw.config.file import NESTING_LIMIT
from openclaw.config.paths import KeyPath, parse_path
from openclaw.errors import BadRequest, NotFound

# Facts I.3: plain decimal numbers, so that +15551234567, 0123 and what no float holds stay texts.
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?")
# What the decoder takes for a number and a person would too; neither a sign in front nor Infinity.
_NUMBER = re.compile(r"-?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)")
_WORDS: dict[str, object] = {"true": True, "false": False, "null": None}
# A phone's keyboard turns quotes into these unless told not to.
_STRAIGHT = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'"})


def parse_value(text: str) -> object:
    """Return the value that ``text`` in a chat means (facts I.3).

    What begins with a brace or bracket must be JSON; true, false, null, plain decimal numbers and quoted texts are
    what they look like; all else is a text as it stands. Raises BadRequest for broken JSON.
    """
    text = text.strip()
    if text[:1] in ("{", "["):
        return _json(text)
    if text in _WORDS:
        return _WORDS[text]
    if _DECIMAL.fullmatch(text):
        return float(text) if "." in text else int(text)
    straight = text.translate(_STRAIGHT)
    if len(straight) > 1 and straight[0] == straight[-1] and straight[0] in "\"'":
        return _quoted(text if text[0] in "\"'" else straight)
    return text


def parse_argument(text: str, *, strict: bool = False) -> object:
    """Return the value that ``text`` on the command line means: JSON5 when it is that, else a text.

    ``strict`` takes JSON only, and raises BadRequest for anything else.
    """
    if strict:
        return _json(text, strict=True)
    try:
        value: object = pyjson5.decode(text)
    except pyjson5.Json5Exception:
        return text
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return text if number and not _NUMBER.fullmatch(text.strip()) else value


def split_assignment(text: str) -> tuple[KeyPath, str]:
    """Return path and value of ``path=value``, split at the first = outside a quoted key.

    Raises BadRequest when there is no =, or nothing before it, or no path.
    """
    quote, end = "", -1
    for position, character in enumerate(text):
        if quote:
            quote = "" if character == quote and text[position - 1] != "\\" else quote
        elif character in "\"'":
            quote = character
        elif character == "=":
            end = position
            break
    if end < 0:
        raise BadRequest("there is no = in it; write it like channels.imessage.dmPolicy=pairing")
    return typed_path(text[:end]), text[end + 1 :].strip()


def typed_path(text: str) -> KeyPath:
    """Return the path that somebody typed; raises BadRequest when it is none, or empty."""
    try:
        path = parse_path(text.strip() if '"' in text or "'" in text else text.strip().translate(_STRAIGHT))
    except NotFound as error:
        raise BadRequest(str(error)) from error
    if not path:
        raise BadRequest("there is no key; write one like channels.imessage.dmPolicy")
    return path


def _json(text: str, *, strict: bool = False) -> object:
    try:
        # JSON's own decoder knows no depth at which it stops; what nests deeper could not be read from the file.
        pyjson5.decode(text, NESTING_LIMIT)
        return cast("object", json.loads(text, parse_constant=_refuse))
    except (ValueError, pyjson5.Json5Exception) as error:
        if not strict and (straight := text.translate(_STRAIGHT)) != text:
            return _json(straight, strict=True)
        raise BadRequest(f"the value is not JSON ({error}); write keys and texts in double quotes") from error


def _quoted(text: str) -> Any:
    try:
        return pyjson5.decode(text)
    except pyjson5.Json5Exception:
        return text[1:-1]


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is no value of JSON")
