"""The story of a message: receive, admit, route, lane, reply, deliver.

This module alone knows the order. Each step is a function of a stage; each outcome is in the ledger before the next
step acts on it. After a restart the same functions run over the rows that are not finished.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from openclaw.domain.acp import AcpBinding, stands_for
from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import Cause
from openclaw.domain.ids import AccountId, AgentId, MessageId, SessionKey
from openclaw.domain.messages import InboundMessage, LedgerMessage, MessageState
from openclaw.domain.reasons import Reason
from openclaw.domain.sessions import Route
from openclaw.errors import StoreError
from openclaw.inbound import owner_answers
from openclaw.inbound.brakes import Brakes
from openclaw.inbound.consequences import Consequences
from openclaw.inbound.intake import Intake, Patience, Reread
from openclaw.inbound.manners import Manners
from openclaw.inbound.mentions import MentionPatterns
from openclaw.inbound.owner_answers import ANSWER
from openclaw.inbound.verdicts import Directions, Door
from openclaw.outbound import abandoned
from openclaw.outbound.compose import bubble
from openclaw.outbound.deliver import Deliverer
from openclaw.routing.route import Routes
from openclaw.store import Ledger, Tx, acp_sessions, deliveries, messages, turns
from openclaw.turns import endings
from openclaw.turns.agent import Agent
from openclaw.turns.arrivals import Arrivals
from openclaw.turns.commands.aborts import abort_of
from openclaw.turns.commands.carry_out import CommandRunner, Say
from openclaw.turns.commands.lane import Lane
from openclaw.turns.commands.ports import Ports
from openclaw.turns.commands.recognise import command_of
from openclaw.turns.commands.rules import CommandRules
from openclaw.turns.commands.words import APART
from openclaw.turns.lanes import Lanes
from openclaw.turns.outside import NOTHING_OUTSIDE, OutsideRules
from openclaw.turns.runner import TurnRunner

log = structlog.get_logger("openclaw.gateway")

# How often doubt about old bubbles is looked at; the bounds themselves are minutes.
_SWEEP_S = 5.0


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What the configuration says of the journey; ``say`` words what the gateway itself answers."""

    doors: Mapping[AccountId, Door]
    routes: Routes
    mentions: Mapping[AgentId, MentionPatterns]
    context_limits: Mapping[tuple[AccountId, AgentId], int] = field(
        default_factory=dict[tuple[AccountId, AgentId], int]
    )
    reset_triggers: Sequence[str] = ()
    arrivals: Arrivals = field(default_factory=Arrivals)
    brakes: Brakes = field(default_factory=Brakes)
    patience: Patience = field(default_factory=Patience)
    commands: CommandRules = field(default_factory=CommandRules)
    outside: OutsideRules = NOTHING_OUTSIDE
    say: Say = lambda account, chat, text: [bubble(account, chat, text)]

    def manners(self, route: Route) -> Manners:
        """By what the agent of ``route`` is called there, and how much is kept of what is said beside it."""
        agent = stands_for(route.agent, self.routes.agents)
        return Manners(
            self.mentions.get(agent, MentionPatterns(())),
            context_limit=self.context_limits.get((route.account, agent), 0),
        )


