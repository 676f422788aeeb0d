"""Nobody can be recognised in a recording, and yet it behaves like the real one. Pure.

Everything is disguised by its shape unless its key is known to be harmless, so that a field that a later release
adds is hidden by default. The same person, chat or message gets the same disguise throughout one recording.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Any, cast

# Keys whose values name nobody: protocol words, kinds, times.
_HARMLESS = frozenset(
    (
        *("jsonrpc", "id", "method", "service", "transport", "created_at", "last_message_at"),
        *("uti", "mime_type", "reaction_type", "reaction_emoji"),
    )
)
_CHAT_GUID = re.compile(r"([A-Za-z]+;[-+];)(.+)", re.DOTALL)
_CHAT_NUMBER = re.compile(r"chat(\d+)")
_PHONE = re.compile(r"\+?\d[\d ().-]{2,20}\d")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+")
_GUID = re.compile(r"((?:p:\d+/|bp:)?)([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})")
# Left as they are inside texts: they decide how a text is read.
_STRUCTURE = frozenset("\ufffc\ufffd\n\t ")


class Disguise:
    """The disguises of one recording; unpredictable from outside and different in the next one."""

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(16)
        self._people: dict[str, int] = {}

    def __call__(self, line: Any) -> Any:
        """The JSON of a line, or a text that was none, as it may be written."""
        return self._text(line) if isinstance(line, str) else self._value("", line)

    def _value(self, key: str, value: object) -> Any:
        if isinstance(value, str):
            return value if key in _HARMLESS else self._text(value)
        if isinstance(value, dict):
            return {name: self._value(name, each) for name, each in cast("dict[str, object]", value).items()}
        if isinstance(value, list):
            return [self._value(key, each) for each in cast("list[object]", value)]
        return value

    def _text(self, text: str) -> str:
        if match := _CHAT_GUID.fullmatch(text):
            return match[1] + self._text(match[2])
        if match := _GUID.fullmatch(text):
            return match[1] + self._guid(match[2])
        if match := _CHAT_NUMBER.fullmatch(text):
            return f"chat{self._number(text):0{len(match[1])}}"[: len(text)]
        if _PHONE.fullmatch(text):
            return f"+1555010{self._person(text):04}"
        if _MAIL.fullmatch(text):
            return f"person{self._person(text)}@example.com"
        return "".join(map(_placeholder, text))

    def _person(self, handle: str) -> int:
        return self._people.setdefault(handle, len(self._people) + 1)

    def _number(self, text: str) -> int:
        return int.from_bytes(hashlib.blake2b(text.encode(), key=self._salt, digest_size=7).digest(), "big")

    def _guid(self, text: str) -> str:
        digest = hashlib.blake2b(text.encode(), key=self._salt, digest_size=16).hexdigest().upper()
        return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:]))


def _placeholder(character: str) -> str:
    if character in _STRUCTURE:
        return character
    return "0" if character.isdigit() else "x"
