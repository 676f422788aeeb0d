"""The story of a message: receive, admit, route, lane, reply, deliver.

This module alone knows the order. Each step is a function of a stage; each outcome is in the ledger before the next
step acts on it. After a restart the same functions run over the rows that are not finished.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from openclaw.domain.admission import Admitted, Challenged, Ours, OwnerTyped, Verdict
from openclaw.domain.delivery import Cause
from openclaw.domain.handles import Handle, parse_handle
from openclaw.domain.ids import AccountId, AgentId, MessageId, RowId, SessionKey
from openclaw.domain.messages import InboundMessage, LedgerMessage, MessageState
from openclaw.domain.sessions import Peer, Route
from openclaw.domain.turns import QueueMode
from openclaw.inbound.access import AccessPolicy
from openclaw.inbound.admit import admit
from openclaw.inbound.facts import gather
from openclaw.inbound.mentions import MentionPatterns
from openclaw.inbound.pairing import challenge_text, make_code
from openclaw.outbound import deliver
from openclaw.outbound.compose import Style, bubble
from openclaw.outbound.deliver import Deliverer
from openclaw.routing.route import Routes
from openclaw.store import Ledger, Tx, accounts, deliveries, messages, pairing, turns
from openclaw.turns import runner as running
from openclaw.turns.commands import Moment, carry_out, command_of
from openclaw.turns.lanes import Lanes
from openclaw.turns.runner import Agent, TurnRunner

log = structlog.get_logger("openclaw.gateway")

# How often doubt about old bubbles is looked at; the bounds themselves are minutes.
_SWEEP_S = 5.0
# What was received and not judged before a stop is one batch, or what settled for a second: never this many.
_ALL = 100_000


@dataclass(frozen=True, slots=True)
class Desk:
    """What the gateway keeps about one account. ``settle_s`` is ``None`` for "as the account turns out to need"."""

    policy: AccessPolicy
    style: Style
    prefix: str | None = None
    silent_pairing: bool = False
    pairing_text: str | None = None
    settle_s: float | None = None


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What the whole installation shares."""

    routes: Routes
    mentions: Mapping[AgentId, MentionPatterns]
    reset_triggers: Sequence[str] = ()
    queue_mode: QueueMode = QueueMode.COLLECT
    late_after: timedelta = timedelta(minutes=10)


@dataclass(slots=True)
class _Consequences:
    """What is to be done once a judgement is on disk."""

    sessions: set[SessionKey] = field(default_factory=set[SessionKey])
    commands: list[LedgerMessage] = field(default_factory=list[LedgerMessage])
    accounts: set[AccountId] = field(default_factory=set[AccountId])
    personal: set[AccountId] = field(default_factory=set[AccountId])


# Own rows that we did not send mean that a person uses the account too: macOS then writes rows twice and late.
_PERSONAL_SETTLE_S = 1.0


