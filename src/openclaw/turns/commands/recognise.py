"""Recognising commands in a text. Pure.

A command is the whole of a message. Directives and shortcuts may also stand inside one; what somebody quotes, and what
is code, holds neither.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from openclaw.domain.commands import Command, Rank
from openclaw.domain.turns import THINKING
from openclaw.turns.commands.words import BY_WORD, DIRECTIVES, MODEL, RESET, SHORTCUTS, THINK, VERBOSE

DEFAULT = "default"
"""What takes a setting back."""

# Objects and direction marks that phones put around what was typed; inside a word they make it another word.
_AROUND = " \t\r\n\ufffc\ufeff\u200b\u200e\u200f\u202a\u202b\u202c\u2060\u2066\u2067\u2068\u2069"
_FIRST = re.compile(r"(/[A-Za-z-]+)(?:(?::\s*|\s+)(.*))?", re.DOTALL)
_INSIDE = re.compile(r"(?<!\S)(/[A-Za-z-]+)(?::|(?!\S))")
_ENDS = re.compile(r"(?!\S)")
_VALUE = re.compile(r"(?:[^\S\n]+|(?<=:))(\S+)")
# What is never looked into: fenced and inline code, quotations, lines that quote. An opened one that is not closed
# reaches to the end, of the text or of its line.
_CLOSED = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]*(?:`|$)|\"[^\"\n]*(?:\"|$)|“[^”]*(?:”|\Z)|„[^“”]*(?:[“”]|\Z)|«[^»]*(?:»|\Z)"
    r"|^[^\S\n]*>[^\n]*",
    re.DOTALL | re.MULTILINE,
)
_LEVELS = {THINK: frozenset((*THINKING, DEFAULT)), VERBOSE: frozenset(("on", "off", DEFAULT))}


@dataclass(frozen=True, slots=True)
class Heard:
    """A text as it was meant: what is for the agent, and what was for the gateway.

    ``directives`` are pairs of a word and its value, ``shortcuts`` words, each in order.
    """

    text: str
    directives: tuple[tuple[str, str], ...] = ()
    shortcuts: tuple[str, ...] = ()


def any_model(_name: str) -> bool:
    """Takes any name for that of a model, where nobody can say which there are."""
    return True


def command_of(text: str, reset_triggers: Sequence[str] = ()) -> Command | None:
    """The command that the whole of ``text`` is, or ``None``. A ``:`` may follow the word; case does not matter.

    ``reset_triggers`` are further texts that mean ``/reset`` (``session.resetTriggers``). The command has the rank and
    flag that what follows its word gives it.
    """
    bare = text.strip(_AROUND)
    found = _FIRST.fullmatch(bare)
    command = BY_WORD.get(found[1].lower()) if found else None
    if found is None or command is None:
        return BY_WORD[RESET] if _behind_trigger(bare, reset_triggers) is not None else None
    # Whose it is and what is carried out must be told by the same words, or what nobody sees would be a way around.
    rest = _rest(found)
    if not rest:
        return command
    if command.word in (*DIRECTIVES, *SHORTCUTS):
        heard = listen(bare, any_model)
        # With words for the agent beside it, it is a message to the agent.
        if heard.directives or heard.shortcuts:
            return None if heard.text else command
    return _with_rest(command, rest) if command.takes_rest else None


def rest_of(text: str, reset_triggers: Sequence[str] = ()) -> str:
    """What follows the first word of a command, or the words of a trigger."""
    bare = text.strip(_AROUND)
    behind = _behind_trigger(bare, reset_triggers)
    if behind is not None:
        return behind
    found = _FIRST.fullmatch(bare)
    return _rest(found) if found else "".join(bare.split(maxsplit=1)[1:]).strip(_AROUND)


def listen(text: str, is_model: Callable[[str], bool]) -> Heard:
    """What a text of somebody who may command says; ``is_model`` tells whether a name is one that can be asked."""
    if "/" not in text:
        return Heard(text)
    directives: list[tuple[str, str]] = []
    shortcuts: list[str] = []
    kept: list[str] = []
    position, closed = 0, _spans(text)
    for found in _INSIDE.finditer(text):
        if found.start() < position or _is_inside(closed, found.start()):
            continue
        command = BY_WORD.get(found[1].lower())
        if command is None:
            continue
        end = found.end()
        if command.word in SHORTCUTS and _ENDS.match(text, end):
            shortcuts.append(command.word)
        elif command.word in DIRECTIVES and (value := _value(command.word, text, end, is_model)):
            directives.append((command.word, value[1].lower() if command.word != MODEL else value[1]))
            end = value.end()
        else:
            continue
        kept.append(text[position : found.start()].rstrip(" \t"))
        position = end
    if not directives and not shortcuts:
        return Heard(text)
    kept.append(text[position:])
    return Heard("".join(kept).strip(_AROUND), tuple(directives), tuple(shortcuts))


def _rest(found: re.Match[str]) -> str:
    return (found[2] or "").strip(_AROUND)


def _value(word: str, text: str, at: int, is_model: Callable[[str], bool]) -> re.Match[str] | None:
    found = _VALUE.match(text, at)
    if found is None:
        return None
    known = is_model(found[1]) if word == MODEL else found[1].lower() in _LEVELS[word]
    return found if known else None


def _spans(text: str) -> list[tuple[int, int]]:
    return [found.span() for found in _CLOSED.finditer(text)]


def _is_inside(spans: Sequence[tuple[int, int]], position: int) -> bool:
    before = bisect_right(spans, position, key=lambda span: span[0]) - 1
    return before >= 0 and position < spans[before][1]


def _behind_trigger(bare: str, triggers: Sequence[str]) -> str | None:
    """What follows the trigger with which a text begins, the longest of them; ``None`` when it begins with none."""
    words = sorted({trigger.strip() for trigger in triggers} - {""}, key=len, reverse=True)
    found = (re.match(rf"{re.escape(word)}:?(?:\s+|\Z)", bare, re.IGNORECASE) for word in words)
    return next((bare[match.end() :].strip(_AROUND) for match in found if match), None)


def _with_rest(command: Command, rest: str) -> Command:
    first = (rest.split(maxsplit=1) or [""])[0].lower()
    if first not in command.owner_for:
        return command
    return replace(command, who=Rank.OWNER, flag=command.owner_flag or command.flag)
