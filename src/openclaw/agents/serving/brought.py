"""The MCP servers that a client brings along for one session, as lines to them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath

from acp.schema import AcpMcpServer, HttpMcpServer, McpServerStdio, SseMcpServer

from openclaw.agents.mcp.configured import INHERITED
from openclaw.agents.mcp.line import Address, Line, Program
from openclaw.errors import BadRequest

Brought = HttpMcpServer | SseMcpServer | AcpMcpServer | McpServerStdio


def lines(servers: Sequence[Brought], environ: Mapping[str, str], cwd: str) -> tuple[Line, ...]:
    """The lines to ``servers``; programs run in ``cwd`` and see what programs of the configuration would.

    Raises:
        BadRequest: one is reached in a way that is not served, or ``cwd`` is no absolute path.
    """
    if not PurePath(cwd).is_absolute():
        raise BadRequest(f"cwd must be an absolute path, not {cwd[:200]!r}")
    return tuple(_lines(servers, {name: environ[name] for name in INHERITED if name in environ}, cwd))


def _lines(servers: Sequence[Brought], inherited: Mapping[str, str], cwd: str) -> Iterator[Line]:
    for server in servers:
        match server:
            case McpServerStdio():
                given = {one.name: one.value for one in server.env}
                yield Line(server.name, Program((server.command, *server.args), inherited, given, cwd))
            case HttpMcpServer():
                yield Line(server.name, Address(server.url, "streamable-http", _headers(server)))
            case SseMcpServer():
                yield Line(server.name, Address(server.url, "sse", _headers(server)))
            case AcpMcpServer():
                raise BadRequest(
                    f"the MCP server {server.name!r} would be reached through ACP; that is not served"
                )


def _headers(server: HttpMcpServer | SseMcpServer) -> dict[str, str]:
    return {one.name: one.value for one in server.headers}
