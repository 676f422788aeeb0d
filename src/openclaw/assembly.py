"""Assembly: from the configuration to what each part is given. Pure; opens nothing and starts nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from openclaw.agents.endpoint import AgentModels, agent_models
from openclaw.config.accounts import AccountConfig, default_account, resolve_accounts
from openclaw.config.agents import AgentConfig, resolve_agents
from openclaw.config.load import Loaded
from openclaw.config.review import review
from openclaw.config.sections.agents import BlockStreamingChunk
from openclaw.config.sections.root import Config
from openclaw.control.judging import Judging
from openclaw.domain.access import Notified
from openclaw.domain.delivery import OutboundMessage
from openclaw.domain.handles import parse_handle
from openclaw.domain.ids import AgentId
from openclaw.domain.sessions import PeerKind
from openclaw.domain.turns import QueueDrop, Turn
from openclaw.errors import ConfigIssue
from openclaw.gateway import Rulebook, directions
from openclaw.inbound.access import compile_access
from openclaw.inbound.brakes import Brakes
from openclaw.inbound.intake import Patience
from openclaw.inbound.mentions import MentionPatterns, compile_mentions, derive_mentions
from openclaw.inbound.verdicts import Door, Verdicts
from openclaw.outbound.compose import Style, compose, plainly
from openclaw.outbound.fuses import Fuses
from openclaw.outbound.notices import Readers
from openclaw.outbound.open_ends import is_closed
from openclaw.outbound.prefix import prefix
from openclaw.routing.resets import reset_policy, stale_because
from openclaw.routing.route import Routes
from openclaw.routing.send_policy import send_refusal
from openclaw.turns.arrivals import Arrivals
from openclaw.turns.brief import briefs, context_limits
from openclaw.turns.claim import Rules
from openclaw.turns.commands import Say, command_rules
from openclaw.turns.ports import AgentRuntime
from openclaw.turns.prompt import persona_of
from openclaw.turns.queueing import Queue, queue_mode
from openclaw.turns.reply import Compose, Manner
from openclaw.turns.runner import Agent
from openclaw.turns.streaming import Streaming

_CHANNEL = "imessage"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that the running parts go by, made of one configuration; none of it is taken without the rest."""

    loaded: Loaded
    accounts: tuple[AccountConfig, ...]
    agents: tuple[AgentConfig, ...]
    rules: Rulebook
    warnings: tuple[ConfigIssue, ...]


def make_plan(loaded: Loaded) -> Plan:
    """What follows from a configuration.

    Raises:
        ConfigInvalid: something in it turns out to be unusable only now, such as a mention pattern.
    """
    config = loaded.config
    accounts, agents = resolve_accounts(config), resolve_agents(config)
    warnings = (*loaded.warnings, *review(config))
    return Plan(loaded, accounts, agents, rulebook(accounts, agents, config), warnings)


def restart_keys(before: Config, after: Config) -> Iterator[str]:
    """The keys that differ and count only from a start on: where the gateway listens, and where its state is."""
    for key, one, other in (
        ("gateway.port", before.gateway.port, after.gateway.port),
        ("gateway.mode", before.gateway.mode, after.gateway.mode),
        ("gateway.bind", before.gateway.bind, after.gateway.bind),
        ("gateway.auth", before.gateway.auth, after.gateway.auth),
        ("store.url", before.store.url, after.store.url),
    ):
        if one != other:
            yield key


def rulebook(accounts: Sequence[AccountConfig], agents: Sequence[AgentConfig], config: Config) -> Rulebook:
    """What the gateway goes by.

    Raises:
        ConfigInvalid: a mention pattern cannot be used.
    """
    ordered = sorted(agents, key=lambda agent: not agent.is_default)
    return Rulebook(
        doors={account.id: door(account, config) for account in accounts},
        routes=Routes(tuple(agent.id for agent in ordered), config.bindings, config.session),
        mentions={agent.id: mentions(agent) for agent in agents},
        patience=Patience({one.id: one.settle_ms / 1000 for one in accounts if one.settle_ms is not None}),
        context_limits=context_limits(
            config, {one.id: one for one in accounts}, {one.id: one for one in agents}
        ),
        reset_triggers=config.session.reset_triggers,
        arrivals=arrivals(config),
        brakes=brakes(config),
        commands=command_rules(config),
        say=plain_speech(accounts),
    )


def judging(plan: Plan) -> Judging:
    """What says how messages would be judged by ``plan``, in the gateway's own way."""
    return Judging(
        loaded=plan.loaded,
        accounts={account.id: account for account in plan.accounts},
        verdicts=Verdicts(plan.rules.doors, directions(plan.rules), plan.rules.brakes),
        answering=frozenset(agent.id for agent in plan.agents if _answers(agent)),
    )


def brakes(config: Config) -> Brakes:
    """What keeps a backlog or a loop from running away."""
    late, loop = config.messages.late, config.messages.loop
    return Brakes(timedelta(minutes=late.after_minutes), late.policy, loop.max_turns_per_minute)


