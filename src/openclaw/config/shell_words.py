"""The commands of a simple shell script, read and never run: words with their quotes taken off.

Knows quotes, escapes, comments, continued lines and ``$HOME``. A word whose text only a shell could tell says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Word:
    """One word. ``unknown`` is the first variable or substitution in it, "" when ``text`` is all there is."""

    text: str
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The script has a form that is not read here."""

    reason: str


_VARIABLE: Final = r"\$\{[^}\n]*\}|\$[A-Za-z_][A-Za-z0-9_]*|\$[@*#?$!0-9-]"
_PIECE = re.compile(
    rf"""
      (?P<joined>\\\n)
    | (?P<escaped>\\.)
    | '(?P<single>[^']*)'
    | "(?P<double>(?:[^"\\]|\\.)*)"
    | (?P<variable>{_VARIABLE})
    | (?P<space>[ \t\r]+)
    | (?P<end>\n|;|&&|&|\|\||\|)
    | (?P<redirect>\d*(?:>>|>&|>|<&|<(?!<)))
    | (?P<plain>[^\s'"\\$`;&|()<>\#]+|\#|\$(?!\())
    """,
    re.VERBOSE | re.DOTALL,
)
_INSIDE_DOUBLE = re.compile(rf"\\\n|\\(?P<escaped>[$`\"\\])|(?P<variable>{_VARIABLE}|\$\(|`)", re.DOTALL)
_HOME = ("$HOME", "${HOME}")
_COMMENT = re.compile(r"#[^\n]*")
_FORMS = {
    "(": "a subshell or a function",
    ")": "a subshell or a function",
    "<": "a here-document",
    "$": "a substitution",
    "`": "a substitution",
    "'": "an open quote",
    '"': "an open quote",
}


def read_commands(script: str, home: str) -> list[list[Word]] | Unreadable:
    """The simple commands of ``script``, in order; redirections are left out. ``~`` and ``$HOME`` mean ``home``."""
    reader = _Reader(home)
    position = 0
    while position < len(script):
        if not reader.in_word and (comment := _COMMENT.match(script, position)):
            position = comment.end()
            continue
        piece = _PIECE.match(script, position)
        if piece is None:
            return Unreadable(_FORMS.get(script[position], "a form that only a shell understands"))
        reader.take(piece)
        position = piece.end()
    reader.end_command()
    return reader.commands


class _Reader:
    """What has been read so far."""

    def __init__(self, home: str) -> None:
        self.commands: list[list[Word]] = []
        self._home = home
        self._command: list[Word] = []
        self._text: str | None = None
        self._unknown = ""
        self._drop_next = False

    @property
    def in_word(self) -> bool:
        return self._text is not None

    def take(self, piece: re.Match[str]) -> None:
        kind, text = piece.lastgroup, piece[piece.lastgroup or 0]
        match kind:
            case "space":
                self._end_word()
            case "end":
                self.end_command()
            case "redirect":
                self._end_word()
                self._drop_next = True
            case "double":
                self._add("")
                self._add_double(text)
            case "variable":
                self._add_variable(text)
            case "plain":
                at_home = not self.in_word and (text == "~" or text.startswith("~/"))
                self._add(self._home + text[1:] if at_home else text)
            case "escaped":
                self._add(text[1:])
            case "single":
                self._add(text)
            case _:  # a continued line
                pass

    def end_command(self) -> None:
        self._end_word()
        self._drop_next = False
        if self._command:
            self.commands.append(self._command)
            self._command = []

    def _end_word(self) -> None:
        if self._text is None:
            return
        if not self._drop_next:
            self._command.append(Word(self._text, self._unknown))
        self._text, self._unknown, self._drop_next = None, "", False

    def _add(self, text: str) -> None:
        self._text = (self._text or "") + text

    def _add_variable(self, text: str) -> None:
        if text in _HOME:
            self._add(self._home)
            return
        self._add(text)
        self._unknown = self._unknown or text

    def _add_double(self, text: str) -> None:
        position = 0
        for found in _INSIDE_DOUBLE.finditer(text):
            self._add(text[position : found.start()])
            position = found.end()
            if found["variable"]:
                self._add_variable(found["variable"])
            else:
                self._add(found["escaped"] or "")
        self._add(text[position:])
