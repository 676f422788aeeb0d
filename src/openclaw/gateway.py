"""The story of a message: receive, admit, route, lane, reply, deliver.

This module alone knows the order. Each step is a function of a stage; each outcome is in the ledger before the next
step acts on it. After a restart the same functions run over the rows that are not finished.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from openclaw.domain.delivery import Cause
from openclaw.domain.handles import parse_handle
from openclaw.domain.ids import AccountId, AgentId, MessageId, RowId, SessionKey
from openclaw.domain.messages import InboundMessage, LedgerMessage, MessageState
from openclaw.domain.turns import QueueMode
from openclaw.errors import StoreError
from openclaw.inbound import backlog
from openclaw.inbound.backlog import QUIET_S, Backlogs
from openclaw.inbound.judge import Brakes, Consequences, Directions, Door, Judge
from openclaw.inbound.mentions import MentionPatterns
from openclaw.inbound.second_looks import LOOKS_S, Doubt, Look, SecondLooks
from openclaw.outbound import deliver
from openclaw.outbound.compose import bubble
from openclaw.outbound.deliver import Deliverer
from openclaw.routing.route import Routes
from openclaw.store import Ledger, Tx, accounts, databases, deliveries, messages, turns
from openclaw.turns import runner as running
from openclaw.turns.commands import Moment, carry_out, command_of
from openclaw.turns.lanes import Lanes
from openclaw.turns.runner import Agent, TurnRunner

log = structlog.get_logger("openclaw.gateway")

# How often doubt about old bubbles is looked at; the bounds themselves are minutes.
_SWEEP_S = 5.0
# Own rows that we did not send mean that a person uses the account too: macOS then writes rows twice and late.
_PERSONAL_SETTLE_S = 1.0
# What was received and not judged before a stop is one batch, or what settled for a second: never this many.
_ALL = 100_000


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What the configuration says of the journey. ``settle_s`` names only accounts that have a time of their own."""

    doors: Mapping[AccountId, Door]
    routes: Routes
    mentions: Mapping[AgentId, MentionPatterns]
    settle_s: Mapping[AccountId, float] = field(default_factory=dict[AccountId, float])
    reset_triggers: Sequence[str] = ()
    queue_mode: QueueMode = QueueMode.COLLECT
    brakes: Brakes = field(default_factory=Brakes)
    looks_s: Sequence[float] = LOOKS_S
    quiet_s: float = QUIET_S


Reread = Callable[[InboundMessage], Awaitable[InboundMessage | None]]
"""Asks a phone for a row as it has it now; ``None`` when it is not found."""


