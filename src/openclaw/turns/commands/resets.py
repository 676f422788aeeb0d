"""``/new`` and ``/reset``: what their words mean, and the session begun anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from openclaw.domain.ids import SessionKey
from openclaw.domain.messages import LedgerMessage
from openclaw.store import Tx, session_settings, sessions
from openclaw.turns.commands.recognise import rest_of
from openclaw.turns.commands.rules import CommandRules
from openclaw.turns.commands.words import NEW, RESET

NO_SOFT = "An outside agent keeps no summary here; /reset without soft begins a new conversation with it."
IN_PLACE = "Reset in place: the same agent goes on here with a new conversation."
_SOFT = "soft"


@dataclass(frozen=True, slots=True)
class ResetWords:
    """What follows a reset: a model to go on with or "", whether the summary stays, and the first message or "".

    ``outside`` is a reset of an outside agent's session, which has no summary of ours and no model of ours.
    """

    model: str = ""
    soft: bool = False
    text: str = ""
    outside: bool = False


def reset_words(command: str, text: str, rules: CommandRules, *, is_outside: bool = False) -> ResetWords:
    """What the words after ``/new`` or ``/reset`` mean: a name of a known model is one, anything else is talk.

    To an outside agent everything is talk, but for the wish to keep a summary.
    """
    rest = rest_of(text, rules.reset_triggers)
    first, _, more = rest.partition(" ") if "\n" not in rest.partition(" ")[0] else rest.partition("\n")
    if command == RESET and first.lower() == _SOFT:
        return ResetWords(soft=True, text="" if is_outside else more.strip(), outside=is_outside)
    if is_outside:
        return ResetWords(text=rest, outside=True)
    # A bare number is the beginning of a sentence sooner than a place in a list.
    if command == NEW and first and not first.isdigit():
        catalog = rules.catalog
        if model := catalog.resolve(first) or catalog.first_of(first):
            return ResetWords(model=model, text=more.strip())
    return ResetWords(text=rest)


def begin_anew(tx: Tx, held: LedgerMessage, words: ResetWords, now: datetime) -> str:
    """Reset the session of ``held``, and return what is answered when there is no first message."""
    if words.outside and words.soft:
        return NO_SOFT
    key = SessionKey(held.session)
    if words.model:
        session_settings.change(tx, key, model=words.model)
    session, kept = sessions.find(tx, key), False
    if session is not None:
        fresh = sessions.reset(tx, session, now, "command")
        kept = words.soft and sessions.carry_summary(tx, session, fresh)
    if words.outside:
        return IN_PLACE
    told = "A new conversation has begun"
    if words.model:
        return f"{told}, with {words.model}."
    if words.soft:
        return (
            f"{told}; the summary of the last one is kept."
            if kept
            else f"{told}; there was no summary to keep."
        )
    return f"{told}."
