"""The story of a message: receive, admit, route, lane, reply, deliver.

This module alone knows the order. Each step is a function of a stage; each outcome is in the ledger before the next
step acts on it. After a restart the same functions run over the rows that are not finished.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from openclaw.domain.delivery import Cause
from openclaw.domain.handles import parse_handle
from openclaw.domain.ids import AccountId, AgentId, MessageId, RowId, SessionKey
from openclaw.domain.messages import InboundMessage, LedgerMessage, MessageState
from openclaw.domain.turns import QueueMode
from openclaw.inbound.judge import Consequences, Directions, Door, Judge
from openclaw.inbound.mentions import MentionPatterns
from openclaw.outbound import deliver
from openclaw.outbound.compose import bubble
from openclaw.outbound.deliver import Deliverer
from openclaw.routing.route import Routes
from openclaw.store import Ledger, Tx, accounts, deliveries, messages, turns
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
    late_after: timedelta = timedelta(minutes=10)


class Gateway:
    """The running gateway. What it starts, it starts in the task group it is given."""

    def __init__(
        self, ledger: Ledger, agents: Mapping[AgentId, Agent], rules: Rulebook, now: Callable[[], datetime]
    ) -> None:
        self._ledger = ledger
        self._agents = agents
        self._rules = rules
        self._now = now
        self._judge = Judge(rules.doors, _directions(rules), rules.late_after, now)
        self._deliverers: dict[AccountId, Deliverer] = {}
        self._personal: set[AccountId] = set()
        self._unanswered: list[LedgerMessage] = []

    async def start(self, group: asyncio.TaskGroup, runner: TurnRunner, lanes: Lanes) -> None:
        """Take up whatever was unfinished, then keep an eye on what is in doubt."""
        self._group, self._runner, self._lanes = group, runner, lanes
        self._personal |= await self._ledger.write(messages.typed_accounts)
        await self._do(await self._ledger.write(self._recover))
        group.create_task(self._keep_sweeping(), name="sweep")

    def attach(self, account: AccountId, deliverer: Deliverer) -> None:
        """Let ``deliverer`` take what ``account`` has to say."""
        self._deliverers[account] = deliverer
        deliverer.wake()

    async def receive(self, account: AccountId, batch: Sequence[InboundMessage]) -> None:
        """Rows that a phone reported. On return they and the cursor are on disk."""
        if not batch:
            return
        settle = self._rules.settle_s.get(account, _PERSONAL_SETTLE_S if account in self._personal else 0.0)
        if settle:
            ids = await self._ledger.write(lambda tx: self._keep(tx, account, batch))
            self._group.create_task(self._judge_later(ids, settle), name="settling")
        else:
            # One transaction for both: a quiet account loses no time between the row and its verdict.
            await self._do(
                await self._ledger.write(lambda tx: self._judge.judge(tx, self._keep(tx, account, batch)))
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

    def _keep(self, tx: Tx, account: AccountId, batch: Sequence[InboundMessage]) -> list[MessageId]:
        ids = messages.receive(tx, batch, self._now())
        accounts.advance(tx, account, RowId(max(row.row_id for row in batch)))
        # One chat often has many rows of a batch; its last one knows it best.
        for row in {row.chat.key: row for row in batch if row.chat is not None}.values():
            accounts.note_chat(tx, row, is_group=self._rules.doors[account].policy.is_group(row))
        return ids

    async def _judge_later(self, ids: Collection[MessageId], delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        # Listed boundary: a full disk passes, and the rows are on disk; judging twice is judging once.
        while True:
            try:
                return await self.judge(ids)
            except Exception:
                log.exception("messages.unjudged", count=len(ids))
            await asyncio.sleep(_SWEEP_S)

    async def _do(self, done: Consequences) -> None:
        """What follows from a judgement, now that it is on disk."""
        self._personal |= done.personal
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
        unfinished = {SessionKey(key) for key in (*messages.waiting_sessions(tx), *turns.queued_sessions(tx))}
        return replace(done, sessions=done.sessions | unfinished, commands=commanded + done.commands)

    async def _keep_sweeping(self) -> None:
        while True:
            # Listed boundary: a full disk passes, and nothing of the gateway may end by it.
            try:
                await self.sweep()
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
