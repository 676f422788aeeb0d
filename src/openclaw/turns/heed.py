"""Heeding: what a turn's messages say to the gateway is taken out of their text, and acts for this one turn.

Directives change how it is answered, shortcuts are answered at once; both only where their sender may command.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from openclaw.domain.delivery import Cause
from openclaw.domain.sessions import SessionSettings
from openclaw.domain.turns import Turn, TurnMessage
from openclaw.store import Tx, deliveries, messages, session_settings
from openclaw.turns.commands.answers import shortcut
from openclaw.turns.commands.carry_out import Say
from openclaw.turns.commands.order import Order
from openclaw.turns.commands.recognise import Heard, listen
from openclaw.turns.commands.resets import reset_words
from openclaw.turns.commands.rules import CommandRules
from openclaw.turns.commands.settings import changed_by, is_choice
from openclaw.turns.commands.words import BY_WORD, COMPACT, NEW, RESET, STATUS


@dataclass(frozen=True, slots=True)
class Heeded:
    """A turn with the texts that are for the agent, the settings that hold for it, and whether it asked for more."""

    turn: Turn
    settings: SessionSettings
    answered: bool


def heed(tx: Tx, turn: Turn, rules: CommandRules, say: Say, now: datetime) -> Heeded:
    """Take out of ``turn`` what is not for the agent, and queue the answers to its shortcuts."""
    settings = session_settings.load(tx, turn.session)
    is_outside = rules.outside.is_outside(turn.agent)
    bare: list[TurnMessage] = []
    answered = False
    for message in turn.messages:
        heard = _heard(message, rules, is_outside=is_outside)
        settings = changed_by(settings, heard, rules)
        if heard.shortcuts:
            answered = True
            _answer(tx, turn, message, heard.shortcuts, rules, say, now)
        bare.append(replace(message, text=heard.text))
    return Heeded(replace(turn, messages=tuple(bare)), settings, answered)


def _heard(message: TurnMessage, rules: CommandRules, *, is_outside: bool) -> Heard:
    if not message.authorised or message.command == COMPACT:
        return Heard(message.text)
    text = message.text
    if message.command in (NEW, RESET):
        text = reset_words(message.command, text, rules, is_outside=is_outside).text
    if is_outside:
        # What somebody tells an outside agent reaches it word for word.
        return Heard(text)
    return listen(text, lambda name: is_choice(name, rules))


def _answer(
    tx: Tx,
    turn: Turn,
    message: TurnMessage,
    asked: Sequence[str],
    rules: CommandRules,
    say: Say,
    now: datetime,
) -> None:
    [held] = messages.load(tx, [message.id])
    order = Order(held, BY_WORD[STATUS], "", rules, now)
    text = "\n\n".join(shortcut(tx, order, word) for word in dict.fromkeys(asked))
    # Named by the message: a turn that runs again does not say it again.
    deliveries.queue(tx, Cause.COMMAND, message.id, say(turn.account, turn.chat, text), now)
