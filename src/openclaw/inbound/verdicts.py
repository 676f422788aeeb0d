"""Verdicts: what the gates say of one message, and where it would go. Only looks, so that asking changes nothing.

The judge acts on it; ``openclaw explain`` shows it. There is no other way to a verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from openclaw.domain.access import Notified
from openclaw.domain.admission import Admitted, Reason, Verdict
from openclaw.domain.chats import ChatRef
from openclaw.domain.commands import Command
from openclaw.domain.delivery import OutboundMessage
from openclaw.domain.ids import AccountId
from openclaw.domain.messages import InboundMessage, LedgerMessage
from openclaw.domain.sessions import Peer, PeerKind, Route
from openclaw.inbound.access import AccessPolicy
from openclaw.inbound.admit import Conversation, admit
from openclaw.inbound.brakes import Brakes
from openclaw.inbound.facts import Lookup, Times
from openclaw.inbound.loops import runs_in_a_circle
from openclaw.inbound.manners import NO_MANNERS, Manners
from openclaw.inbound.owner_answers import recognise
from openclaw.inbound.second_looks import Look
from openclaw.store import Tx, turns


@dataclass(frozen=True, slots=True)
class Door:
    """Who is let in at one account, and how an unknown sender is met there; ``text`` ``None`` is our own wording.

    ``owner`` is who may answer notices there.
    """

    policy: AccessPolicy
    silent: bool = False
    text: str | None = None
    owner: Notified | None = None


@dataclass(frozen=True, slots=True)
class Directions:
    """What judging needs of other stages: routes, when an agent is spoken to there, commands, and bubbles.

    ``waits`` is told of each message that waits for its lane, and of each command beside one, in the transaction of the
    verdict; it says whether the turn that runs in the chat is to give way to it. Whoever only asks leaves it alone.
    ``abort`` gives the command that words such as "stop" are while there is something to stop. ``ours`` says whether a
    command is the gateway's on a route or goes to the agent as it is. ``taken`` is told of each message that is let in
    to stay.
    """

    route: Callable[[Tx, AccountId, Peer, ChatRef, datetime], Route]
    manners: Callable[[Route], Manners]
    command: Callable[[str], Command | None]
    bubble: Callable[[AccountId, ChatRef, str], OutboundMessage]
    waits: Callable[[Tx, LedgerMessage], bool] = lambda tx, held: False
    abort: Callable[[str], Command | None] = lambda text: None
    ours: Callable[[Route, Command], bool] = lambda route, command: True
    taken: Callable[[Tx, Route, ChatRef], None] = lambda tx, route, chat: None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, the route of what it admits, and why the whole chat is to be paused; "" when it is not to be.

    ``said`` is a command as it was given, where the agent's name stands before it; "" where the text is all of it.
    """

    verdict: Verdict
    route: Route | None = None
    tripped: str = ""
    said: str = ""


