"""The runtimes that run the turns of agents, of our own and of programs outside, with what these share.

Owns in which order they are opened and closed, and what each is given when another configuration comes into force.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from openclaw import assembly, cast, wording
from openclaw.agents.acp.runtime import AcpRuntime, Neighbours, open_acp
from openclaw.agents.embedded import EmbeddedRuntime, open_embedded
from openclaw.agents.toolbox import Toolbox, open_toolbox
from openclaw.agents.tools.conversation import About
from openclaw.amendments import Amendments
from openclaw.approvals import Approvals
from openclaw.assembly import Plan
from openclaw.config.acp import acp_settings
from openclaw.domain.ids import AgentId
from openclaw.outbound.shelf import Shelf
from openclaw.phones import Phones
from openclaw.session_book import FileKeeper, LedgerBook
from openclaw.store import Ledger
from openclaw.store.chat_facts import chat_facts
from openclaw.turns.agent import Agent


@dataclass(frozen=True, slots=True)
class Runtimes:
    """What runs turns, as :func:`open_runtimes` has opened it, and what agents ask of the gateway while they do."""

    embedded: EmbeddedRuntime
    outside: AcpRuntime
    toolbox: Toolbox
    keeper: FileKeeper
    amendments: Amendments
    approvals: Approvals

    def agents(self, plan: Plan) -> dict[AgentId, Agent]:
        """The agents of ``plan``, each with what runs it."""
        config = plan.loaded.config
        return cast.agents(
            plan.agents, self.embedded, self.outside, acp_settings(config), assembly.media(config)
        )

    async def adopt(self, plan: Plan) -> None:
        """Go by ``plan`` from the next turn on; one that runs ends as it began."""
        config, environment = plan.loaded.config, plan.loaded.environment
        await self.embedded.adopt(assembly.models(plan.agents), config.models.providers or {}, environment)
        await self.toolbox.adopt(assembly.tool_settings(plan))
        await self.outside.adopt(acp_settings(config), environment)
        self.keeper.adopt(assembly.file_limits(plan))
        self.amendments.adopt(wording.rewording(plan.accounts))


@asynccontextmanager
async def open_runtimes(
    plan: Plan, ledger: Ledger, phones: Phones, now: Callable[[], datetime]
) -> AsyncGenerator[Runtimes]:
    """The runtimes of ``plan``, closed with the context. What a killed gateway left open is settled first."""
    config, environment = plan.loaded.config, plan.loaded.environment
    keeper = FileKeeper(Shelf.of(config.locations.state_dir), assembly.file_limits(plan))
    book, approvals = LedgerBook(ledger, now), Approvals(ledger, now)
    await book.recover()
    await approvals.recover()
    amendments = Amendments(ledger, phones.bridge, phones.carry_out, wording.rewording(plan.accounts), now)
    models, providers = assembly.models(plan.agents), config.models.providers or {}
    near = Neighbours(book, approvals.ask, keeper.keep)
    async with (
        open_toolbox(assembly.tool_settings(plan), _about(ledger), amendments) as toolbox,
        open_embedded(models, providers, environment, toolbox=toolbox) as embedded,
        open_acp(acp_settings(config), environment, near) as outside,
    ):
        yield Runtimes(embedded, outside, toolbox, keeper, amendments, approvals)


def _about(ledger: Ledger) -> About:
    """What the tools of an agent learn of the conversation it is in."""
    return lambda origin: ledger.read(lambda tx: chat_facts(tx, origin))