class Gateway:
    """The running gateway. What it starts, it starts in the task group it is given."""

    def __init__(
        self, ledger: Ledger, agents: Mapping[AgentId, Agent], rules: Rulebook, now: Callable[[], datetime]
    ) -> None:
        self._ledger = ledger
        self._now = now
        self._agents = agents
        self._rules = rules
        self._intake = Intake(ledger, rules.doors, _acting(rules, now), rules.brakes, rules.patience, now)
        self._deliverers: dict[AccountId, Deliverer] = {}
        self._unanswered: list[LedgerMessage] = []

    async def start(
        self,
        group: asyncio.TaskGroup,
        runner: TurnRunner,
        lanes: Lanes,
        ports: Ports | None = None,
        heard: Callable[[Sequence[LedgerMessage]], None] = lambda admitted: None,
    ) -> None:
        """Take up whatever was unfinished, then keep an eye on what is in doubt.

        ``ports`` are what commands reach; ``heard`` is told what was let in and will be answered.
        """
        self._group, self._runner, self._lanes, self._heard = group, runner, lanes, heard
        lane = Lane(runner.cancel, runner.is_running, lanes.wake, self.judge, runner.interrupt)
        self._commands = CommandRunner(self._ledger, ports or Ports(), lane, self._now)
        await self._intake.start(group, self._do, lanes.wake)
        await self._intake.follow(await self._ledger.write(self._recover))
        group.create_task(self._keep_sweeping(), name="sweep")

    def adopt(self, agents: Mapping[AgentId, Agent], rules: Rulebook) -> None:
        """Go by other rules from the next row on."""
        self._agents = agents
        self._rules = rules
        self._intake.adopt(rules.doors, _acting(rules, self._now), rules.brakes, rules.patience)

    def attach(self, account: AccountId, deliverer: Deliverer, reread: Reread | None = None) -> None:
        """Let ``deliverer`` take what ``account`` has to say; ``reread`` gives a row as its phone has it now."""
        self._deliverers[account] = deliverer
        if reread is not None:
            self._intake.attach(account, reread)
        deliverer.wake()

    def detach(self, account: AccountId) -> None:
        """The phone of ``account`` is gone; what it has to say waits in the ledger."""
        self._deliverers.pop(account, None)
        self._intake.detach(account)

    async def receive(
        self, account: AccountId, batch: Sequence[InboundMessage], *, in_turn: bool = True
    ) -> None:
        """Rows that a phone reported. On return they and, if they came in their turn, the cursor are on disk."""
        await self._intake.receive(account, batch, in_turn=in_turn)

    async def judge(self, ids: Collection[MessageId]) -> None:
        """Give each received message its verdict, and do what follows from it."""
        await self._intake.judge(ids)

    async def catch_up(self) -> None:
        """Take up what could not go on by the rules of before: rows without a door, and sessions nobody answered."""
        await self._intake.follow(await self._ledger.write(self._unhindered))

    def _unhindered(self, tx: Tx) -> Consequences:
        done = self._intake.judge_received(tx)
        return replace(done, sessions=done.sessions | _unfinished(tx))

    def deliver(self, account: AccountId) -> None:
        """Something was queued for ``account``."""
        if account in self._deliverers:
            self._deliverers[account].wake()

    def wake(self, session: SessionKey) -> None:
        """Something that a turn of ``session`` waits for may be there."""
        self._lanes.wake(session)

    async def sweep(self) -> None:
        """Give up on doubts that are too old, so that their chats may go on, and answer what could not be answered."""
        unanswered, self._unanswered = self._unanswered, []
        await self._answer_all(unanswered)
        changed, released = await self._ledger.write(self._sweep)
        for one in released:
            log.info("binding.over", account=one.account, chat=one.chat, session=one.session)
        if changed:
            log.warning("deliveries.in_doubt", count=changed)
            for account in self._deliverers:
                self.deliver(account)

    def _sweep(self, tx: Tx) -> tuple[int, list[AcpBinding]]:
        now = self._now()
        return abandoned.sweep(tx, now), self._rules.outside.release_over(tx, now)

    async def _do(self, done: Consequences) -> None:
        """What follows from a judgement, now that it is on disk."""
        self._heard(done.admitted)
        await self._answer_all(done.commands)
        for place in done.interrupting:
            self._runner.interrupt(*place, Reason.OVERTAKEN)
        for key in done.sessions:
            self._lanes.wake(key)
        for account in done.accounts:
            self.deliver(account)

    async def _answer_all(self, commands: Sequence[LedgerMessage]) -> None:
        for held in commands:
            if held.command not in APART:
                await self._answer(held)
                continue
            # To start an agent takes long, and nothing that is heard meanwhile may wait for it.
            answer = self._answer(held)
            try:
                self._group.create_task(answer, name=f"command {held.id}")
            except RuntimeError:
                # The gateway stops: the command is on disk, and its next start carries it out.
                answer.close()

    async def _answer(self, held: LedgerMessage) -> None:
        # Listed boundary: what else follows from the same rows must not depend on one command's answer.
        try:
            await self._command(held)
        except Exception:
            log.exception("command.broken", message=held.id)
            self._unanswered.append(held)

    async def _command(self, held: LedgerMessage) -> None:
        """Answer a command that does not wait for its lane; one of an account that is gone waits for it."""
        if held.message.account not in self._rules.doors:
            return
        if held.command == ANSWER.word:
            await self._decide(held)
            return
        await self._commands.carry_out(held, self._rules.commands, self._rules.say)
        self.deliver(held.message.account)
        if held.command in APART:
            # What was said behind it waits for it, in whichever session.
            for key in await self._ledger.read(_unfinished):
                self._lanes.wake(key)

    async def _decide(self, held: LedgerMessage) -> None:
        """Do what the owner answered to a notice."""
        account = await self._ledger.write(lambda tx: self._decided(tx, held))
        self.deliver(held.message.account)
        if account is not None:
            self.deliver(account)

    def _decided(self, tx: Tx, held: LedgerMessage) -> AccountId | None:
        door, chat = self._rules.doors[held.message.account], held.message.chat
        decided = owner_answers.carry_out(tx, held, door.owner, door.policy.region, self._now())
        if chat is not None:
            said = [bubble(held.message.account, chat, decided.text)]
            deliveries.queue(tx, Cause.COMMAND, held.id, said, self._now())
        return decided.account

    def _recover(self, tx: Tx) -> Consequences:
        now = self._now()
        endings.recover(tx, now)
        abandoned.recover(tx, now)
        acp_sessions.recover(tx)
        commanded = [
            held
            for held in messages.in_state(tx, MessageState.COMMANDED)
            if held.message.account in self._rules.doors
        ]
        done = self._intake.recover(tx)
        return replace(done, sessions=done.sessions | _unfinished(tx), commands=commanded + done.commands)

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


def _unfinished(tx: Tx) -> set[SessionKey]:
    return {SessionKey(key) for key in (*messages.waiting_sessions(tx), *turns.queued_sessions(tx))}


def directions(rules: Rulebook) -> Directions:
    """What judging needs of the other stages, which it does not know, to say what would be and do nothing."""
    return Directions(
        route=lambda tx, account, peer, chat, now: rules.routes.find(
            account,
            peer,
            chat,
            rules.doors[account].policy.region,
            rules.outside.bound(tx, account, chat, now),
        ),
        manners=rules.manners,
        command=lambda text: command_of(text, rules.reset_triggers),
        bubble=bubble,
        abort=abort_of,
        ours=lambda route, command: rules.outside.is_ours(route.agent, command),
    )


def _acting(rules: Rulebook, now: Callable[[], datetime]) -> Directions:
    """The same for the journey itself, in which messages queue up."""

    def waits(tx: Tx, held: LedgerMessage) -> bool:
        return rules.arrivals.note(tx, held, now())

    def taken(tx: Tx, route: Route, chat: ChatRef) -> None:
        rules.outside.take(tx, route, chat, now())

    return replace(directions(rules), waits=waits, taken=taken)
