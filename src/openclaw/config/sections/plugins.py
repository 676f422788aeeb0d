"""``plugins``: of the original's plugins, the one that runs outside agents (``acpx``); its settings count here, too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from openclaw.config.sections.imessage import NotBlank
from openclaw.config.sections.mcp import McpServer
from openclaw.config.shape import Positive, Range

PermissionModeName = Literal["approve-all", "approve-reads", "deny-all", "ask"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AcpxAgent:
    """How one agent is started: a whole command line, in words as a shell would part them."""

    command: NotBlank


@dataclass(frozen=True, slots=True, kw_only=True)
class AcpxConfig:
    """Settings of the outside agents (behaviour facts H.10); ``ask`` as a mode is ours."""

    cwd: NotBlank | None = None
    permission_mode: PermissionModeName | None = None
    non_interactive_permissions: Literal["fail", "deny"] | None = None
    timeout_seconds: Annotated[float, Range(0.001)] | None = None
    mcp_servers: Mapping[str, McpServer] | None = None
    agents: Mapping[str, AcpxAgent] | None = None
    permission_timeout_seconds: Positive | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcpxEntry:
    """The plugin: whether it is wanted, and its settings."""

    enabled: bool = True
    config: AcpxConfig = field(default_factory=AcpxConfig)


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginEntries:
    """Of all plugins, the one that counts here."""

    acpx: AcpxEntry = field(default_factory=AcpxEntry)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugins:
    """The whole section; what it has beside this is the original's own."""

    entries: PluginEntries = field(default_factory=PluginEntries)
