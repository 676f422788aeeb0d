"""What a person sets for their session: model, thinking, verbosity, usage, queue, activation, sending.

Each handler takes an order, changes the session's settings or none of them, and returns what is answered.
"""

from __future__ import annotations

import re
from dataclasses import replace

from openclaw.domain.ids import SessionKey
from openclaw.domain.sessions import SessionSettings
from openclaw.domain.turns import THINKING
from openclaw.store import Tx, session_settings
from openclaw.turns.commands.answers import queue_text
from openclaw.turns.commands.catalog import numbered
from openclaw.turns.commands.order import Order, usage
from openclaw.turns.commands.recognise import DEFAULT, Heard, listen
from openclaw.turns.commands.rules import CommandRules
from openclaw.turns.commands.words import MODEL, THINK, VERBOSE

QUEUE_MODES = ("collect", "followup", "interrupt", "steer", "queue", "steer-backlog", "steer+backlog")
_QUEUE_SETTINGS = ("queue", "queue_debounce_ms", "queue_cap", "queue_drop")
_DROPS = {"old": "old", "new": "new", "summarize": "summarize", "summarise": "summarize"}
_DURATION = re.compile(r"(\d{1,7})(ms|s|m)")
_FACTOR = {"ms": 1, "s": 1000, "m": 60_000}
# A day: a longer wait is a slip of the finger.
_LONGEST_MS = 24 * 3_600_000
_MOST_KEPT = 1000
# What the original takes after /model beside names.
_LIST, _STATUS = "list", "status"


def directives(tx: Tx, order: Order) -> str:
    """Keep what a message of nothing but directives says; a single one without a value is asked about."""
    heard = listen(order.held.message.text, lambda name: is_choice(name, order.rules))
    if not heard.directives or heard.text:
        return _unset(tx, order)
    settings = session_settings.load(tx, order.session)
    _keep(tx, order.session, changed_by(settings, heard, order.rules))
    return "\n".join(_told(tx, order, word) for word, _ in heard.directives)


def keep_alone(tx: Tx, session: SessionKey, text: str, rules: CommandRules) -> bool:
    """Keep what ``text`` says if it says nothing but directives; whether that is so."""
    heard = listen(text, lambda name: is_choice(name, rules))
    if heard.text or not heard.directives:
        return False
    _keep(tx, session, changed_by(session_settings.load(tx, session), heard, rules))
    return True


def changed_by(settings: SessionSettings, heard: Heard, rules: CommandRules) -> SessionSettings:
    """``settings`` as the directives of a message have them; the last one of a kind counts."""
    for word, value in heard.directives:
        kept = "" if value.lower() == DEFAULT else value
        if word == MODEL:
            settings = replace(settings, model=rules.catalog.resolve(kept) if kept else "")
        elif word == THINK:
            settings = replace(settings, thinking=kept)
        else:
            settings = replace(settings, verbose=kept)
    return settings


def is_choice(name: str, rules: CommandRules) -> bool:
    """Whether ``name`` may follow ``/model``."""
    return name.lower() == DEFAULT or rules.catalog.names(name)


def _keep(tx: Tx, session: SessionKey, settings: SessionSettings) -> None:
    session_settings.change(
        tx, session, model=settings.model, thinking=settings.thinking, verbose=settings.verbose
    )


def _told(tx: Tx, order: Order, word: str) -> str:
    settings = session_settings.load(tx, order.session)
    if word == MODEL:
        model = order.model(settings) or "none is set up"
        return f"Model: {model}" if settings.model else f"Model: {model} (the default)"
    if word == THINK:
        return f"Thinking: {settings.thinking or 'as the model is used to'}"
    return f"Verbose: {settings.verbose or 'off'}"