class Gateway:
    """The running gateway. What it starts, it starts in the task group it is given."""

    def __init__(
        self, ledger: Ledger, agents: Mapping[AgentId, Agent], rules: Rulebook, now: Callable[[], datetime]
    ) -> None:
        self._ledger = ledger
        self._agents = agents
        self._rules = rules
        self._now = now
        self._judge = Judge(rules.doors, _directions(rules), rules.brakes, now, self._settle_s)
        self._looks = SecondLooks(self._reread, self._look_taken, self.judge, rules.looks_s)
        self._backlogs = Backlogs(self._let_go, rules.quiet_s)
        self._deliverers: dict[AccountId, Deliverer] = {}
        self._rereads: dict[AccountId, Reread] = {}
        self._personal: set[AccountId] = set()
        self._unanswered: list[LedgerMessage] = []

    async def start(self, group: asyncio.TaskGroup, runner: TurnRunner, lanes: Lanes) -> None:
        """Take up whatever was unfinished, then keep an eye on what is in doubt."""
        self._group, self._runner, self._lanes = group, runner, lanes
        # Their phones reported own rows that we did not send.
        self._personal |= await self._ledger.write(
            lambda tx: messages.accounts_with(tx, MessageState.OWNER_TYPED)
        )
        await self._do(await self._ledger.write(self._recover))
        group.create_task(self._looks.run(), name="second looks")
        group.create_task(self._backlogs.run(), name="backlogs")
        group.create_task(self._keep_sweeping(), name="sweep")

    def attach(self, account: AccountId, deliverer: Deliverer, reread: Reread | None = None) -> None:
        """Let ``deliverer`` take what ``account`` has to say; ``reread`` gives a row as its phone has it now."""
        self._deliverers[account] = deliverer
        if reread is not None:
            self._rereads[account] = reread
        deliverer.wake()

    async def receive(
        self, account: AccountId, batch: Sequence[InboundMessage], *, in_turn: bool = True
    ) -> None:
        """Rows that a phone reported. On return they and, if they came in their turn, the cursor are on disk."""
        if not batch:
            return
        # One transaction for both: no time is lost between the row and its verdict.
        await self._do(
            await self._ledger.write(
                lambda tx: self._judge.judge(tx, self._keep(tx, account, batch, in_turn=in_turn))
            )
        )

    async def judge(self, ids: Collection[MessageId]) -> None:
        """Give each received message its verdict, and do what follows from it."""
        await self._do(await self._ledger.write(lambda tx: self._judge.judge(tx, ids)))

    def deliver(self, account: AccountId) -> None:
        """Something was queued for ``account``."""
        if account in self._deliverers:
            self._deliverers[account].wake()

    async def sweep(self) -> None:
        """Give up on doubts that are too old, so that their chats may go on, and answer what could not be answered."""
        unanswered, self._unanswered = self._unanswered, []
        await self._answer_all(unanswered)
        changed = await self._ledger.write(lambda tx: deliver.sweep(tx, self._now()))
        if changed:
            log.warning("deliveries.in_doubt", count=changed)
            for account in self._deliverers:
                self.deliver(account)

    def _keep(
        self, tx: Tx, account: AccountId, batch: Sequence[InboundMessage], *, in_turn: bool
    ) -> list[MessageId]:
        ids = messages.receive(tx, batch, self._now())
        if in_turn:
            accounts.advance(tx, account, RowId(max(row.row_id for row in batch)))
        self._note_chats(tx, account, batch)
        return ids

    def _note_chats(self, tx: Tx, account: AccountId, batch: Sequence[InboundMessage]) -> None:
        if account in databases.unproven(tx):
            return
        # One chat often has many rows of a batch; its last one knows it best.
        last = {row.chat.key: row for row in batch if row.chat is not None}.values()
        policy = self._rules.doors[account].policy
        accounts.note_chats(tx, [(row, policy.is_group(row)) for row in last])

    def _settle_s(self, account: AccountId) -> float:
        return self._rules.settle_s.get(account, _PERSONAL_SETTLE_S if account in self._personal else 0.0)

    async def _reread(self, message: InboundMessage) -> InboundMessage | None:
        reread = self._rereads.get(message.account)
        return await reread(message) if reread else None

    async def _look_taken(self, message: MessageId, row: InboundMessage | None, look: Look) -> None:
        await self._do(await self._ledger.write(lambda tx: self._judge_anew(tx, message, row, look)))

    def _judge_anew(self, tx: Tx, message: MessageId, row: InboundMessage | None, look: Look) -> Consequences:
        if row is not None:
            messages.amend(tx, message, row)
            self._note_chats(tx, row.account, [row])
        return self._judge.judge(tx, [message], look)

    async def _let_go(self, account: AccountId) -> None:
        sessions: set[SessionKey] = set()
        while found := await self._ledger.write(lambda tx: backlog.let_go(tx, account, self._now())):
            sessions |= found
        # Only now: a lane that began with the first part would answer it as if it were all.
        for key in sessions:
            self._lanes.wake(key)

    async def _do(self, done: Consequences) -> None:
        """What follows from a judgement, now that it is on disk."""
        self._personal |= done.personal
        self._looks.expect(done.doubts, done.behind)
        for message in done.settled:
            self._looks.over(message)
        if self._rules.brakes.late_policy != "hold":
            for account in done.late:
                self._backlogs.grow(account)
        await self._answer_all(done.commands)
        if self._rules.queue_mode is QueueMode.INTERRUPT:
            for place in done.spoken:
                self._runner.interrupt(*place)
        for key in done.sessions:
            self._lanes.wake(key)
        for account in done.accounts:
            self.deliver(account)

    async def _answer_all(self, commands: Sequence[LedgerMessage]) -> None:
        for held in commands:
            # Listed boundary: what else follows from the same rows must not depend on one command's answer.
            try:
                await self._command(held)
            except Exception:
                log.exception("command.broken", message=held.id)
                self._unanswered.append(held)

    async def _command(self, held: LedgerMessage) -> None:
        """Answer a command that does not wait for its lane."""
        key, agent = SessionKey(held.session), self._agents.get(AgentId(held.agent))
        stopped = held.command == "/stop" and self._runner.cancel(key)
        moment = Moment(
            handle=parse_handle(held.message.sender, self._rules.doors[held.message.account].policy.region)
            or "",
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

    def _recover(self, tx: Tx) -> Consequences:
        now = self._now()
        running.recover(tx, now)
        deliver.recover(tx, now)
        received = messages.in_state(tx, MessageState.RECEIVED, limit=_ALL)
        commanded = [
            held
            for held in messages.in_state(tx, MessageState.COMMANDED)
            if held.message.account in self._rules.doors
        ]
        done = self._judge.judge(tx, [held.id for held in received])
        doubtful = messages.in_state(tx, MessageState.SUSPECT, limit=_ALL)
        expected = {doubt.held.id for doubt in done.doubts}
        done.doubts += [
            Doubt(held, self._settle_s(held.message.account))
            for held in doubtful
            if held.message.account in self._rules.doors and held.id not in expected
        ]
        done.late |= messages.accounts_with(tx, MessageState.LATE)
        unfinished = {SessionKey(key) for key in (*messages.waiting_sessions(tx), *turns.queued_sessions(tx))}
        return replace(done, sessions=done.sessions | unfinished, commands=commanded + done.commands)

    async def _keep_sweeping(self) -> None:
        while True:
            # Listed boundary: a full disk passes, and nothing of the gateway may end by it.
            try:
                await self.sweep()
            except StoreError as error:
                # The ledger tells of its own trouble, once; each sweep would tell it again.
                log.debug("sweep.refused", cause=str(error))
            except Exception:
                log.exception("sweep.broken")
            await asyncio.sleep(_SWEEP_S)


def _directions(rules: Rulebook) -> Directions:
    """What judging needs of the other stages, which it does not know."""
    return Directions(
        route=lambda account, peer, chat: rules.routes.find(
            account, peer, chat, rules.doors[account].policy.region
        ),
        mentions=lambda route: rules.mentions.get(route.agent, MentionPatterns(())),
        command=lambda text: command_of(text, rules.reset_triggers),
        bubble=bubble,
    )
