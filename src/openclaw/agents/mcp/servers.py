"""All MCP servers of a gateway: one each, shared by its agents."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence

import structlog

from openclaw.agents.mcp.line import Line
from openclaw.agents.mcp.server import Server
from openclaw.agents.tools.tool import Tool
from openclaw.domain.tools import ToolRights, server_prefix

log = structlog.get_logger("openclaw.mcp")


class Servers:
    """The configured servers. Their tasks belong to ``group``; ``stop`` ends them."""

    def __init__(self, lines: Sequence[Line], idle_seconds: float | None, group: asyncio.TaskGroup) -> None:
        self._group = group
        self._idle_seconds = idle_seconds
        self._servers: dict[str, Server] = {line.name: self._server(line) for line in lines}

    async def tools(self, rights: ToolRights) -> list[Tool]:
        """What ``rights`` permit of all servers' tools; servers of which nothing could be permitted are not started."""
        wanted = [server for name, server in self._servers.items() if rights.may_permit(server_prefix(name))]
        found = await asyncio.gather(*(server.tools() for server in wanted))
        return [tool for tools in found for tool in tools if rights.permits(tool.name)]

    @property
    def troubles(self) -> Mapping[str, str]:
        """The servers that do not run although they were needed, each with why."""
        return {name: server.trouble for name, server in self._servers.items() if server.trouble}

    async def adopt(self, lines: Sequence[Line], idle_seconds: float | None) -> None:
        """Go by other settings: what changed or is gone is ended; what did not goes on."""
        keeps_idle = idle_seconds == self._idle_seconds
        self._idle_seconds = idle_seconds
        before = self._servers
        self._servers = {}
        for line in lines:
            server = before.get(line.name)
            kept = keeps_idle and server is not None and server.line == line
            self._servers[line.name] = before.pop(line.name) if kept else self._server(line)
        await _stop(before.values())

    async def stop(self) -> None:
        """End every server."""
        await _stop(self._servers.values())

    def _server(self, line: Line) -> Server:
        return Server(line, self._idle_seconds, self._group)


async def _stop(servers: Iterable[Server]) -> None:
    await asyncio.gather(*(server.stop() for server in servers))
