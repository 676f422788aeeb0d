"""MCP servers as an agent is told of them, so that it starts them. Imported with the protocol's library alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from acp.schema import EnvVariable, HttpHeader, HttpMcpServer, McpServerStdio, SseMcpServer

from openclaw.config.sections.mcp import McpServer

Server = HttpMcpServer | SseMcpServer | McpServerStdio


def offered(servers: Mapping[str, McpServer], *, http: bool, sse: bool) -> Sequence[Server]:
    """The ``servers`` that an agent can reach: those over HTTP only where it said that it speaks it."""
    found: list[Server] = []
    for name, server in servers.items():
        if server.command is not None:
            env = [EnvVariable(name=key, value=str(value)) for key, value in (server.env or {}).items()]
            found.append(McpServerStdio(name=name, command=server.command, args=list(server.args), env=env))
            continue
        headers = [HttpHeader(name=key, value=str(value)) for key, value in (server.headers or {}).items()]
        if server.transport == "sse" and sse:
            found.append(SseMcpServer(type="sse", name=name, url=server.url or "", headers=headers))
        elif server.transport != "sse" and http:
            found.append(HttpMcpServer(type="http", name=name, url=server.url or "", headers=headers))
    return found
