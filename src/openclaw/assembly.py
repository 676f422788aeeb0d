"""Assembly: from the configuration to what each part is given. Pure; opens nothing and starts nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from openclaw import doors, wording
from openclaw.agents.endpoint import AgentModels, agent_models
from openclaw.agents.mcp.configured import idle_seconds, server_lines
from openclaw.agents.toolbox import Bench, ToolSettings
from openclaw.cast import answers
from openclaw.config.accounts import AccountConfig, resolve_accounts
from openclaw.config.acp import acp_settings
from openclaw.config.agents import AgentConfig, resolve_agents
from openclaw.config.load import Loaded
from openclaw.config.paths import render_path
from openclaw.config.review import review
from openclaw.config.sections.root import Config
from openclaw.config.tools import holds_state
from openclaw.control.judging import Judging
from openclaw.domain.acp import is_kept, outside_agent, stands_for
from openclaw.domain.admission import Reason
from openclaw.domain.bridge import NO_BRIDGE, Bridge, tapback_of
from openclaw.domain.ids import AccountId, AgentId, SessionKey
from openclaw.domain.sessions import PeerKind
from openclaw.domain.turns import QueueDrop, Turn
from openclaw.errors import ConfigIssue
from openclaw.gateway import Rulebook, directions
from openclaw.inbound.access import vouches
from openclaw.inbound.brakes import Brakes
from openclaw.inbound.intake import Patience
from openclaw.inbound.mentions import MentionPatterns, compile_mentions, derive_mentions
from openclaw.inbound.verdicts import Verdicts
from openclaw.media.workshop import Workshop
from openclaw.outbound.compose import sayable
from openclaw.outbound.fitting import Fitting
from openclaw.outbound.fuses import Fuses
from openclaw.outbound.shelf import Shelf
from openclaw.presence import PresenceRules
from openclaw.routing.resets import reset_policy, stale_because
from openclaw.routing.route import Routes
from openclaw.routing.send_policy import send_refusal
from openclaw.store.media_folders import INBOUND
from openclaw.turns.agent import Agent
from openclaw.turns.arrivals import Arrivals
from openclaw.turns.brief import bridged, briefs, context_limits
from openclaw.turns.claim import Rules
from openclaw.turns.commands.rules import CommandRules, command_rules
from openclaw.turns.outside import OutsideRules
from openclaw.turns.queueing import Queue, queue_mode
from openclaw.turns.streaming import Streaming
from openclaw.turns.tools import AccountTools, ToolRules, agent_rights, group_tools

_CHANNEL = "imessage"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that the running parts go by, made of one configuration; none of it is taken without the rest."""

    loaded: Loaded
    accounts: tuple[AccountConfig, ...]
    agents: tuple[AgentConfig, ...]
    rules: Rulebook
    presence: PresenceRules
    warnings: tuple[ConfigIssue, ...]


def make_plan(loaded: Loaded) -> Plan:
    """What follows from a configuration.

    Raises:
        ConfigInvalid: something in it turns out to be unusable only now, such as a mention pattern.
    """
    config = loaded.config
    accounts, agents = resolve_accounts(config), resolve_agents(config)
    warnings = (*loaded.warnings, *review(config))
    rules = rulebook(accounts, agents, config)
    return Plan(loaded, accounts, agents, rules, presence(accounts, rules, config), warnings)


def rulebook(accounts: Sequence[AccountConfig], agents: Sequence[AgentConfig], config: Config) -> Rulebook:
    """What the gateway goes by.

    Raises:
        ConfigInvalid: a mention pattern cannot be used.
    """
    ordered, commands = sorted(agents, key=lambda agent: not agent.is_default), _commands(config)
    return Rulebook(
        doors={account.id: doors.door(account, config) for account in accounts},
        routes=Routes(tuple(agent.id for agent in ordered), config.bindings, config.session),
        mentions={agent.id: mentions(agent) for agent in agents},
        patience=Patience({one.id: one.settle_ms / 1000 for one in accounts if one.settle_ms is not None}),
        context_limits=context_limits(
            config, {one.id: one for one in accounts}, {one.id: one for one in agents}
        ),
        reset_triggers=config.session.reset_triggers,
        arrivals=arrivals(config),
        brakes=brakes(config),
        commands=commands,
        outside=commands.outside,
        say=wording.plain_speech(accounts),
    )


