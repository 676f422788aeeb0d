"""The agents with every value resolved: the agent's own, else ``agents.defaults``, else the default.

The only place that knows how agents inherit and how a model is named. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from openclaw.config.grammar import normalise_id
from openclaw.config.sections.agents import AcpMode, AcpRuntime, AgentEntry, ModelChoice, ModelRef
from openclaw.config.sections.models import Provider
from openclaw.config.sections.root import Config
from openclaw.config.sections.tools import Tools
from openclaw.domain.ids import DEFAULT_AGENT, AgentId

# The original's bound for one turn.
_TIMEOUT_SECONDS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentConfig:
    """One agent, ready to use.

    Models are ``provider/model``; ``model_primary`` None means none is configured. ``mention_patterns`` None means
    "derive them from the identity", ``history_limit`` None that the agent does not say. The ``acp_…`` fields count when
    ``runtime`` is ``acp``; ``acp_agent`` is then set.
    """

    id: AgentId
    name: str
    is_default: bool
    runtime: Literal["embedded", "acp"]
    model_primary: str | None
    model_fallbacks: tuple[str, ...]
    model_timeout_ms: int | None
    workspace: Path
    system_prompt: str | None
    identity_name: str | None
    identity_emoji: str | None
    identity_theme: str | None
    mention_patterns: tuple[str, ...] | None
    history_limit: int | None
    context_tokens: int | None
    timeout_seconds: int
    tools: Tools | None
    acp_agent: str | None
    acp_backend: str
    acp_mode: AcpMode
    acp_cwd: Path


def resolve_agents(config: Config) -> tuple[AgentConfig, ...]:
    """Return the agents in the order of the file; one called ``main`` when the file lists none.

    Exactly one is the default: the first marked so, else the first.
    """
    entries = config.agents.list or (AgentEntry(id=DEFAULT_AGENT),)
    chosen = next((position for position, entry in enumerate(entries) if entry.default), 0)
    return tuple(
        _agent(entry, config, is_default=position == chosen) for position, entry in enumerate(entries)
    )


def default_agent(config: Config) -> AgentConfig:
    """Return the agent that answers what no binding claims."""
    return next(agent for agent in resolve_agents(config) if agent.is_default)


def is_answering(agent: AgentConfig) -> bool:
    """Tell whether the agent can run a turn at all: it has a model, or an ACP program."""
    return agent.runtime == "acp" or agent.model_primary is not None


def _agent(entry: AgentEntry, config: Config, *, is_default: bool) -> AgentConfig:
    defaults, agent_id = config.agents.defaults, AgentId(normalise_id(entry.id))
    model = _choice(entry.model if entry.model is not None else defaults.model)
    workspace = _workspace(entry, config, agent_id, is_default=is_default)
    acp = entry.runtime.acp or AcpRuntime()
    patterns, everywhere = entry.group_chat.mention_patterns, config.messages.group_chat.mention_patterns
    return AgentConfig(
        id=agent_id,
        name=entry.name or entry.identity.name or agent_id,
        is_default=is_default,
        runtime=entry.runtime.type,
        model_primary=_model_name(model.primary, config) if model.primary else None,
        model_fallbacks=tuple(_model_name(name, config) for name in model.fallbacks),
        model_timeout_ms=model.timeout_ms,
        workspace=workspace,
        system_prompt=_first(entry.system_prompt_override, defaults.system_prompt_override),
        identity_name=entry.identity.name,
        identity_emoji=entry.identity.emoji,
        identity_theme=entry.identity.theme,
        mention_patterns=everywhere if patterns is None else patterns,
        history_limit=entry.group_chat.history_limit,
        context_tokens=entry.context_tokens or defaults.context_tokens,
        timeout_seconds=defaults.timeout_seconds or _TIMEOUT_SECONDS,
        tools=entry.tools,
        acp_agent=(acp.agent or agent_id) if entry.runtime.type == "acp" else None,
        acp_backend=acp.backend or config.acp.backend,
        acp_mode=acp.mode or "persistent",
        acp_cwd=Path(config.locations.expand(acp.cwd)) if acp.cwd else workspace,
    )


def _first(own: str | None, default: str | None) -> str | None:
    return default if own is None else own


def _workspace(entry: AgentEntry, config: Config, agent_id: AgentId, *, is_default: bool) -> Path:
    """Return the agent's folder; agents that name none do not share one, or they would read each other's files."""
    if entry.workspace:
        return Path(config.locations.expand(entry.workspace))
    if is_default and config.agents.defaults.workspace:
        return Path(config.locations.expand(config.agents.defaults.workspace))
    name = "workspace" if is_default else f"workspace-{agent_id}"
    return config.locations.state_dir / name


def _choice(model: ModelRef | None) -> ModelChoice:
    if isinstance(model, str):
        return ModelChoice(primary=model)
    return model or ModelChoice()


def _model_name(name: str, config: Config) -> str:
    """Return ``provider/model`` for an alias of the catalog, or for a model id that one provider alone offers."""
    catalog = config.agents.defaults.models or {}
    alias = next((full for full, entry in catalog.items() if entry.alias == name), None)
    if alias or "/" in name:
        return alias or name
    providers: Mapping[str, Provider] = config.models.providers or {}
    offering = [
        key for key, provider in providers.items() if any(model.id == name for model in provider.models)
    ]
    return f"{offering[0]}/{name}" if len(offering) == 1 else name
