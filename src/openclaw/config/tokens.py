"""Where the words of a JSON5 text stand: strings, names and numbers, signs, comments. Nothing is lost between them.

Only for a text that the decoder has accepted: what is wrong in it is not this module's to find (decision 014).
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, cast

from openclaw.errors import ConfigRefused

Kind = Literal["space", "line", "block", "string", "sign", "word"]

# JSON5, section 8 (white space) and 7 (comments): four characters end a line, and the comment with it.
_TOKEN = re.compile(
    r"""(?P<space>[\s\ufeff]+)
    | (?P<line>//[^\n\r\u2028\u2029]*)
    | (?P<block>/\*.*?\*/)
    | (?P<string>"(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*')
    | (?P<sign>[{}\[\]:,])
    | (?P<word>[^\s\ufeff{}\[\]:,"'/]+)""",
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """One word of the text: what it is, and the positions it fills."""

    kind: Kind
    start: int
    end: int


def scan(text: str) -> list[Token]:
    """Return every token of ``text``, white space included; each begins where the one before it ends.

    Raises ConfigRefused where a character belongs to none, which no decoded text has.
    """
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ConfigRefused(
                f"the character {text[position]!r} at position {position} cannot be placed; edit the file by hand"
            )
        tokens.append(Token(cast("Kind", match.lastgroup), position, match.end()))
        position = match.end()
    return tokens
