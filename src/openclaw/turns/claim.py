"""Claiming: what a lane does next, decided and written in one transaction.

A turn that is to run again goes first, then the oldest waiting message with what may run beside it. A turn never mixes
two chats, nor senders of different authority, and a command that keeps its place stands alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from openclaw.domain.admission import Reason
from openclaw.domain.delivery import Cause, OutboundMessage
from openclaw.domain.ids import AccountId, AgentId, ChatKey, SessionKey
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.domain.sessions import PeerKind, Session, TranscriptEntry
from openclaw.domain.turns import QueueMode, Turn
from openclaw.store import Tx, accounts, deliveries, messages, sessions, turns
from openclaw.turns import prompt
from openclaw.turns.commands import rest_of

# More messages than this are split over several turns.
_MOST = prompt.SHOWN
# What was missed is told of in one turn, however much it was.
_MOST_MISSED = 5000
# How much more is looked at when nothing of it is of an account that runs.
_FURTHER = 10


@dataclass(frozen=True, slots=True)
class Claimed:
    """A turn that is now running, with the session it belongs to and what was said there before.

    ``left`` says that more may be waiting in the lane already.
    """

    turn: Turn
    session: Session
    history: tuple[TranscriptEntry, ...]
    left: bool


@dataclass(frozen=True, slots=True)
class Commanded:
    """A command of the lane was carried out; its answer is queued for ``account``."""

    account: AccountId


@dataclass(frozen=True, slots=True)
class Nothing:
    """The lane is empty."""


Step = Claimed | Commanded | Nothing


@dataclass(frozen=True, slots=True)
class Rules:
    """What claiming needs from elsewhere: who can answer, when a session is stale, how a command's answer is worded.

    ``serves`` says whether an account runs: what waits for one that was switched off or removed keeps waiting, and
    holds nobody else of its session up. More than ``late_turns`` late messages of a chat become one turn.
    """

    can_run: Callable[[AgentId], bool]
    stale: Callable[[Session, PeerKind], str]
    reset_answer: Callable[[LedgerMessage], OutboundMessage]
    mode: QueueMode
    serves: Callable[[AccountId], bool] = lambda account: True
    late_turns: int = 3


def claim(tx: Tx, key: SessionKey, rules: Rules, now: datetime) -> Step:
    """Take the next thing to do in the lane ``key``."""
    paused = accounts.paused_chats(tx)
    for again in turns.queued(tx, key):
        is_silent = accounts.is_paused(paused, again.account, again.chat.key)
        if rules.serves(again.account) and rules.can_run(again.agent) and not is_silent:
            return _claimed(tx, turns.run_again(tx, again, now), rules, now, left=True)
    _hold_back(tx, key, paused, now)
    waiting, more = _served(tx, key, _MOST, rules)
    if not waiting:
        return Nothing()
    first = waiting[0]
    if missed := _missed(tx, key, first, rules):
        return _claimed(tx, turns.create(tx, missed, now), rules, now, left=True)
    if rules.mode is QueueMode.FOLLOWUP:
        waiting = waiting[:1]
    if first.command:
        return _command(tx, first, rules, now)
    if not rules.can_run(AgentId(first.agent)):
        return Nothing()
    together = _together(waiting)
    left = rules.mode is QueueMode.FOLLOWUP or more or len(together) < len(waiting)
    return _claimed(tx, turns.create(tx, together, now), rules, now, left=left)


def _hold_back(tx: Tx, key: SessionKey, paused: frozenset[tuple[AccountId, ChatKey]], now: datetime) -> None:
    """Put what waits in a chat that was paused meanwhile to what is paused: an agent must not act there either."""
    if not paused:
        return
    silent = [
        held.id
        for held in messages.waiting(tx, key, _MOST_MISSED)
        if held.message.chat and accounts.is_paused(paused, held.message.account, held.message.chat.key)
    ]
    if silent:
        messages.settle(tx, silent, MessageState.PAUSED, now, Reason.PAUSED)


def _command(tx: Tx, message: LedgerMessage, rules: Rules, now: datetime) -> Step:
    session = sessions.find(tx, SessionKey(message.session))
    if session is not None:
        sessions.reset(tx, session, now, "command")
    if rest_of(message.message.text) and rules.can_run(AgentId(message.agent)):
        return _claimed(tx, turns.create(tx, [message], now), rules, now, left=True)
    deliveries.queue(tx, Cause.COMMAND, message.id, [rules.reset_answer(message)], now)
    messages.settle(tx, [message.id], MessageState.ANSWERED, now, message.command)
    return Commanded(message.message.account)


def _missed(tx: Tx, key: SessionKey, first: LedgerMessage, rules: Rules) -> list[LedgerMessage]:
    """The late messages that are to become one turn; none when they are few, or nobody can answer."""
    if first.reason != str(Reason.LATE) or first.command or not rules.can_run(AgentId(first.agent)):
        return []
    waiting, _ = _served(tx, key, _MOST_MISSED, rules)
    late = itertools.takewhile(lambda held: held.reason == str(Reason.LATE) and not held.command, waiting)
    # Of one chat, whoever else wrote into the session meanwhile: a backlog of several chats comes mixed.
    together = _together([held for held in late if _place(held) == _place(first)])
    return together if len(together) > rules.late_turns else []


def _served(tx: Tx, key: SessionKey, most: int, rules: Rules) -> tuple[list[LedgerMessage], bool]:
    """The oldest waiting messages of accounts that run, and whether there may be more.

    What waits for others is looked past, however much it is.
    """
    while True:
        found = messages.waiting(tx, key, most)
        served = [held for held in found if rules.serves(held.message.account)]
        if served or len(found) < most:
            return served, len(found) == most
        most *= _FURTHER


def _together(waiting: list[LedgerMessage]) -> list[LedgerMessage]:
    first = waiting[0]
    taken: list[LedgerMessage] = []
    for message in waiting:
        if message.command or _origin(message) != _origin(first):
            break
        taken.append(message)
    return taken


def _origin(message: LedgerMessage) -> tuple[str, str, bool]:
    return (*_place(message), message.authorised)


def _place(message: LedgerMessage) -> tuple[str, str]:
    chat = message.message.chat
    return (message.message.account, chat.key if chat else "")


def _claimed(tx: Tx, turn: Turn, rules: Rules, now: datetime, *, left: bool) -> Claimed:
    session = sessions.find(tx, turn.session)
    if session is None:
        session = sessions.start(tx, turn.session, AgentId(turn.agent), now)
    elif reason := rules.stale(session, PeerKind.GROUP if turn.is_group else PeerKind.DIRECT):
        session = sessions.reset(tx, session, now, reason)
    sessions.touch(tx, session.key, now)
    return Claimed(turn, session, sessions.history(tx, session), left)
