"""Claiming: what a lane does next, decided and written in one transaction.

A turn that is to run again goes first, then the oldest waiting message with what may run beside it. A turn never mixes
two chats, nor senders of different authority, and a command that keeps its place stands alone. A chat in which somebody
may still be writing is passed over until they are silent.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from openclaw.domain.admission import Reason
from openclaw.domain.delivery import Cause
from openclaw.domain.ids import AccountId, AgentId, ChatKey, SessionKey
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.domain.sessions import PeerKind, Session, SessionSettings, TranscriptEntry
from openclaw.domain.tools import NO_TOOLS, ToolRights
from openclaw.domain.turns import Turn
from openclaw.store import Tx, accounts, attachments, deliveries, messages, session_settings, sessions, turns
from openclaw.turns import condensed, prompt
from openclaw.turns.brief import Brief
from openclaw.turns.commands.carry_out import Say
from openclaw.turns.commands.resets import begin_anew, reset_words
from openclaw.turns.commands.rules import CommandRules
from openclaw.turns.commands.settings import keep_alone
from openclaw.turns.commands.words import APART, COMPACT
from openclaw.turns.compaction import FAILED, NOTHING, foldable, is_compaction
from openclaw.turns.files import hand_over
from openclaw.turns.queueing import Queue
from openclaw.turns.scene import NOWHERE, Scene, remembered, set_scene
from openclaw.turns.streaming import Streaming

# More messages than this are split over several turns.
_MOST = prompt.SHOWN + condensed.MOST
# What was missed is told of in one turn, however much it was.
_MOST_MISSED = 5000
# How much more is looked at when nothing of it is of an account that runs.
_FURTHER = 10


@dataclass(frozen=True, slots=True)
class Claimed:
    """A turn that is now running, with the session it belongs to, what was said there before, and what surrounds it.

    ``left`` says that more may be waiting in the lane already; ``debounce_s`` is how long it is waited, after the turn,
    for more of what comes during it. ``settings`` hold for this turn.
    ``answered`` says that answers to what was asked of the gateway inside its messages are queued.
    """

    turn: Turn
    session: Session
    history: tuple[TranscriptEntry, ...]
    left: bool
    debounce_s: float = 0.0
    settings: SessionSettings = field(default_factory=SessionSettings)
    answered: bool = False
    scene: Scene = NOWHERE


@dataclass(frozen=True, slots=True)
class Commanded:
    """A command of the lane was carried out; its answer is queued for ``account``."""

    account: AccountId


@dataclass(frozen=True, slots=True)
class Nothing:
    """The lane is empty, or all that waits in it is not ready for another ``in_s`` seconds."""

    in_s: float | None = None


Step = Claimed | Commanded | Nothing


@dataclass(frozen=True, slots=True)
class Rules:
    """What claiming needs from elsewhere: who can answer, when a session is stale, how a command is read and
    its answer said.

    ``serves`` says whether an account runs: what waits for one that was switched off or removed keeps waiting, and
    holds nobody else of its session up. More than ``late_turns`` late messages of a chat become one turn.
    ``silenced`` tells why the answer of a turn may not leave, ``None`` when it may; ``brief`` how a turn is to be told;
    ``tools`` what it may use. ``streams`` tells how the answer of a turn is said while it is written, ``None`` where it
    is said at the end.
    """

    can_run: Callable[[AgentId], bool]
    stale: Callable[[Session, PeerKind], str]
    say: Say
    queue: Queue = field(default_factory=Queue)
    serves: Callable[[AccountId], bool] = lambda account: True
    late_turns: int = 3
    silenced: Callable[[Turn, SessionSettings], Reason | None] = lambda turn, settings: None
    commands: CommandRules = field(default_factory=CommandRules)
    brief: Callable[[Turn], Brief] = lambda turn: Brief()
    tools: Callable[[Turn], ToolRights] = lambda turn: NO_TOOLS
    streams: Callable[[Turn], Streaming | None] = lambda turn: None


def claim(tx: Tx, key: SessionKey, rules: Rules, now: datetime) -> Step:
    """Take the next thing to do in the lane ``key``."""
    rules = replace(rules, queue=rules.queue.with_settings(session_settings.load(tx, key)))
    paused = accounts.paused_chats(tx)
    for again in turns.queued(tx, key):
        is_silent = accounts.is_paused(paused, again.account, again.chat.key)
        if rules.serves(again.account) and rules.can_run(again.agent) and not is_silent:
            return _claimed(tx, turns.run_again(tx, again, now), rules, now, left=True)
    _hold_back(tx, key, paused, now)
    waiting, more = _served(tx, key, _MOST, rules)
    ready, in_s = _ready(tx, waiting, now)
    if not ready:
        return Nothing(in_s)
    first = ready[0]
    if missed := _missed(tx, key, first, rules, now):
        return _new(tx, missed, rules, now, left=True)
    if first.command:
        return _command(tx, first, rules, now)
    if not rules.can_run(AgentId(first.agent)):
        return Nothing()
    together = _next_turn(ready, one_by_one=rules.queue.is_one_by_one)
    return _new(tx, together, rules, now, left=more or len(together) < len(waiting))


def _ready(tx: Tx, waiting: list[LedgerMessage], now: datetime) -> tuple[list[LedgerMessage], float | None]:
    """What may be taken now, and in how many seconds more may be; nothing overtakes another of its chat.

    Its sender may not be done, its files are on their way, or a command before it is being carried out that decides who
    answers it.
    """
    behind = _behind(tx)
    hushed: dict[tuple[str, str], datetime] = {}
    ready: list[LedgerMessage] = []
    awaited = attachments.awaited(tx, [held.id for held in waiting if held.files], now)
    for held in waiting:
        until = max(filter(None, (held.quiet_until, awaited.get(held.id))), default=None)
        # What came in a time that is still to come came before the clock was set back, and waits for nothing.
        if until is not None and held.received_at <= now < until:
            hushed.setdefault(_place(held), until)
        if _place(held) not in hushed and held.id < behind.get(_place(held), held.id + 1):
            ready.append(held)
    return ready, min(((until - now).total_seconds() for until in hushed.values()), default=None)


def _behind(tx: Tx) -> dict[tuple[str, str], int]:
    """The chats in which a command is being carried out that what comes after it waits for, each with its message."""
    begun = messages.in_state(tx, MessageState.COMMANDED, newest_first=True)
    return {_place(held): held.id for held in begun if held.command in APART}


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
    can_run = rules.can_run(AgentId(message.agent))
    if message.command == COMPACT:
        session = sessions.find(tx, SessionKey(message.session))
        if can_run and session is not None and foldable(sessions.history(tx, session)):
            return _new(tx, [message], rules, now, left=True)
        return _commanded(tx, message, NOTHING if can_run else FAILED, rules, now)
    is_outside = rules.commands.outside.is_outside(AgentId(message.agent))
    words = reset_words(message.command, message.message.text, rules.commands, is_outside=is_outside)
    if words.text and not can_run:
        # It waits with its first message, until somebody can answer that.
        return Nothing()
    told = begin_anew(tx, message, words, now)
    is_talk = is_outside or not keep_alone(tx, SessionKey(message.session), words.text, rules.commands)
    if words.text and is_talk:
        return _new(tx, [message], rules, now, left=True)
    return _commanded(tx, message, told, rules, now)


def _commanded(tx: Tx, message: LedgerMessage, told: str, rules: Rules, now: datetime) -> Commanded:
    chat = message.message.chat
    if chat is not None:
        said = rules.say(message.message.account, chat, told)
        deliveries.queue(tx, Cause.COMMAND, message.id, said, now)
    messages.settle(tx, [message.id], MessageState.ANSWERED, now, message.command)
    return Commanded(message.message.account)


def _missed(
    tx: Tx, key: SessionKey, first: LedgerMessage, rules: Rules, now: datetime
) -> list[LedgerMessage]:
    """The late messages that are to become one turn; none when they are few, or nobody can answer."""
    if first.reason != str(Reason.LATE) or first.command or not rules.can_run(AgentId(first.agent)):
        return []
    waiting, _ = _served(tx, key, _MOST_MISSED, rules)
    ready, _ = _ready(tx, waiting, now)
    late = itertools.takewhile(lambda held: held.reason == str(Reason.LATE) and not held.command, ready)
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
    return list(
        itertools.takewhile(lambda held: not held.command and _origin(held) == _origin(first), waiting)
    )


def _next_turn(ready: list[LedgerMessage], *, one_by_one: bool) -> list[LedgerMessage]:
    """What one turn takes: all that belongs together, or one burst of it, with what is told in short before that."""
    short: list[LedgerMessage] = []
    whole: list[LedgerMessage] = []
    for held in _together(ready):
        is_short = held.reason == str(Reason.QUEUE_CONDENSED)
        if len(short) == condensed.MOST if is_short else len(whole) == prompt.SHOWN:
            break
        if one_by_one and whole and (is_short or not _is_one_burst(whole[-1], held)):
            break
        (short if is_short else whole).append(held)
    return sorted(short + whole, key=lambda held: held.id)


def _is_one_burst(held: LedgerMessage, following: LedgerMessage) -> bool:
    """Whether one person wrote both before falling silent."""
    return (
        held.quiet_until is not None
        and held.quiet_until == following.quiet_until
        and held.message.sender == following.message.sender
    )


def _origin(message: LedgerMessage) -> tuple[str, str, bool]:
    return (*_place(message), message.authorised)


def _place(message: LedgerMessage) -> tuple[str, str]:
    chat = message.message.chat
    return (message.message.account, chat.key if chat else "")


def _new(tx: Tx, held: list[LedgerMessage], rules: Rules, now: datetime, *, left: bool) -> Claimed:
    """A turn that nobody ran yet: somebody spoke. By trying an old one again no session becomes younger."""
    claimed = _claimed(tx, turns.create(tx, held, now), rules, now, left=left)
    sessions.touch(tx, claimed.session.key, now)
    return claimed


def _claimed(tx: Tx, turn: Turn, rules: Rules, now: datetime, *, left: bool) -> Claimed:
    session = sessions.find(tx, turn.session)
    # To sum up is no answer: it sees all of the history and uses up nothing of what was overheard.
    scene = NOWHERE if is_compaction(turn) else set_scene(tx, turn, rules.brief(turn), session, now)
    if session is None:
        session = sessions.start(tx, turn.session, AgentId(turn.agent), now)
    elif reason := rules.stale(session, PeerKind.GROUP if turn.is_group else PeerKind.DIRECT):
        session = sessions.reset(tx, session, now, reason)
    rules.commands.outside.prepare(tx, turn, now)
    turn = turn if is_compaction(turn) else hand_over(tx, turn)
    history = remembered(sessions.history(tx, session), scene.brief.memory_limit)
    return Claimed(turn, session, history, left, rules.queue.debounce_s, scene=scene)
