"""Judging: each received message gets its verdict, and what the verdict entails is written in the same transaction.

What has to happen outside the ledger afterwards comes out as :class:`Consequences`.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from openclaw.domain.admission import Admitted, Challenged, Dropped, Ours, OwnerTyped, Verdict
from openclaw.domain.chats import ChatRef
from openclaw.domain.commands import Command
from openclaw.domain.delivery import Cause, OutboundMessage
from openclaw.domain.handles import Handle, parse_handle
from openclaw.domain.ids import AccountId, ChatKey, MessageId, SessionKey
from openclaw.domain.messages import InboundMessage, LedgerMessage, MessageState
from openclaw.domain.sessions import Peer, Route
from openclaw.inbound.access import AccessPolicy
from openclaw.inbound.admit import Facts, admit
from openclaw.inbound.facts import Lookup
from openclaw.inbound.mentions import MentionPatterns
from openclaw.inbound.pairing import challenge_text, make_code
from openclaw.store import Tx, accounts, deliveries, messages, pairing

log = structlog.get_logger("openclaw.inbound")


@dataclass(frozen=True, slots=True)
class Door:
    """Who is let in at one account, and how an unknown sender is met there; ``text`` ``None`` is our own wording."""

    policy: AccessPolicy
    silent: bool = False
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Directions:
    """What judging needs of other stages: routes, the names an agent is called by, commands, and bubbles."""

    route: Callable[[AccountId, Peer, ChatRef], Route]
    mentions: Callable[[Route], MentionPatterns]
    command: Callable[[str], Command | None]
    bubble: Callable[[AccountId, ChatRef, str], OutboundMessage]


@dataclass(slots=True)
class Consequences:
    """What is to be done once a judgement is on disk: lanes to wake, commands to answer, accounts with bubbles to send.

    ``spoken`` tells in which chat of which account something was said to a session; ``personal`` are accounts on which
    a person turned out to type too.
    """

    sessions: set[SessionKey] = field(default_factory=set[SessionKey])
    spoken: set[tuple[SessionKey, AccountId, ChatKey]] = field(
        default_factory=set[tuple[SessionKey, AccountId, ChatKey]]
    )
    commands: list[LedgerMessage] = field(default_factory=list[LedgerMessage])
    accounts: set[AccountId] = field(default_factory=set[AccountId])
    personal: set[AccountId] = field(default_factory=set[AccountId])


class Judge:
    """Judges by the doors of all accounts of this installation."""

    def __init__(
        self,
        doors: Mapping[AccountId, Door],
        directions: Directions,
        late_after: timedelta,
        now: Callable[[], datetime],
    ) -> None:
        self._doors = doors
        self._directions = directions
        self._late_after = late_after
        self._now = now
        self._configured = frozenset(handle for door in doors.values() for handle in door.policy.own_handles)

    def judge(self, tx: Tx, ids: Collection[MessageId]) -> Consequences:
        """Give each of ``ids`` that is still only received its verdict. Accounts without a door are left alone."""
        done, dropped = Consequences(), defaultdict[tuple[AccountId, str], list[MessageId]](list)
        batch = [
            held
            for held in messages.load(tx, ids)
            if held.state is MessageState.RECEIVED and held.message.account in self._doors
        ]
        lookup = Lookup(tx, batch, self._configured)
        for held in batch:
            policy = self._doors[held.message.account].policy
            facts = lookup.facts(held, policy, self._late_after, self._now())
            # Listed boundary: a bug in a gate costs one message its verdict until the next start, not the account.
            try:
                verdict = self._verdict(held, policy, facts)
            except Exception:
                log.exception("message.unjudged", message=held.id, account=held.message.account)
                continue
            if isinstance(verdict, Dropped):
                dropped[held.message.account, verdict.reason].append(held.id)
            else:
                self._write(tx, held, verdict, done, lookup)
        # Nothing follows from a refusal, so a whole batch of them is one statement: a backlog of strangers is cheap.
        for (account, reason), refused in dropped.items():
            messages.settle(tx, refused, MessageState.DROPPED, self._now(), reason)
            log.info("messages.dropped", account=account, reason=reason, messages=refused)
        return done

    def _write(
        self, tx: Tx, held: LedgerMessage, verdict: Verdict, done: Consequences, lookup: Lookup
    ) -> None:
        route = self._route(held, verdict.peer) if isinstance(verdict, Admitted) else None
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

    def _verdict(self, held: LedgerMessage, policy: AccessPolicy, facts: Facts) -> Verdict:
        command = self._directions.command(held.message.text)
        return admit(held.message, policy, facts, command, lambda peer: self._mentions(held, peer))

    def _route(self, held: LedgerMessage, peer: Peer) -> Route | None:
        chat = held.message.chat
        return self._directions.route(held.message.account, peer, chat) if chat else None

    def _mentions(self, held: LedgerMessage, peer: Peer) -> MentionPatterns:
        route = self._route(held, peer)
        return self._directions.mentions(route) if route else MentionPatterns(())

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
                if command is not None and not command.in_lane:
                    done.commands += messages.load(tx, [held.id])
                else:
                    done.sessions.add(route.session)
                    if message.chat is not None:
                        done.spoken.add((route.session, message.account, message.chat.key))
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
