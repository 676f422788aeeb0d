"""The running parts, and what each of them is given when another configuration comes into force.

What runs goes on: a turn ends as it began, an account whose line to its phone is as before keeps its children.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import structlog

from openclaw import assembly, doors, wording
from openclaw.assembly import Plan
from openclaw.config.locations import credentials_dir
from openclaw.config.sections.logging import Level
from openclaw.config.sections.root import Config
from openclaw.errors import StoreError
from openclaw.gateway import Gateway
from openclaw.inbound.takeover import take_over_files
from openclaw.logs import open_logs
from openclaw.outbound.notifier import Notifier
from openclaw.phones import Phones
from openclaw.presence import Presence
from openclaw.runtimes import Runtimes
from openclaw.store import Ledger
from openclaw.store.retention import keep_forgetting
from openclaw.turns.lanes import Lanes
from openclaw.turns.runner import TurnRunner

log = structlog.get_logger("openclaw.parts")


def now() -> datetime:
    """The clock of the running program."""
    return datetime.now(UTC)


def arrange_logs(config: Config, *, console: Level | None) -> None:
    """Log as ``config`` says; ``console`` is the level of what the terminal shows, when it is to be another one."""
    wanted = replace(config.logging, console_level=console) if console else config.logging
    open_logs(wanted, config.locations.logs)


@dataclass(slots=True)
class Parts:
    """What the composition root has opened."""

    ledger: Ledger
    group: asyncio.TaskGroup
    runtimes: Runtimes
    gateway: Gateway
    runner: TurnRunner
    lanes: Lanes
    presence: Presence
    phones: Phones
    notifier: Notifier
    console: Level | None
    _forgetting: asyncio.Task[None] | None = field(default=None, init=False)

    async def take(self, before: Plan, plan: Plan) -> None:
        """Put ``plan`` into force in the place of ``before``; nothing that ``plan`` leaves as it was is touched."""
        config = plan.loaded.config
        if config.logging != before.loaded.config.logging:
            arrange_logs(config, console=self.console)
        # Closed before the gates change, so that no row meets gates that do not know its account.
        await self.phones.let_go(plan.accounts)
        await self.runtimes.adopt(plan)
        agents = self.runtimes.agents(plan)
        self.gateway.adopt(agents, plan.rules)
        say = wording.speech(plan.accounts, plan.agents)
        claims = assembly.claim_rules(agents, config, now, self.phones.bridge)
        self.runner.adopt(agents, claims, say)
        self.presence.adopt(plan.presence)
        at_once, outside = config.agents.defaults.max_concurrent, plan.rules.outside
        self.lanes.adopt(at_once=at_once, unbounded=outside.is_outside_session)
        self.notifier.use(doors.readers(config))
        if {account.id for account in plan.accounts} - {account.id for account in before.accounts}:
            try:
                await self.take_over(plan)
            except StoreError as error:
                # The account runs all the same; its people of before are found at the next start.
                log.error("pairing.not_taken_over", cause=str(error))
        self.phones.take_on(plan.accounts, assembly.fuses(config))
        if config.store.retention_days != before.loaded.config.store.retention_days:
            self.keep_forgetting(config.store.retention_days)
        for warning in set(plan.warnings) - set(before.warnings):
            log.warning("config.warning", path=warning.path, message=warning.message, fix=warning.fix)
        await self.gateway.catch_up()

    async def take_over(self, plan: Plan) -> None:
        """Let in whom the original had let in to the accounts of ``plan``, before anybody is judged there."""
        directory = credentials_dir(plan.loaded.config.locations, plan.loaded.environment)
        regions = {account.id: account.region for account in plan.accounts}
        await take_over_files(self.ledger, directory, regions, now)

    def keep_forgetting(self, days: int | None) -> None:
        """Forget what is older than ``days`` from now on; ``None`` keeps everything."""
        if self._forgetting is not None:
            self._forgetting.cancel()
        self._forgetting = self.group.create_task(keep_forgetting(self.ledger, days, now), name="retention")