def _commands(config: Config) -> CommandRules:
    def silenced(key: SessionKey, is_group: bool, said: str) -> Reason | None:
        return send_refusal(config.session.send_policy, key, is_group=is_group, said=said)

    return replace(command_rules(config), sayable=sayable, silenced=silenced)


def judging(plan: Plan) -> Judging:
    """What says how messages would be judged by ``plan``, in the gateway's own way."""
    return Judging(
        loaded=plan.loaded,
        accounts={account.id: account for account in plan.accounts},
        verdicts=Verdicts(plan.rules.doors, directions(plan.rules), plan.rules.brakes),
        answering=answering(plan),
        outside=plan.rules.outside,
    )


def answering(plan: Plan) -> frozenset[AgentId]:
    """The agents that can run a turn: with a model of ours, or with a program outside that may be asked."""
    config, outside = plan.loaded.config, plan.rules.outside
    programs = acp_settings(config).names
    own = {agent.id for agent in plan.agents if answers(agent)}
    others = {*map(outside_agent, programs), *outside.agents}
    return frozenset(own | {agent for agent in others if outside.may_answer(agent)})


def brakes(config: Config) -> Brakes:
    """What keeps a backlog or a loop from running away."""
    late, loop = config.messages.late, config.messages.loop
    return Brakes(timedelta(minutes=late.after_minutes), late.policy, loop.max_turns_per_minute)


def queue(config: Config) -> Queue:
    """How a session queues what comes while a turn runs, unless a person set it otherwise there."""
    section = config.messages.queue
    debounce_ms = (section.debounce_ms_by_channel or {}).get(_CHANNEL, section.debounce_ms)
    return Queue(
        mode=queue_mode(section.by_channel.imessage or section.mode),
        debounce_s=debounce_ms / 1000,
        cap=section.cap,
        drop=QueueDrop(section.drop),
    )


def arrivals(config: Config) -> Arrivals:
    """What is done with each message that waits for its lane."""
    section = config.messages.inbound
    quiet_ms = (section.by_channel or {}).get(_CHANNEL, section.debounce_ms or 0)
    return Arrivals(queue(config), timedelta(milliseconds=quiet_ms))


def presence(accounts: Sequence[AccountConfig], rules: Rulebook, config: Config) -> PresenceRules:
    """By which signs people are shown that they are being answered."""
    defaults, session, said = config.agents.defaults, config.session, config.messages
    nobody, known = MentionPatterns(()), rules.routes.agents
    return PresenceRules(
        typing=session.typing_mode or defaults.typing_mode or "",
        every_s=float(session.typing_interval_seconds or defaults.typing_interval_seconds),
        reads=frozenset(account.id for account in accounts if account.send_read_receipts),
        tapback=tapback_of(said.ack_reaction or ""),
        scope=said.ack_reaction_scope,
        takes_back=said.remove_ack_after_reply,
        is_called=lambda agent, text: rules.mentions.get(stands_for(agent, known), nobody).occur_in(text),
    )


def fuses(config: Config) -> Fuses:
    """How much each account may send before sending stops."""
    fuse = config.messages.fuse
    return Fuses(fuse.per_contact_per_minute, fuse.per_account_per_minute, fuse.new_contacts_per_hour)


def mentions(agent: AgentConfig) -> MentionPatterns:
    """By which words an agent is called: configured ones, else those of its identity (ruling 14)."""
    if agent.mention_patterns is not None:
        return compile_mentions(agent.mention_patterns, f"mentionPatterns of agent {agent.id}")
    return derive_mentions(agent.identity_name or "", agent.identity_emoji or "")


