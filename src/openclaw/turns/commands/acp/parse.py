"""The words after ``/acp`` as a wish. Pure.

They are parted at white space, without quotes. Phones make a dash of two hyphens, so every dash at the beginning of a
word is read as two (behaviour facts H.2).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from openclaw.turns.commands.acp.actions import ACTIONS, BIND, OPTIONS, SESSION, THREAD
from openclaw.turns.commands.acp.refusals import wrong

_DASH = re.compile(r"^(?:[\u2012-\u2015\u2212\ufe58\uff0d]+|--)-?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: an action, its words, and its options by their names with ``--``.

    ``text`` is what ``steer`` is to say.
    """

    action: str
    words: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    text: str = ""

    def word(self, place: int) -> str:
        """The word at a place, "" when there is none."""
        return self.words[place] if place < len(self.words) else ""


def parse(arguments: str) -> Wish:
    """What the words ask for; no word, or one that is no action, asks for help.

    Raises:
        CommandRefused: an action that is known cannot be meant so.
    """
    first, _, rest = arguments.strip().partition(" ") if "\n" not in arguments else _first(arguments)
    action = ACTIONS.get(first.lower())
    if action is None:
        return Wish("help")
    if action.word == "steer":
        return _steer(rest)
    words, options = _parted(rest, OPTIONS if action.word == "spawn" else {}, action.usage)
    if len(words) > action.most:
        raise wrong(f"That is more than fits. Usage: {action.usage}")
    return Wish(action.word, tuple(words), options)


def _first(text: str) -> tuple[str, str, str]:
    parts = text.split(maxsplit=1)
    return (parts[0] if parts else "", " ", parts[1] if len(parts) > 1 else "")


def _steer(rest: str) -> Wish:
    """The words to the agent stay as they are; only a session may be named before them."""
    head, _, more = _first(rest)
    name, equals, value = _dashed(head).partition("=")
    if name != SESSION:
        text, options = rest.strip(), {}
    elif equals:
        text, options = more.strip(), {SESSION: value}
    else:
        value, _, more = _first(more)
        text, options = more.strip(), {SESSION: value}
    if not text or (options and not options[SESSION]):
        raise wrong(f"Nothing to tell the agent. Usage: {ACTIONS['steer'].usage}")
    return Wish("steer", options=options, text=text)


def _parted(rest: str, known: Mapping[str, tuple[str, ...]], usage: str) -> tuple[list[str], dict[str, str]]:
    plain: list[str] = []
    options: dict[str, str] = {}
    words = [_dashed(word) for word in rest.split()]
    while words:
        word = words.pop(0)
        if _CONTROL.search(word):
            raise wrong(f"There is a character in it that cannot be typed. Usage: {usage}")
        if not word.startswith("--"):
            plain.append(word)
            continue
        name, equals, value = word.partition("=")
        name = name.lower()
        if name not in known:
            raise wrong(f'"{_short(name)}" is no option here. Usage: {usage}')
        if not equals and words and not words[0].startswith("--"):
            value = words.pop(0)
        options[name] = _checked(name, value, known[name], usage)
    if options.get(BIND) == "here" and options.get(THREAD) in ("auto", "here"):
        raise wrong(f"{BIND} here and {THREAD} say two things. Usage: {usage}")
    return plain, options


def _checked(name: str, value: str, values: tuple[str, ...], usage: str) -> str:
    if not value:
        raise wrong(f"{name} needs a value. Usage: {usage}")
    if values and value.lower() not in values:
        raise wrong(f'{name} is one of {", ".join(values)}, not "{_short(value)}". Usage: {usage}')
    return value.lower() if values else value


def _dashed(word: str) -> str:
    return _DASH.sub("--", word)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
