"""Outside agents with every value resolved: which may be asked, how their sessions are made, what they may do. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from openclaw.config.agents import AgentConfig, resolve_agents
from openclaw.config.grammar import normalise_id
from openclaw.config.harnesses import Harness, harnesses
from openclaw.config.sections.acp import Stream
from openclaw.config.sections.bindings import BindingAcp
from openclaw.config.sections.mcp import McpServer
from openclaw.config.sections.root import Config
from openclaw.domain.acp import AcpMode, PermissionMode

IDLE = timedelta(minutes=30)
"""How long an agent that nobody needs keeps running where ``acp.runtime.ttlMinutes`` is not set. The original never
ends one; ours finds its session again when it is needed."""

START_SECONDS = 120.0
"""How long an agent may take to start and greet where ``acpx.config.timeoutSeconds`` is not set: the first time, npx
fetches it."""

ASK_SECONDS = 300
"""How long a question for permission stands."""


@dataclass(frozen=True, slots=True)
class SessionSpec:
    """How a session of an outside agent is made: its harness, the folder it works in, whether it is kept."""

    harness: str
    cwd: Path
    mode: AcpMode = "persistent"
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcpSettings:
    """What the configuration says of outside agents.

    ``allowed`` empty allows all. ``unanswered`` is what becomes of what ``permissions`` neither allows nor denies:
    ``ask`` asks a person, ``deny`` refuses it, ``fail`` ends the turn. ``idle`` ``None`` ends no agent;
    ``note_after_s`` ``None`` tells nobody that an agent is at work.
    """

    enabled: bool
    dispatches: bool
    harnesses: Mapping[str, Harness]
    specs: Mapping[str, SessionSpec]
    folders: Path
    default_cwd: Path | None
    allowed: frozenset[str]
    default_agent: str
    most_sessions: int | None
    idle: timedelta | None
    install_command: str
    permissions: PermissionMode
    unanswered: Literal["ask", "deny", "fail"]
    ask_seconds: int
    start_seconds: float
    stream: Stream
    mcp_servers: Mapping[str, McpServer]
    turn_seconds: int
    note_after_s: float | None

    def spec(self, name: str, binding: BindingAcp | None = None) -> SessionSpec:
        """How a session of the agent or harness ``name`` is made; what ``binding`` says counts first."""
        found = self.specs.get(name) or SessionSpec(name, self._folder(name))
        if binding is None:
            return found
        cwd = Path(binding.cwd) if binding.cwd else found.cwd
        return SessionSpec(found.harness, cwd, binding.mode or found.mode, binding.label or "")

    def may_run(self, name: str) -> bool:
        """Whether the agent or harness ``name`` may be asked."""
        return not self.allowed or name in self.allowed or self.spec(name).harness in self.allowed

    @property
    def names(self) -> frozenset[str]:
        """What a conversation can be bound to: the configured agents that are programs, and every harness."""
        return frozenset((*self.specs, *self.harnesses))

    def _folder(self, name: str) -> Path:
        known = self.harnesses.get(name)
        return (
            Path(known.cwd) if known and known.cwd else self.default_cwd or self.folders / f"workspace-{name}"
        )


def acp_settings(config: Config) -> AcpSettings:
    """What ``config`` says of outside agents, the original's ``acpx`` plugin included."""
    section, plugin = config.acp, config.plugins.entries.acpx
    acpx, expand = plugin.config, config.locations.expand
    mode = PermissionMode(acpx.permission_mode or PermissionMode.APPROVE_READS)
    ttl = section.runtime.ttl_minutes
    return AcpSettings(
        enabled=section.enabled and plugin.enabled,
        dispatches=section.dispatch.enabled,
        harnesses=harnesses(config),
        specs=_specs(config),
        folders=config.locations.state_dir,
        default_cwd=Path(expand(acpx.cwd)) if acpx.cwd else None,
        allowed=frozenset(normalise_id(name) for name in section.allowed_agents),
        default_agent=normalise_id(section.default_agent) if section.default_agent else "",
        most_sessions=section.max_concurrent_sessions,
        idle=IDLE if ttl is None else timedelta(minutes=ttl),
        install_command=section.runtime.install_command or "",
        permissions=mode,
        unanswered=acpx.non_interactive_permissions or "ask",
        ask_seconds=acpx.permission_timeout_seconds or ASK_SECONDS,
        start_seconds=acpx.timeout_seconds or START_SECONDS,
        stream=section.stream,
        mcp_servers=acpx.mcp_servers or {},
        turn_seconds=resolve_agents(config)[0].timeout_seconds,
        note_after_s=section.note_after_seconds or None,
    )


def bound_programs(config: Config) -> list[str]:
    """The names that bindings to outside agents give, as they are compared, in the order of the file."""
    return [normalise_id(one.agent_id) for one in config.bindings if one.type == "acp"]


def _specs(config: Config) -> dict[str, SessionSpec]:
    """The configured agents that are, or stand in a binding for, a program outside."""
    bound = bound_programs(config)
    return {
        agent.id: _spec(agent)
        for agent in resolve_agents(config)
        if agent.runtime == "acp" or agent.id in bound
    }


def _spec(agent: AgentConfig) -> SessionSpec:
    return SessionSpec(normalise_id(agent.acp_agent or agent.id), agent.acp_cwd, agent.acp_mode)