def models(configured: Sequence[AgentConfig]) -> dict[AgentId, AgentModels]:
    """Which models each agent of our own asks."""
    return {agent.id: agent_models(agent) for agent in configured if agent.runtime == "embedded"}


def media(config: Config) -> Path:
    """Where the files of messages lie."""
    return config.locations.state_dir / INBOUND


def file_limits(plan: Plan) -> dict[AccountId, float]:
    """How large a file each account sends, in megabytes."""
    return {account.id: account.media_max_mb for account in plan.accounts}


def tool_settings(plan: Plan) -> ToolSettings:
    """Where each agent of our own works, and which MCP servers there are."""
    config, locations = plan.loaded.config, plan.loaded.config.locations
    shelf, workshop = Shelf.of(locations.state_dir), Workshop()
    return ToolSettings(
        benches={agent.id: bench(agent, config) for agent in plan.agents if agent.runtime == "embedded"},
        servers=server_lines(config.mcp, plan.loaded.environment, locations.expand),
        idle_seconds=idle_seconds(config.mcp),
        copies={account.id: Fitting(shelf, account.media_max_mb, workshop) for account in plan.accounts},
    )


def bench(agent: AgentConfig, config: Config) -> Bench:
    """Where one agent works; without a folder when its own holds what the gateway must keep to itself."""
    return Bench(agent.identity_name or agent.name, None if holds_state(agent, config) else agent.workspace)


def server_warnings(troubles: Mapping[str, str]) -> tuple[ConfigIssue, ...]:
    """What to tell of MCP servers that do not run, each with why."""
    fix = "the log (mcp.down, mcp.stderr) says more; it is tried again by itself"
    return tuple(
        ConfigIssue(
            render_path(("mcp", "servers", name)), f"does not run, so its tools are missing: {why}", fix=fix
        )
        for name, why in troubles.items()
    )


def tool_rules(config: Config) -> ToolRules:
    """Which tools a turn gets."""
    return ToolRules(
        agents={
            agent.id: agent_rights(config.tools, agent.tools)
            for agent in sorted(resolve_agents(config), key=lambda agent: not agent.is_default)
        },
        accounts={account.id: _account_tools(account, config) for account in resolve_accounts(config)},
    )


def _account_tools(account: AccountConfig, config: Config) -> AccountTools:
    groups = group_tools(account.groups, account.region)
    return AccountTools(account.region, groups, partial(vouches, doors.door(account, config).policy))


def claim_rules(
    known: Mapping[AgentId, Agent],
    config: Config,
    now: Callable[[], datetime],
    bridge: Callable[[AccountId], Bridge] = lambda account: NO_BRIDGE,
) -> Rules:
    """What the lanes go by when they take the next message; ``bridge`` tells what an account can do just now."""
    policies = {kind: reset_policy(config.session, kind) for kind in PeerKind}
    accounts = resolve_accounts(config)
    served, commands = {account.id for account in accounts if account.enabled}, _commands(config)
    return Rules(
        can_run=lambda agent: (
            agent in known and known[agent].runtime is not None and commands.outside.may_answer(agent)
        ),
        stale=lambda session, kind: (
            "" if is_kept(session.key) else stale_because(session, policies[kind], now())
        ),
        say=wording.plain_speech(accounts),
        queue=queue(config),
        serves=served.__contains__,
        late_turns=config.messages.late.max_turns,
        silenced=lambda turn, settings: commands.silenced(turn.session, turn.is_group, settings.send),
        commands=commands,
        brief=bridged(briefs(config), bridge),
        tools=tool_rules(config).rights,
        streams=_streams(accounts, commands.outside, config),
    )


def _streams(
    accounts: Sequence[AccountConfig], outside: OutsideRules, config: Config
) -> Callable[[Turn], Streaming | None]:
    own = {account.id: wording.streaming(account, config) for account in accounts}
    others = {account.id: wording.outside_streaming(account, config.acp.stream) for account in accounts}
    return lambda turn: (others if outside.is_outside(turn.agent) else own).get(turn.account)
