"""Assembly: from the configuration to what each part is given. Pure; opens nothing and starts nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from openclaw.agents.endpoint import AgentModels
from openclaw.config.accounts import AccountConfig
from openclaw.config.agents import AgentConfig
from openclaw.config.sections.root import Config
from openclaw.domain.delivery import OutboundMessage
from openclaw.domain.ids import AccountId, AgentId
from openclaw.domain.messages import LedgerMessage
from openclaw.domain.sessions import PeerKind
from openclaw.domain.turns import QueueMode, Turn
from openclaw.gateway import Desk, Rulebook
from openclaw.inbound.access import compile_access
from openclaw.inbound.mentions import MentionPatterns, compile_mentions, derive_mentions
from openclaw.outbound.compose import Style, bubble, compose
from openclaw.outbound.prefix import prefix
from openclaw.routing.resets import reset_policy, stale_because
from openclaw.routing.route import Routes
from openclaw.turns.claim import Rules
from openclaw.turns.commands import answer
from openclaw.turns.ports import AgentRuntime
from openclaw.turns.prompt import Persona
from openclaw.turns.runner import Agent

# Modes of the original beside the four: each with the one that does what it promises.
_QUEUE_MODES = {
    "queue": QueueMode.FOLLOWUP,
    "steer-backlog": QueueMode.STEER,
    "steer+backlog": QueueMode.STEER,
}


def desk(account: AccountConfig, config: Config) -> Desk:
    """What the gateway keeps about one account."""
    tables = "code" if account.markdown_tables == "block" else account.markdown_tables
    return Desk(
        policy=compile_access(account, config.commands),
        style=Style(tables=tables, limit=account.text_chunk_limit, mode=account.chunk_mode),
        prefix=config.messages.response_prefix
        if account.response_prefix is None
        else account.response_prefix,
        silent_pairing=account.pairing_notify == "silent",
        pairing_text=account.pairing_text,
        settle_s=None if account.settle_ms is None else account.settle_ms / 1000,
    )


def rulebook(agents: tuple[AgentConfig, ...], config: Config) -> Rulebook:
    """What all accounts share.

    Raises:
        ConfigInvalid: a mention pattern cannot be used.
    """
    ordered = sorted(agents, key=lambda agent: not agent.is_default)
    return Rulebook(
        routes=Routes(tuple(agent.id for agent in ordered), config.bindings, config.session),
        mentions={agent.id: mentions(agent) for agent in agents},
        reset_triggers=config.session.reset_triggers,
        queue_mode=queue_mode(config),
        late_after=timedelta(minutes=config.messages.late.after_minutes),
    )


def queue_mode(config: Config) -> QueueMode:
    """What becomes of messages that arrive while a turn runs; steering falls back to a turn of their own."""
    name = config.messages.queue.by_channel.imessage or config.messages.queue.mode
    mode = _QUEUE_MODES.get(name) or QueueMode(name)
    return QueueMode.FOLLOWUP if mode is QueueMode.STEER else mode


def debounce_s(config: Config) -> float:
    """How long a lane waits, after a turn, for more of what arrived during it."""
    by_channel = config.messages.queue.debounce_ms_by_channel or {}
    return by_channel.get("imessage", config.messages.queue.debounce_ms) / 1000


def mentions(agent: AgentConfig) -> MentionPatterns:
    """By which words an agent is called: configured ones, else those of its identity (ruling 14)."""
    if agent.mention_patterns is not None:
        return compile_mentions(agent.mention_patterns, f"mentionPatterns of agent {agent.id}")
    return derive_mentions(agent.identity_name or "", agent.identity_emoji or "")


def models(configured: Sequence[AgentConfig]) -> dict[AgentId, AgentModels]:
    """Which models each agent of our own asks."""
    return {
        agent.id: AgentModels(
            agent.model_primary, agent.model_fallbacks, float(agent.timeout_seconds), agent.context_tokens
        )
        for agent in configured
        if agent.runtime == "embedded"
    }


def agents(configured: Sequence[AgentConfig], embedded: AgentRuntime) -> dict[AgentId, Agent]:
    """The agents as their turns need them; one that nothing answers for has no runtime, and its messages wait."""
    return {agent.id: _agent(agent, embedded) for agent in configured}


def _agent(config: AgentConfig, embedded: AgentRuntime) -> Agent:
    persona = Persona(config.system_prompt or "", config.identity_name or "", config.identity_theme or "")
    answers = config.runtime == "embedded" and config.model_primary is not None
    return Agent(embedded if answers else None, persona, config.model_primary or "")


def claim_rules(known: Mapping[AgentId, Agent], config: Config, now: Callable[[], datetime]) -> Rules:
    """What the lanes go by when they take the next message."""
    policies = {kind: reset_policy(config.session, kind) for kind in PeerKind}
    return Rules(
        can_run=lambda agent: agent in known and known[agent].runtime is not None,
        stale=lambda session, kind: stale_because(session, policies[kind], now().astimezone()),
        reset_answer=_reset_answer,
        mode=queue_mode(config),
    )


def _reset_answer(held: LedgerMessage) -> OutboundMessage:
    chat = held.message.chat
    if chat is None:
        raise ValueError(f"message {held.id} has no chat and cannot be answered")
    return bubble(held.message.account, chat, answer(held.command))


def speech(
    desks: Mapping[AccountId, Desk], agents: Mapping[AgentId, AgentConfig]
) -> Callable[[Turn, str], list[OutboundMessage]]:
    """The function that makes bubbles of what an agent wrote in a turn."""

    def say(turn: Turn, text: str) -> list[OutboundMessage]:
        place = desks[turn.account]
        lead = prefix(_response_prefix(place.prefix, agents[turn.agent]), _variables(agents[turn.agent]))
        return compose(turn.account, turn.chat, text, place.style, lead)

    return say


def _response_prefix(configured: str | None, agent_config: AgentConfig) -> str | None:
    if configured != "auto":
        return configured
    return f"[{agent_config.identity_name}]" if agent_config.identity_name else None


def _variables(agent_config: AgentConfig) -> dict[str, str]:
    full = agent_config.model_primary or ""
    provider, _, model = full.partition("/")
    return {
        "model": model,
        "modelFull": full,
        "provider": provider,
        "identity.name": agent_config.identity_name or agent_config.name,
        "thinkingLevel": "",
        "think": "",
    }