class Gateway:
    """The running gateway. What it starts, it starts in ``group``."""

    def __init__(
        self,
        ledger: Ledger,
        desks: Mapping[AccountId, Desk],
        agents: Mapping[AgentId, Agent],
        rulebook: Rulebook,
        now: Callable[[], datetime],
    ) -> None:
        self._ledger = ledger
        self._desks = desks
        self._agents = agents
        self._rules = rulebook
        self._now = now
        self._deliverers: dict[AccountId, Deliverer] = {}
        self._personal: set[AccountId] = set()

    async def start(self, group: asyncio.TaskGroup, runner: TurnRunner, lanes: Lanes) -> None:
        """Take up whatever was unfinished, then keep an eye on what is in doubt."""
        self._group, self._runner, self._lanes = group, runner, lanes
        await self._do(await self._ledger.write(self._recover))
        group.create_task(self._keep_sweeping(), name="sweep")

    def attach(self, account: AccountId, deliverer: Deliverer) -> None:
        """Let ``deliverer`` take what ``account`` has to say."""
        self._deliverers[account] = deliverer
        deliverer.wake()

    async def receive(self, account: AccountId, batch: Sequence[InboundMessage]) -> None:
        """Rows that a phone reported. On return they and the cursor are on disk."""
        settle = self._settle_s(account)
        ids = await self._ledger.write(lambda tx: self._keep(tx, account, batch))
        if settle and ids:
            self._group.create_task(self._judge_later(ids, settle))
        else:
            await self.judge(ids)

    async def judge(self, ids: Collection[MessageId]) -> None:
        """Give each received message its verdict, and do what follows from it."""
        if not ids:
            return
        await self._do(await self._ledger.write(lambda tx: self._judge(tx, ids)))

    async def _do(self, done: _Consequences) -> None:
        self._personal |= done.personal
        for message in done.commands:
            await self._command(message)
        for key in done.sessions:
            if self._rules.queue_mode is QueueMode.INTERRUPT:
                self._runner.cancel(key)
            self._lanes.wake(key)
        for account in done.accounts:
            self.deliver(account)

    def deliver(self, account: AccountId) -> None:
        """Something was queued for ``account``."""
        if account in self._deliverers:
            self._deliverers[account].wake()

    def _keep(self, tx: Tx, account: AccountId, batch: Sequence[InboundMessage]) -> list[MessageId]:
        ids = messages.receive(tx, batch, self._now())
        accounts.advance(tx, account, RowId(max(row.row_id for row in batch)))
        for row in batch:
            accounts.note_chat(tx, row, is_group=self._desks[account].policy.is_group(row))
        return ids

    async def _judge_later(self, ids: Collection[MessageId], delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        await self.judge(ids)

    def _judge(self, tx: Tx, ids: Collection[MessageId]) -> _Consequences:
        done = _Consequences()
        for held in messages.load(tx, ids):
            if held.state is not MessageState.RECEIVED or held.message.account not in self._desks:
                continue
            verdict = self._verdict(tx, held)
            route = self._route(held, verdict)
            messages.judge(tx, held, verdict, route, self._now())
            self._follow(tx, held, verdict, route, done)
        return done

    def _verdict(self, tx: Tx, held: LedgerMessage) -> Verdict:
        policy = self._desks[held.message.account].policy
        facts = gather(tx, held, policy, self._own_handles(tx), self._rules.late_after, self._now())
        command = command_of(held.message.text, self._rules.reset_triggers)
        return admit(held.message, policy, facts, command, lambda peer: self._patterns(held, peer))

    def _own_handles(self, tx: Tx) -> frozenset[Handle]:
        configured = frozenset(handle for desk in self._desks.values() for handle in desk.policy.own_handles)
        return configured | accounts.own_handles(tx)

    def _patterns(self, held: LedgerMessage, peer: Peer) -> MentionPatterns:
        route = self._find(held, peer)
        return self._rules.mentions.get(route.agent, MentionPatterns(())) if route else MentionPatterns(())

    def _route(self, held: LedgerMessage, verdict: Verdict) -> Route | None:
        return self._find(held, verdict.peer) if isinstance(verdict, Admitted) else None

    def _find(self, held: LedgerMessage, peer: Peer) -> Route | None:
        account, chat = held.message.account, held.message.chat
        return (
            self._rules.routes.find(account, peer, chat, self._desks[account].policy.region) if chat else None
        )

    def _follow(
        self, tx: Tx, held: LedgerMessage, verdict: Verdict, route: Route | None, done: _Consequences
    ) -> None:
        """Write what a verdict entails, and note what is to be done after the commit."""
        message, now = held.message, self._now()
        match verdict:
            case Ours(_, delivery):
                deliveries.confirm(tx, delivery, message.guid, message.row_id, now)
                self._learn(tx, message)
                # The chat may have been waiting for this verdict.
                done.accounts.add(message.account)
            case OwnerTyped():
                self._learn(tx, message)
                done.personal.add(message.account)
            case Challenged():
                if self._challenge(tx, message, verdict):
                    done.accounts.add(message.account)
            case Admitted(paused=False, command=command) if route is not None:
                if command is not None and not command.in_lane:
                    done.commands += messages.load(tx, [held.id])
                else:
                    done.sessions.add(route.session)
            case _:
                pass
        verdict_name = type(verdict).__name__.lower()
        log.info(
            "message.judged",
            message=held.id,
            account=message.account,
            verdict=verdict_name,
            reason=verdict.reason,
        )

    def _learn(self, tx: Tx, message: InboundMessage) -> None:
        region = self._desks[message.account].policy.region
        handle = (
            parse_handle(message.destination, region) if message.from_me and message.destination else None
        )
        if handle is not None:
            accounts.learn_handles(tx, message.account, [handle], self._now())

    def _challenge(self, tx: Tx, message: InboundMessage, verdict: Challenged) -> bool:
        """Make or refresh a pairing request; whether there is something to send."""
        desk, now, chat = self._desks[message.account], self._now(), message.chat
        if not verdict.fresh or chat is None:
            pairing.seen(tx, message.account, verdict.handle, now)
            return False
        taken = {request.code for request in pairing.open_requests(tx, now)}
        code = make_code(taken, secrets.choice)
        request = pairing.add(tx, message.account, verdict.handle, chat, code, now)
        if desk.silent_pairing:
            return False
        text = challenge_text(desk.pairing_text, verdict.handle, code)
        deliveries.queue(tx, Cause.CHALLENGE, request.id, [bubble(message.account, chat, text)], now)
        return True

    async def _command(self, held: LedgerMessage) -> None:
        """Answer a command that does not wait for its lane."""
        key, agent = SessionKey(held.session), self._agents.get(AgentId(held.agent))
        stopped = held.command == "/stop" and self._runner.cancel(key)
        moment = Moment(
            handle=parse_handle(held.message.sender, self._desks[held.message.account].policy.region) or "",
            model=agent.model if agent and agent.runtime else "",
            running=self._runner.is_running(key) and not stopped,
            stopped=stopped,
        )
        await self._ledger.write(lambda tx: self._answer(tx, held, carry_out(tx, held, moment, self._now())))
        self.deliver(held.message.account)

    def _answer(self, tx: Tx, held: LedgerMessage, text: str) -> None:
        account, chat = held.message.account, held.message.chat
        if chat is not None:
            deliveries.queue(tx, Cause.COMMAND, held.id, [bubble(account, chat, text)], self._now())

    def _settle_s(self, account: AccountId) -> float:
        configured = self._desks[account].settle_s
        if configured is not None:
            return configured
        return _PERSONAL_SETTLE_S if account in self._personal else 0.0

    def _recover(self, tx: Tx) -> _Consequences:
        now = self._now()
        running.recover(tx, now)
        deliver.recover(tx, now)
        self._personal = messages.typed_accounts(tx)
        done = _Consequences(commands=messages.in_state(tx, MessageState.COMMANDED))
        done.sessions |= {
            SessionKey(key) for key in (*messages.waiting_sessions(tx), *turns.queued_sessions(tx))
        }
        received = messages.in_state(tx, MessageState.RECEIVED, limit=_ALL)
        again = self._judge(tx, [held.id for held in received])
        done.sessions |= again.sessions
        done.commands += again.commands
        return done

    async def sweep(self) -> None:
        """Give up on doubts that are too old; their chats may go on."""
        changed = await self._ledger.write(lambda tx: deliver.sweep(tx, self._now()))
        if changed:
            log.warning("deliveries.in_doubt", count=changed)
            for account in self._deliverers:
                self.deliver(account)

    async def _keep_sweeping(self) -> None:
        while True:
            await self.sweep()
            await asyncio.sleep(_SWEEP_S)