def door(account: AccountConfig, config: Config) -> Door:
    """Who is let in at one account, and how strangers are met there."""
    silent = account.pairing_notify == "silent"
    policy = compile_access(
        account, config.commands, approver=config.notify.owner, sms_owner=config.services.sms_owner
    )
    return Door(policy, silent, account.pairing_text, notified(account, config))


def notified(account: AccountConfig, config: Config) -> Notified | None:
    """Who is sent notices and may answer them, as the account writes their handle."""
    handle = parse_handle(config.notify.owner or "", account.region)
    return Notified(handle, config.services.sms_owner) if handle else None


def readers(config: Config) -> Readers:
    """To whom notices go, by which accounts."""
    enabled = [account for account in resolve_accounts(config) if account.enabled]
    known = {account.id: notified(account, config) for account in enabled}
    return Readers({name: one for name, one in known.items() if one}, default_account(config))


def style(account: AccountConfig) -> Style:
    """How one account speaks."""
    tables = "code" if account.markdown_tables == "block" else account.markdown_tables
    return Style(tables=tables, limit=account.text_chunk_limit, mode=account.chunk_mode)


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


def agents(configured: Sequence[AgentConfig], embedded: AgentRuntime) -> dict[AgentId, Agent]:
    """The agents as their turns need them; one that nothing answers for has no runtime, and its messages wait."""
    return {agent.id: _agent(agent, embedded) for agent in configured}


def _agent(config: AgentConfig, embedded: AgentRuntime) -> Agent:
    return Agent(embedded if _answers(config) else None, persona_of(config), config.model_primary or "")


def _answers(agent: AgentConfig) -> bool:
    return agent.runtime == "embedded" and agent.model_primary is not None


def claim_rules(known: Mapping[AgentId, Agent], config: Config, now: Callable[[], datetime]) -> Rules:
    """What the lanes go by when they take the next message."""
    policies = {kind: reset_policy(config.session, kind) for kind in PeerKind}
    accounts = resolve_accounts(config)
    served = {account.id for account in accounts if account.enabled}
    return Rules(
        can_run=lambda agent: agent in known and known[agent].runtime is not None,
        stale=lambda session, kind: stale_because(session, policies[kind], now()),
        say=plain_speech(accounts),
        queue=queue(config),
        serves=served.__contains__,
        late_turns=config.messages.late.max_turns,
        silenced=lambda turn, settings: send_refusal(
            config.session.send_policy, turn.session, is_group=turn.is_group, said=settings.send
        ),
        commands=command_rules(config),
        brief=briefs(config),
        streams={account.id: streaming(account, config) for account in accounts}.get,
    )


def plain_speech(accounts: Sequence[AccountConfig]) -> Say:
    """The function that makes bubbles of what the gateway itself says."""
    styles = {account.id: style(account) for account in accounts}
    return lambda account, chat, text: plainly(account, chat, text, styles.get(account, Style()))


def speech(accounts: Sequence[AccountConfig], agents: Sequence[AgentConfig], config: Config) -> Compose:
    """The function that makes bubbles of what an agent wrote in a turn."""
    styles = {account.id: style(account) for account in accounts}
    templates = {account.id: account.response_prefix for account in accounts}
    known = {agent.id: agent for agent in agents}

    def say(turn: Turn, text: str, manner: Manner = Manner(), /) -> list[OutboundMessage]:  # noqa: B008 - frozen
        lead = _lead(templates[turn.account], known[turn.agent], manner) if manner.first else ""
        return compose(turn.account, turn.chat, text, styles[turn.account], lead)

    return say


def _lead(template: str | None, agent: AgentConfig, manner: Manner) -> str:
    """The words before a reply; an account's own template, or what it inherits, "" where that says so."""
    full = manner.model or agent.model_primary or ""
    provider, _, model = full.partition("/")
    variables = {"model": model, "modelFull": full, "provider": provider}
    thinking = manner.thinking or "off"
    return prefix(
        template, variables | {"identity.name": agent.identity_name or "", "thinkingLevel": thinking}
    )


def streaming(account: AccountConfig, config: Config) -> Streaming | None:
    """How the answers of an account are said while they are written; ``None`` where they are said at their end."""
    if not account.block_streaming:
        return None
    defaults = config.agents.defaults
    chunks, merged = defaults.block_streaming_chunk or BlockStreamingChunk(), account.block_streaming_coalesce
    usual = Streaming()
    most = (merged and merged.max_chars) or chunks.max_chars or usual.max_chars
    idle_ms = merged.idle_ms if merged and merged.idle_ms is not None else round(usual.idle_s * 1000)
    return Streaming(
        min_chars=min((merged and merged.min_chars) or chunks.min_chars or usual.min_chars, most),
        max_chars=min(most, account.text_chunk_limit),
        idle_s=idle_ms / 1000,
        at_once=defaults.block_streaming_break != "message_end",
        breaks=chunks.break_preference or "paragraph",
        is_closed=is_closed,
    )
