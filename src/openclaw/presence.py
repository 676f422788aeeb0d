"""Presence: the signs that somebody is there while an answer is made. Typing, "read", and a tapback that says "seen".

Owns which of them are due, and the clock of a typing bubble. A sign is handed over and forgotten: where an account does
not have it nothing happens, and no message waits for one or fails by it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import assert_never

from openclaw.domain.bridge import Gesture, MarkRead, React, ShowTyping
from openclaw.domain.ids import AccountId, AgentId, MessageId
from openclaw.domain.messages import LedgerMessage
from openclaw.domain.turns import EffectStarting, FileOffered, Finished, TextDelta, Turn, TurnEvent

# Tapbacks that are to be taken away again; an older one stays, which harms nobody.
MOST_REMEMBERED = 256
_SILENT = "no_reply"


@dataclass(frozen=True, slots=True)
class PresenceRules:
    """Which signs are given.

    ``typing`` is when a typing bubble begins: ``never``, ``instant``, ``thinking`` (with the first thing the agent
    does), ``message`` (with the first words), or "" for instantly where the agent was called and else with the words.
    It is shown anew each ``every_s`` seconds. ``reads`` are the accounts that tell that they read; ``tapback`` the sign
    for "seen", ``None`` for none, ``scope`` where it is given. ``is_called`` says whether a text calls an agent.
    """

    typing: str = ""
    every_s: float = 6.0
    reads: frozenset[AccountId] = frozenset()
    tapback: str | None = None
    scope: str = "group-mentions"
    takes_back: bool = False
    is_called: Callable[[AgentId, str], bool] = lambda agent, text: False


class Presence:
    """Gives signs by ``make``, which hands a gesture of an account over and does not wait."""

    def __init__(self, rules: PresenceRules, make: Callable[[AccountId, Gesture], None]) -> None:
        self._rules = rules
        self._make = make
        self._given: OrderedDict[MessageId, tuple[AccountId, React]] = OrderedDict()

    def adopt(self, rules: PresenceRules) -> None:
        """Go by other rules from the next sign on."""
        self._rules = rules

    def admitted(self, messages: Sequence[LedgerMessage]) -> None:
        """These were let in just now and will be answered."""
        for held in messages:
            message, chat = held.message, held.message.chat
            if chat is None or message.from_me:
                continue
            if message.account in self._rules.reads:
                self._make(message.account, MarkRead(chat))
            tapback = acknowledgement(held, self._rules)
            if tapback and message.guid:
                self._acknowledge(held.id, message.account, React(chat, message.guid, tapback))

    @contextmanager
    def during(self, turn: Turn) -> Generator[Callable[[TurnEvent], None]]:
        """Show that an answer is being written, once that is due; to be told what the agent does meanwhile."""
        bubble = _TypingBubble(
            lambda on: self._make(turn.account, ShowTyping(turn.chat, on)), self._rules.every_s
        )
        mode, said = typing_mode(turn, self._rules), ""

        def see(event: TurnEvent) -> None:
            nonlocal said
            if mode == "never" or bubble.is_shown:
                return
            match event:
                case TextDelta(text):
                    said += text
                    begins = not is_unsaid(said)
                case EffectStarting() | FileOffered():
                    begins = mode == "thinking"
                case Finished():
                    begins = False
                case _:
                    assert_never(event)
            if begins:
                bubble.show()

        if mode == "instant":
            bubble.show()
        try:
            yield see
        finally:
            bubble.end()

    def answered(self, turn: Turn) -> None:
        """The answer of ``turn`` is on its way: its "seen" may go."""
        for message in turn.messages:
            account, react = self._given.pop(message.id, (None, None))
            if account is not None and react is not None:
                self._make(account, React(react.chat, react.message, react.tapback, remove=True))

    def _acknowledge(self, message: MessageId, account: AccountId, react: React) -> None:
        self._make(account, react)
        if self._rules.takes_back:
            self._given[message] = account, react
            if len(self._given) > MOST_REMEMBERED:
                self._given.popitem(last=False)


def acknowledgement(held: LedgerMessage, rules: PresenceRules) -> str | None:
    """The tapback by which ``held`` is told that it was seen; none for a command, whose answer comes at once. Pure."""
    if held.command:
        return None
    match rules.scope:
        case "all":
            is_due = True
        case "direct":
            is_due = not held.is_group
        case "group-all":
            is_due = held.is_group
        case "group-mentions":
            is_due = held.is_group and rules.is_called(AgentId(held.agent), held.message.text)
        case _:
            is_due = False
    return rules.tapback if is_due else None


def typing_mode(turn: Turn, rules: PresenceRules) -> str:
    """When the typing bubble of ``turn`` begins: in a group where nobody called not before there are words. Pure."""
    if rules.typing:
        return rules.typing
    called = not turn.is_group or any(rules.is_called(turn.agent, one.text) for one in turn.messages)
    return "instant" if called else "message"


def is_unsaid(text: str) -> bool:
    """Whether ``text`` may still turn out to be the word by which an agent says nothing. Pure."""
    return _SILENT.startswith(text.strip().casefold())


class _TypingBubble:
    """A typing bubble that is shown anew until it ends; Messages lets an old one go."""

    def __init__(self, show: Callable[[bool], None], every_s: float) -> None:
        self._show = show
        self._every_s = every_s
        self._again: asyncio.TimerHandle | None = None

    @property
    def is_shown(self) -> bool:
        return self._again is not None

    def show(self) -> None:
        self._show(True)
        self._again = asyncio.get_running_loop().call_later(self._every_s, self.show)

    def end(self) -> None:
        if self._again is not None:
            self._again.cancel()
            self._show(False)
