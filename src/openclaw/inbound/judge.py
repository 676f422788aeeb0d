"""Judging: each received message gets its verdict, and what the verdict entails is written in the same transaction.

What has to happen outside the ledger afterwards comes out as :class:`Consequences`.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime

import structlog

from openclaw.domain.admission import (
    Admitted,
    Challenged,
    Dropped,
    Ours,
    Overheard,
    OwnerTyped,
    Suspect,
    Verdict,
    verdict_state,
)
from openclaw.domain.delivery import Cause
from openclaw.domain.files import PATIENCE
from openclaw.domain.handles import Handle, parse_handle
from openclaw.domain.ids import AccountId, ChatKey, MessageId
from openclaw.domain.messages import InboundMessage, LedgerMessage, MessageState
from openclaw.domain.sessions import PeerKind, Route
from openclaw.inbound import context
from openclaw.inbound.brakes import Brakes
from openclaw.inbound.consequences import Consequences
from openclaw.inbound.facts import Lookup
from openclaw.inbound.pairing import challenge_text, make_code
from openclaw.inbound.queues import Queues
from openclaw.inbound.second_looks import FIRST_SIGHT, Doubt, Look
from openclaw.inbound.verdicts import Directions, Door, Judgement, Verdicts
from openclaw.store import Tx, accounts, attachments, deliveries, messages, pairing

log = structlog.get_logger("openclaw.inbound")


_UNJUDGED = (MessageState.RECEIVED, MessageState.SUSPECT)


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
        self._verdicts = Verdicts(doors, directions, brakes, settle_s)
        self._doors = doors
        self._directions = directions
        self._now = now
        self._settle_s = settle_s

    def judge(self, tx: Tx, ids: Collection[MessageId], look: Look = FIRST_SIGHT) -> Consequences:
        """Give each of ``ids`` that has none its verdict, after ``look``. Accounts without a door are left alone."""
        done, dropped = Consequences(), defaultdict[tuple[AccountId, str], list[MessageId]](list)
        beside = defaultdict[tuple[AccountId, ChatKey, int], list[MessageId]](list)
        batch = [
            held
            for held in messages.load(tx, ids)
            if held.state in _UNJUDGED and held.message.account in self._doors
        ]
        lookup, queues = self._verdicts.lookup(tx, batch), Queues(tx, self._now())
        for held in batch:
            if wait_s := queues.wait_s(held):
                done.behind[held.id] = wait_s
                continue
            # Listed boundary: a bug in a gate costs one message its verdict until the next start, not the account.
            try:
                judgement = self._verdicts.of(tx, held, lookup, look, self._now())
            except Exception:
                log.exception("message.unjudged", message=held.id, account=held.message.account)
                continue
            verdict = judgement.verdict
            if held.state is MessageState.SUSPECT and not isinstance(verdict, Suspect):
                done.settled.append(held.id)
                queues.leave(held)
            match verdict:
                case Dropped(reason):
                    dropped[held.message.account, reason].append(held.id)
                case Overheard(_, most) if held.message.chat is not None and not held.message.is_reaction:
                    beside[held.message.account, held.message.chat.key, most].append(held.id)
                case Suspect():
                    queues.join(held, verdict)
                    self._doubt(tx, held, verdict, done)
                case _:
                    self._write(tx, held, judgement, done, lookup)
        # Nothing follows from a refusal, so a whole batch of them is one statement: a backlog of strangers is cheap.
        for (account, reason), refused in dropped.items():
            messages.settle(tx, refused, MessageState.DROPPED, self._now(), reason)
            log.info("messages.dropped", account=account, reason=reason, messages=refused)
        for (account, chat, most), kept in beside.items():
            context.keep(tx, account, chat, kept, most, self._now())
            log.info("messages.overheard", account=account, chat=chat, messages=kept)
        return done

    def _doubt(self, tx: Tx, held: LedgerMessage, verdict: Suspect, done: Consequences) -> None:
        done.doubts.append(Doubt(held, self._settle_s(held.message.account)))
        if held.state is not MessageState.SUSPECT or held.reason != str(verdict.reason):
            messages.judge(tx, held, verdict, None, self._now())
            log.info("message.doubted", message=held.id, account=held.message.account, reason=verdict.reason)

    def _expect_files(self, tx: Tx, held: LedgerMessage, verdict: Verdict) -> None:
        """Have the files of an admitted message fetched and its turn wait for them, where files are taken at all."""
        takes_files = self._doors[held.message.account].policy.takes_files
        if takes_files and held.files and isinstance(verdict, Admitted) and not verdict.paused:
            now = self._now()
            attachments.expect(tx, held.id, now, now + PATIENCE)

    def _write(
        self, tx: Tx, held: LedgerMessage, judgement: Judgement, done: Consequences, lookup: Lookup
    ) -> None:
        verdict, route = judgement.verdict, judgement.route
        if judgement.tripped:
            self._brake(tx, held.message, judgement.tripped)
            lookup.forget()
        if isinstance(verdict, Admitted | Overheard):
            held = context.with_quote(tx, held, self._doors[held.message.account].policy)
        if judgement.said:
            held = replace(held, message=replace(held.message, text=judgement.said))
        messages.judge(tx, held, verdict, route, self._now())
        self._expect_files(tx, held, verdict)
        if self._follow(tx, held, verdict, route, done):
            lookup.forget()
        log.info(
            "message.judged",
            message=held.id,
            account=held.message.account,
            verdict=type(verdict).__name__.lower(),
            reason=verdict.reason,
        )

    def _brake(self, tx: Tx, message: InboundMessage, tripped: str) -> None:
        """Pause the whole chat of a message whose conversation runs in a circle."""
        if message.chat is not None:
            log.error("chat.paused", account=message.account, chat=message.chat.key, reason=tripped)
            accounts.set_pause(tx, message.account, message.chat.key, self._now(), tripped)

    def _follow(
        self, tx: Tx, held: LedgerMessage, verdict: Verdict, route: Route | None, done: Consequences
    ) -> bool:
        """Write what a verdict entails; whether that changed what later verdicts go by."""
        message = held.message
        match verdict:
            case Overheard(_, most) if message.chat is not None:
                context.let_go(tx, message.account, message.chat.key, most, self._now(), tapbacks=True)
                return False
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
                if message.chat is not None:
                    self._directions.taken(tx, route, message.chat)
                if verdict.late:
                    done.late.add(message.account)
                    return False
                routed = _routed(held, verdict, route)
                done.admitted.append(replace(routed, is_group=verdict.peer.kind is PeerKind.GROUP))
                gives_way = self._directions.waits(tx, routed)
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
