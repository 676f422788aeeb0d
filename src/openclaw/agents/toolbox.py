"""The toolbox: what one turn of one agent may use, of our own tools and of those of the MCP servers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from openclaw.agents.handover import Emit
from openclaw.agents.mcp.line import Line
from openclaw.agents.mcp.servers import Servers
from openclaw.agents.send_file import Copies
from openclaw.agents.tools.amending import Amending
from openclaw.agents.tools.conversation import About
from openclaw.agents.tools.registry import Post, own_tools
from openclaw.agents.tools.tool import Tool
from openclaw.domain.ids import AccountId, AgentId
from openclaw.domain.turns import Prompt

log = structlog.get_logger("openclaw.tools")


@dataclass(frozen=True, slots=True)
class Bench:
    """Where an agent works: what it is called, and its folder, ``None`` when it must not have one."""

    name: str
    workspace: Path | None


@dataclass(frozen=True, slots=True)
class ToolSettings:
    """What the configuration says of tools: each agent's bench, the MCP servers, how long one may be idle, and
    what copies the files that are to be sent by each account.
    """

    benches: Mapping[AgentId, Bench] = field(default_factory=dict[AgentId, Bench])
    servers: tuple[Line, ...] = ()
    idle_seconds: float | None = None
    copies: Mapping[AccountId, Copies] = field(default_factory=dict[AccountId, Copies])


class Toolbox:
    """Made by ``open_toolbox``, which also ends the servers."""

    def __init__(
        self, settings: ToolSettings, about: About, servers: Servers, amending: Amending | None = None
    ) -> None:
        self._settings = settings
        self._amending = amending
        self._about = about
        self._servers = servers

    async def for_turn(self, agent: AgentId, prompt: Prompt, emit: Emit | None = None) -> tuple[Tool, ...]:
        """The tools that ``prompt`` may use, each name once; waits for MCP servers that are being started."""
        bench = self._settings.benches.get(agent)
        if bench is None:
            return ()
        copies = self._settings.copies.get(prompt.origin.account) if prompt.origin else None
        post = Post(bench.name, bench.workspace, prompt.origin, self._about, copies, emit, self._amending)
        own = [tool for tool in own_tools(post) if prompt.tools.permits(tool.name)]
        found: dict[str, Tool] = {}
        for tool in (*own, *await self._servers.tools(prompt.tools)):
            if found.setdefault(tool.name, tool) is not tool:
                log.warning("tool.same_name", tool=tool.name)
        return tuple(found.values())

    @property
    def troubles(self) -> Mapping[str, str]:
        """The MCP servers that do not run although they were needed, each with why."""
        return self._servers.troubles

    async def adopt(self, settings: ToolSettings) -> None:
        """Go by other settings from the next turn on."""
        self._settings = settings
        await self._servers.adopt(settings.servers, settings.idle_seconds)


@asynccontextmanager
async def open_toolbox(
    settings: ToolSettings, about: About, amending: Amending | None = None
) -> AsyncGenerator[Toolbox]:
    """The toolbox; nothing is loaded or started before a turn needs it, and at the end every server is ended."""
    async with asyncio.TaskGroup() as group:
        servers = Servers(settings.servers, settings.idle_seconds, group)
        try:
            yield Toolbox(settings, about, servers, amending)
        finally:
            await servers.stop()


def summary(tools: Sequence[Tool]) -> str:
    """What a model reads of ``tools``, for an estimate of how much of its window they take."""
    return "\n".join(f"{tool.name} {tool.description} {dict(tool.schema)}" for tool in tools)