class Verdicts:
    """The verdicts by the doors of all accounts of this installation."""

    def __init__(
        self,
        doors: Mapping[AccountId, Door],
        directions: Directions,
        brakes: Brakes,
        settle_s: Callable[[AccountId], float] = lambda account: 0.0,
    ) -> None:
        self.doors = doors
        self.directions = directions
        self._brakes = brakes
        self._settle_s = settle_s
        self._configured = frozenset(handle for door in doors.values() for handle in door.policy.own_handles)

    def lookup(self, tx: Tx, batch: Sequence[LedgerMessage]) -> Lookup:
        """Where the facts about the messages of ``batch`` are looked up."""
        return Lookup(tx, batch, self._configured)

    def directed(self, directions: Directions) -> Verdicts:
        """The same by other ``directions``."""
        return Verdicts(self.doors, directions, self._brakes, self._settle_s)

    def of(self, tx: Tx, held: LedgerMessage, lookup: Lookup, look: Look, now: datetime) -> Judgement:
        """What becomes of ``held`` after ``look``. Its account must have a door."""
        found = self.before_loops(tx, held, lookup, look, now)
        verdict = found.verdict
        if not isinstance(verdict, Admitted) or verdict.paused or verdict.late:
            return found
        tripped = runs_in_a_circle(tx, held.message, self._brakes.turns_a_minute, now)
        if tripped is None:
            return found
        return replace(found, verdict=replace(verdict, reason=Reason.LOOP, paused=True), tripped=tripped)

    def before_loops(
        self, tx: Tx, held: LedgerMessage, lookup: Lookup, look: Look, now: datetime
    ) -> Judgement:
        """The same without the loop breaker, which goes by the turns of the last minute."""
        account, policy = held.message.account, self.doors[held.message.account].policy
        settles = self._settle_s(account) > 0
        facts = lookup.facts(held, policy, Times(now, self._brakes.late_after), look, settles=settles)
        answer = recognise(tx, held.message, self.doors[account].owner, policy.region, now)

        # Several gates ask where the message would go, and each time all bindings would be gone through.
        @cache
        def route(peer: Peer) -> Route | None:
            return self._route(tx, held, peer, lookup, now)

        facts = replace(facts, activation=_activation(held.message, policy, lookup, route), answer=answer)
        command, said = self._command(held.message, policy, route)
        talk = Conversation(
            stop=lambda peer, text: self._stop(tx, held.message, text, route(peer)),
            is_ours=lambda peer, given: self._is_ours(route(peer), given),
        )
        verdict = admit(held.message, policy, facts, command, lambda peer: self._manners(route(peer)), talk)
        if not isinstance(verdict, Admitted):
            return Judgement(verdict)
        if verdict.late and self._brakes.late_policy == "answer":
            verdict = replace(verdict, late=False)
        elif verdict.late and not verdict.paused:
            verdict = replace(verdict, reason=Reason.LATE)
        return Judgement(verdict, route(verdict.peer), said=said if verdict.command is command else "")

    def _command(
        self, message: InboundMessage, policy: AccessPolicy, route: Callable[[Peer], Route | None]
    ) -> tuple[Command | None, str]:
        """The command that a message is; in a group, where the agent may be called before it, its words as well."""
        given, chat = self.directions.command(message.text), message.chat
        if given is not None or chat is None or "/" not in message.text or not policy.is_group(message):
            return given, ""
        here = self._manners(route(Peer(PeerKind.GROUP, str(chat.row_id))))
        said = here.patterns.after_call(message.text)
        command = self.directions.command(said) if said else None
        return command, said if command else ""

    def _route(self, tx: Tx, held: LedgerMessage, peer: Peer, lookup: Lookup, now: datetime) -> Route | None:
        chat = lookup.trusted_chat(held.message)
        return self.directions.route(tx, held.message.account, peer, chat, now) if chat else None

    def _is_ours(self, route: Route | None, command: Command) -> bool:
        return route is None or self.directions.ours(route, command)

    def _manners(self, route: Route | None) -> Manners:
        return self.directions.manners(route) if route else NO_MANNERS

    def _stop(self, tx: Tx, message: InboundMessage, text: str, route: Route | None) -> Command | None:
        """The command that ``text`` is where something of this very chat is being answered or waits to be."""
        command, chat = self.directions.abort(text), message.chat
        if command is None or route is None or chat is None:
            return None
        return command if turns.is_under_way(tx, route.session, message.account, chat.key) else None


def _activation(
    message: InboundMessage,
    policy: AccessPolicy,
    lookup: Lookup,
    route: Callable[[Peer], Route | None],
) -> str:
    """What was set by a command for the group of a message, beside its ``requireMention``."""
    chat, set_for = message.chat, lookup.activations
    if not set_for or chat is None or not policy.is_group(message):
        return ""
    found = route(Peer(PeerKind.GROUP, str(chat.row_id)))
    return set_for.get(found.session, "") if found else ""
