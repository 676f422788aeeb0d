"""The composition root of `openclaw acp`: one agent of the configuration, served to a client over its pipes.

No ledger is opened and no gateway needs to run: what the agent is, may use and may ask is the configuration's, what was
said in its sessions is in files of their own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from openclaw import assembly
from openclaw.agents.catalog import resolve_model
from openclaw.agents.embedded import open_embedded
from openclaw.agents.endpoint import AgentModels
from openclaw.agents.serving.agent import ServedAgent
from openclaw.agents.serving.oversight import Oversight
from openclaw.agents.serving.stdio import serve_stdio
from openclaw.agents.serving.talk import Served
from openclaw.agents.serving.transcripts import Transcripts
from openclaw.agents.toolbox import open_toolbox
from openclaw.assembly import Plan, make_plan
from openclaw.config.agents import AgentConfig
from openclaw.config.exposure import load_guarded
from openclaw.config.grammar import normalise_id
from openclaw.config.locations import Locations
from openclaw.config.sections.logging import Level
from openclaw.config.sections.root import Config
from openclaw.domain.turns import ChatFacts, Origin
from openclaw.errors import AgentNotConfigured, NotFound
from openclaw.logs import close_logs, open_logs
from openclaw.turns.commands.catalog import catalog_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for; "" is the default agent, and its own model. ``asks``: tools ask first."""

    agent: str = ""
    model: str = ""
    asks: bool = True
    console: Level = "warn"


def run(locations: Locations, environ: Mapping[str, str], wanted: Wanted) -> None:
    """Serve until the client ends.

    Raises:
        ConfigError: the configuration cannot be used.
        NotFound, AgentNotConfigured: there is no such agent, or no model for it.
    """
    plan = make_plan(load_guarded(locations, environ))
    agent = _chosen(plan, wanted)
    logging = replace(plan.loaded.config.logging, console_level=wanted.console)
    open_logs(logging, locations.logs)
    try:
        asyncio.run(_serve(plan, agent, wanted))
    finally:
        close_logs()


async def _serve(plan: Plan, agent: AgentConfig, wanted: Wanted) -> None:
    config, environ = plan.loaded.config, plan.loaded.environment
    oversight = Oversight(agent.workspace)
    transcripts = Transcripts(config.locations.state_dir)
    if config.store.retention_days:
        await asyncio.to_thread(transcripts.forget, timedelta(days=config.store.retention_days))
    async with (
        open_toolbox(assembly.tool_settings(plan), _about) as toolbox,
        open_embedded(
            {agent.id: _models(agent, wanted)},
            config.models.providers or {},
            environ,
            toolbox=toolbox,
            oversee=oversight.oversee,
        ) as runtime,
        asyncio.TaskGroup() as group,
    ):
        served = ServedAgent(_served(agent, plan, wanted), runtime, oversight, transcripts, environ, group)
        try:
            await serve_stdio(served)
        finally:
            await served.stop()


def _chosen(plan: Plan, wanted: Wanted) -> AgentConfig:
    if not wanted.agent:
        agent = next(agent for agent in plan.agents if agent.is_default)
    else:
        found = [agent for agent in plan.agents if agent.id == normalise_id(wanted.agent)]
        if not found:
            known = ", ".join(agent.id for agent in plan.agents)
            raise NotFound(f"there is no agent {wanted.agent!r}; agents.list has {known}")
        [agent] = found
    if agent.runtime != "embedded":
        raise AgentNotConfigured(
            f"the agent {agent.id} is an ACP program itself; a client can start that directly"
        )
    if agent.model_primary is None and not wanted.model:
        raise AgentNotConfigured(
            f'the agent {agent.id} has no model; set agents.defaults.model.primary to "provider/model", '
            "or name one with --model"
        )
    if wanted.model:
        resolve_model(wanted.model, plan.loaded.config.models.providers or {}, plan.loaded.environment)
    return agent


def _models(agent: AgentConfig, wanted: Wanted) -> AgentModels:
    configured = assembly.models([agent])[agent.id]
    return replace(configured, primary=wanted.model, fallbacks=()) if wanted.model else configured


def _served(agent: AgentConfig, plan: Plan, wanted: Wanted) -> Served:
    config, own = plan.loaded.config, wanted.model or agent.model_primary or ""
    offers = [offer.ref for offer in catalog_of(config).offers]
    return Served(
        agent=agent.id,
        instructions=_instructions(agent),
        models=tuple(dict.fromkeys((own, *agent.model_fallbacks, *offers))),
        rights=assembly.tool_rules(config).agents[agent.id],
        sees=_sees(own, config, plan.loaded.environment),
        asks=wanted.asks,
    )


def _sees(model: str, config: Config, environ: Mapping[str, str]) -> bool:
    try:
        return resolve_model(model, config.models.providers or {}, environ).sees
    except AgentNotConfigured:
        # Each prompt says why; a fallback may answer.
        return False


def _instructions(agent: AgentConfig) -> str:
    if agent.system_prompt:
        return agent.system_prompt
    lines = [f"You are {agent.identity_name}." if agent.identity_name else "You are a helpful assistant."]
    lines += [agent.identity_theme] if agent.identity_theme else []
    lines.append(
        "You are asked through a program, such as an editor, that shows Markdown. Your tools for files reach your own "
        "workspace; what the user wants you to read of theirs stands in the prompt."
    )
    return "\n".join(lines)


async def _about(origin: Origin) -> ChatFacts:
    """No prompt has an origin here, so nothing offers the tool that would ask."""
    raise NotFound(f"there is no conversation {origin.chat.guid}")
