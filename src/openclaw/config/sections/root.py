"""The whole file: its root sections, and where it was read from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from openclaw.config.locations import Locations
from openclaw.config.sections.acp import Acp
from openclaw.config.sections.agents import Agents
from openclaw.config.sections.bindings import Binding
from openclaw.config.sections.channels import Channels
from openclaw.config.sections.commands import Commands
from openclaw.config.sections.gateway import Gateway
from openclaw.config.sections.logging import Logging
from openclaw.config.sections.mcp import Mcp
from openclaw.config.sections.messages import Messages
from openclaw.config.sections.models import Models
from openclaw.config.sections.notify import Notify
from openclaw.config.sections.plugins import Plugins
from openclaw.config.sections.services import ServiceTrust
from openclaw.config.sections.session import Session
from openclaw.config.sections.store import Ledger
from openclaw.config.sections.tools import Tools

_NOWHERE = Locations(home=Path(), state_dir=Path(), config_path=Path())


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The file as its sections. ``locations`` is not a key: it is what ``~`` and the defaults refer to."""

    channels: Channels = field(default_factory=Channels)
    agents: Agents = field(default_factory=Agents)
    models: Models = field(default_factory=Models)
    bindings: tuple[Binding, ...] = ()
    messages: Messages = field(default_factory=Messages)
    commands: Commands = field(default_factory=Commands)
    session: Session = field(default_factory=Session)
    gateway: Gateway = field(default_factory=Gateway)
    logging: Logging = field(default_factory=Logging)
    acp: Acp = field(default_factory=Acp)
    mcp: Mcp = field(default_factory=Mcp)
    tools: Tools = field(default_factory=Tools)
    plugins: Plugins = field(default_factory=Plugins)
    notify: Notify = field(default_factory=Notify)
    services: ServiceTrust = field(default_factory=ServiceTrust)
    store: Ledger = field(default_factory=Ledger)
    locations: Locations = field(default=_NOWHERE, metadata={"key": False})
