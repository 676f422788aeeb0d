"""Judging: each received message gets its verdict, and what the verdict entails is written in the same transaction.

What has to happen outside the ledger afterwards comes out as :class:`Consequences`.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from openclaw.domain.access import Notified
from openclaw.domain.admission import (
    Admitted,
    Challenged,
    Dropped,
    Ours,
    OwnerTyped,
    Reason,
    Suspect,
    Verdict,
    verdict_state,
)
from openclaw.domain.chats import ChatRef
from openclaw.domain.commands import Command
from openclaw.domain.delivery import Cause, OutboundMessage
from openclaw.domain.handles import Handle, parse_handle
from openclaw.domain.ids import AccountId, MessageId
from openclaw.domain.messages import InboundMessage, LedgerMessage, MessageState
from openclaw.domain.sessions import Peer, PeerKind, Route
from openclaw.inbound.access import AccessPolicy
from openclaw.inbound.admit import Conversation, admit
from openclaw.inbound.brakes import Brakes
from openclaw.inbound.consequences import Consequences
from openclaw.inbound.facts import Lookup, Times
from openclaw.inbound.loops import runs_in_a_circle
from openclaw.inbound.mentions import MentionPatterns
from openclaw.inbound.owner_answers import recognise
from openclaw.inbound.pairing import challenge_text, make_code
from openclaw.inbound.queues import Queues
from openclaw.inbound.second_looks import FIRST_SIGHT, Doubt, Look
from openclaw.store import Tx, accounts, deliveries, messages, pairing, turns

log = structlog.get_logger("openclaw.inbound")


_UNJUDGED = (MessageState.RECEIVED, MessageState.SUSPECT)


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
    """What judging needs of other stages: routes, the names an agent is called by, commands, and bubbles.

    ``waits`` is told of each message that waits for its lane, and of each command beside one, in the transaction of the
    verdict; it says whether the turn that runs in the chat is to give way to it.
    ``abort`` gives the command that words such as "stop" are while there is something to stop.
    """

    route: Callable[[AccountId, Peer, ChatRef], Route]
    mentions: Callable[[Route], MentionPatterns]
    command: Callable[[str], Command | None]
    bubble: Callable[[AccountId, ChatRef, str], OutboundMessage]
    waits: Callable[[Tx, LedgerMessage], bool] = lambda tx, held: False
    abort: Callable[[str], Command | None] = lambda text: None


class Judge:
    """Judges by the doors of all accounts of this installation."""

    def __init__(
        self,
        doors: Mapping[AccountId, Door],
        directions: Directions,
        brakes: Brakes,
        now: Callable[[], datetime],
        settle_s: Callable[[AccountId], float] = lambda account: 0.0,
    ) -> None:
        self._doors = doors
        self._directions = directions
        self._brakes = brakes
        self._now = now
        self._settle_s = settle_s
        self._configured = frozenset(handle for door in doors.values() for handle in door.policy.own_handles)

    def judge(self, tx: Tx, ids: Collection[MessageId], look: Look = FIRST_SIGHT) -> Consequences:
        """Give each of ``ids`` that has none its verdict, after ``look``. Accounts without a door are left alone."""
        done, dropped = Consequences(), defaultdict[tuple[AccountId, str], list[MessageId]](list)
        batch = [
            held
            for held in messages.load(tx, ids)
            if held.state in _UNJUDGED and held.message.account in self._doors
        ]
        lookup, queues = Lookup(tx, batch, self._configured), Queues(tx, self._now())
        for held in batch:
            if wait_s := queues.wait_s(held):
                done.behind[held.id] = wait_s
                continue
            # Listed boundary: a bug in a gate costs one message its verdict until the next start, not the account.
            try:
                verdict = self._verdict(tx, held, lookup, look)
            except Exception:
                log.exception("message.unjudged", message=held.id, account=held.message.account)
                continue
            if held.state is MessageState.SUSPECT and not isinstance(verdict, Suspect):
                done.settled.append(held.id)
                queues.leave(held)
            match verdict:
                case Dropped(reason):
                    dropped[held.message.account, reason].append(held.id)
                case Suspect():
                    queues.join(held, verdict)
                    self._doubt(tx, held, verdict, done)
                case _:
                    self._write(tx, held, verdict, done, lookup)
        # Nothing follows from a refusal, so a whole batch of them is one statement: a backlog of strangers is cheap.
        for (account, reason), refused in dropped.items():
            messages.settle(tx, refused, MessageState.DROPPED, self._now(), reason)
            log.info("messages.dropped", account=account, reason=reason, messages=refused)
        return done

    def _doubt(self, tx: Tx, held: LedgerMessage, verdict: Suspect, done: Consequences) -> None:
        done.doubts.append(Doubt(held, self._settle_s(held.message.account)))
        if held.state is not MessageState.SUSPECT or held.reason != str(verdict.reason):
            messages.judge(tx, held, verdict, None, self._now())
            log.info("message.doubted", message=held.id, account=held.message.account, reason=verdict.reason)

    def _write(
        self, tx: Tx, held: LedgerMessage, verdict: Verdict, done: Consequences, lookup: Lookup
    ) -> None:
        route = self._route(held, verdict.peer, lookup) if isinstance(verdict, Admitted) else None
        messages.judge(tx, held, verdict, route, self._now())
        if self._follow(tx, held, verdict, route, done):
            lookup.forget()
        log.info(
            "message.judged",
            message=held.id,
            account=held.message.account,
            verdict=type(verdict).__name__.lower(),
            reason=verdict.reason,
        )

    def _verdict(self, tx: Tx, held: LedgerMessage, lookup: Lookup, look: Look) -> Verdict:
        account, policy = held.message.account, self._doors[held.message.account].policy
        settles = self._settle_s(account) > 0
        facts = lookup.facts(held, policy, Times(self._now(), self._brakes.late_after), look, settles=settles)
        answer = self._answer(tx, held.message)
        facts = replace(facts, activation=self._activation(held, policy, lookup), answer=answer)
        command = self._directions.command(held.message.text)
        talk = Conversation(stop=lambda peer, text: self._stop(tx, held, peer, text, lookup))
        verdict = admit(
            held.message, policy, facts, command, lambda peer: self._mentions(held, peer, lookup), talk
        )
        if not isinstance(verdict, Admitted):
            return verdict
        if verdict.late and self._brakes.late_policy == "answer":
            verdict = replace(verdict, late=False)
        elif verdict.late and not verdict.paused:
            verdict = replace(verdict, reason=Reason.LATE)
        return self._braked(tx, held, verdict, lookup)

    def _answer(self, tx: Tx, message: InboundMessage) -> Command | Reason | None:
        door = self._doors[message.account]
        return recognise(tx, message, door.owner, door.policy.region, self._now())

    def _braked(self, tx: Tx, held: LedgerMessage, verdict: Admitted, lookup: Lookup) -> Admitted:
        """``verdict``, or its message put on hold with its whole chat when the conversation runs in a circle."""
        message, now = held.message, self._now()
        if verdict.paused or verdict.late or message.chat is None:
            return verdict
        tripped = runs_in_a_circle(tx, message, self._brakes.turns_a_minute, now)
        if tripped is None:
            return verdict
        log.error("chat.paused", account=message.account, chat=message.chat.key, reason=tripped)
        accounts.set_pause(tx, message.account, message.chat.key, now, tripped)
        lookup.forget()
        return replace(verdict, reason=Reason.LOOP, paused=True)

    def _route(self, held: LedgerMessage, peer: Peer, lookup: Lookup) -> Route | None:
        chat = lookup.trusted_chat(held.message)
        return self._directions.route(held.message.account, peer, chat) if chat else None

    def _activation(self, held: LedgerMessage, policy: AccessPolicy, lookup: Lookup) -> str:
        """What was set by a command for the group of a message, beside its ``requireMention``."""
        chat, set_for = held.message.chat, lookup.activations
        if not set_for or chat is None or not policy.is_group(held.message):
            return ""
        route = self._route(held, Peer(PeerKind.GROUP, str(chat.row_id)), lookup)
        return set_for.get(route.session, "") if route else ""

    def _mentions(self, held: LedgerMessage, peer: Peer, lookup: Lookup) -> MentionPatterns:
        route = self._route(held, peer, lookup)
        return self._directions.mentions(route) if route else MentionPatterns(())

    def _stop(self, tx: Tx, held: LedgerMessage, peer: Peer, text: str, lookup: Lookup) -> Command | None:
        """The command that ``text`` is where something of this very chat is being answered or waits to be."""
        command, chat = self._directions.abort(text), held.message.chat
        route = self._route(held, peer, lookup) if command and chat else None
        if route is None or chat is None:
            return None
        return command if turns.is_under_way(tx, route.session, held.message.account, chat.key) else None

    def _follow(
        self, tx: Tx, held: LedgerMessage, verdict: Verdict, route: Route | None, done: Consequences
    ) -> bool:
        """Write what a verdict entails; whether that changed what later verdicts go by."""
        message = held.message
        match verdict:
            case Ours(_, delivery):
                deliveries.confirm(tx, delivery, message.guid, message.row_id, self._now())
                self._learn(tx, message)
                # The chat may have been waiting for this verdict.
                done.accounts.add(message.account)
                return True
            case OwnerTyped():
                self._learn(tx, message)
                done.personal.add(message.account)
                return True
            case Challenged(_, handle, fresh):
                if self._challenge(tx, message, handle, fresh=fresh):
                    done.accounts.add(message.account)
                return fresh
            case Admitted(paused=False, command=command) if route is not None:
                if verdict.late:
                    done.late.add(message.account)
                    return False
                gives_way = self._directions.waits(tx, _routed(held, verdict, route))
                if command is not None and not command.in_lane:
                    done.commands += messages.load(tx, [held.id])
                else:
                    done.sessions.add(route.session)
                if gives_way and message.chat is not None:
                    done.interrupting.add((route.session, message.account, message.chat.key))
                return False
            case _:
                return False

    def _learn(self, tx: Tx, message: InboundMessage) -> None:
        """An own row names the handle that it was sent from."""
        region = self._doors[message.account].policy.region
        handle = (
            parse_handle(message.destination, region) if message.from_me and message.destination else None
        )
        if handle is not None:
            accounts.learn_handles(tx, message.account, [handle], self._now())

    def _challenge(self, tx: Tx, message: InboundMessage, handle: Handle, *, fresh: bool) -> bool:
        """Make or refresh a pairing request; whether there is something to send."""
        door, now, chat = self._doors[message.account], self._now(), message.chat
        if not fresh or chat is None:
            pairing.seen(tx, message.account, handle, now)
            return False
        taken = {request.code for request in pairing.open_requests(tx, now)}
        request = pairing.add(tx, message.account, handle, chat, make_code(taken, secrets.choice), now)
        if door.silent:
            return False
        bubble = self._directions.bubble(
            message.account, chat, challenge_text(door.text, handle, request.code)
        )
        deliveries.queue(tx, Cause.CHALLENGE, request.id, [bubble], now)
        return True


def _routed(held: LedgerMessage, verdict: Admitted, route: Route) -> LedgerMessage:
    """``held`` as the ledger has it after ``verdict``."""
    return replace(
        held,
        state=verdict_state(verdict),
        session=route.session,
        agent=route.agent,
        authorised=verdict.authorised,
        command=verdict.command.word if verdict.command else "",
    )