def _unset(tx: Tx, order: Order) -> str:
    """The answer to a directive without a value that it takes: what is set, and what could be."""
    settings, given = session_settings.load(tx, order.session), order.arguments
    if order.command.word == MODEL and given.lower() == _LIST:
        return models(tx, replace(order, arguments=""))
    given = "" if given.lower() == _STATUS else given
    match order.command.word:
        case word if word == MODEL:
            if given:
                return f'"{_short(given)}" is none of the models on offer. /models lists them.'
            return f"Model: {order.model(settings) or 'none is set up'}. /models lists those on offer."
        case word if word == THINK:
            now, levels = settings.thinking or DEFAULT, ", ".join(THINKING)
            wrong = f'"{_short(given)}" is no level. ' if given else ""
            return f"{wrong}Thinking: {now}. Levels: {levels}, {DEFAULT}."
        case word if word == VERBOSE:
            wrong = f'"{_short(given)}" is neither on nor off. ' if given else ""
            return f"{wrong}Verbose: {settings.verbose or 'off'}."
        case _:
            return usage(order.command)


def models(tx: Tx, order: Order) -> str:
    """The models on offer, numbered for ``/model N``, or those of one provider with the same numbers."""
    catalog, said = order.rules.catalog, order.arguments.lower()
    provider = "" if said == _LIST else said
    if not catalog.offers:
        return "No model is configured."
    chosen = order.model(session_settings.load(tx, order.session))
    lines = numbered(catalog.offers, chosen, provider)
    if not lines:
        return f'"{_short(provider)}" is none of the providers on offer: {", ".join(catalog.offered_by)}.'
    return "\n".join([*lines, "Choose with /model and a number or name."])


def choose(tx: Tx, order: Order, name: str, values: dict[str, str]) -> str:
    """Set ``name`` to what one of the words in ``values`` stands for; without one, tell what is set."""
    given = order.arguments.lower()
    title = order.command.word.removeprefix("/").capitalize()
    if given not in values:
        now: str = getattr(session_settings.load(tx, order.session), name)
        wrong = f'"{_short(given)}" is not understood. ' if given else ""
        return f"{wrong}{title}: {now or 'not set'}. {usage(order.command)}"
    session_settings.change(tx, order.session, **{name: values[given]})
    return f"{title}: {given}"


def tokens(tx: Tx, order: Order) -> str:
    """``/usage``."""
    return choose(tx, order, "usage", {"off": "", "tokens": "tokens", "full": "full", "cost": "cost"})


def activation(tx: Tx, order: Order) -> str:
    """``/activation``, which means something in groups only."""
    if not order.held.is_group:
        return "That is for groups; here you are always answered."
    return choose(tx, order, "activation", {"mention": "mention", "always": "always"})


def send(tx: Tx, order: Order) -> str:
    """``/send``; ``inherit`` goes by ``session.sendPolicy`` again."""
    return choose(tx, order, "send", {"on": "on", "off": "off", "inherit": ""})


def queue(tx: Tx, order: Order) -> str:
    """``/queue``: a mode, its options, or ``default`` to go by the configuration again."""
    words = order.arguments.lower().split()
    if words in (["default"], ["reset"]):
        session_settings.change(tx, order.session, **dict.fromkeys(_QUEUE_SETTINGS))
        words = []
    elif words:
        parsed = parse_queue(words)
        if isinstance(parsed, str):
            return f"{parsed} {usage(order.command)}"
        session_settings.change(tx, order.session, **parsed)
    return f"Queue: {queue_text(session_settings.load(tx, order.session), order.rules)}"


def parse_queue(words: list[str]) -> dict[str, str | int | None] | str:
    """The settings that ``words`` name, or what is wrong with the first that names none."""
    found: dict[str, str | int | None] = {}
    for word in words:
        name, colon, value = word.partition(":")
        if word in QUEUE_MODES:
            found["queue"] = word
        elif colon and name == "debounce" and (milliseconds := _milliseconds(value)) is not None:
            found["queue_debounce_ms"] = milliseconds
        elif colon and name == "cap" and re.fullmatch(r"[0-9]{1,4}", value) and 0 < int(value) <= _MOST_KEPT:
            found["queue_cap"] = int(value)
        elif colon and name == "drop" and value in _DROPS:
            found["queue_drop"] = _DROPS[value]
        else:
            return f'"{_short(word)}" is not understood.'
    return found


def _milliseconds(text: str) -> int | None:
    found = _DURATION.fullmatch(text if text[-1:].isalpha() else f"{text}ms")
    if found is None or not text.isascii():
        return None
    length = int(found[1]) * _FACTOR[found[2]]
    return length if length <= _LONGEST_MS else None


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
