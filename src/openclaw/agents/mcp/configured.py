"""The MCP servers that a configuration names, as the lines to them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from openclaw.agents.child_lines import INHERITED, Program
from openclaw.agents.mcp.line import Address, Line
from openclaw.config.sections.mcp import Mcp, McpServer, Plain

IDLE_SECONDS = 600.0
"""Where ``mcp.sessionIdleTtlMs`` is not set: long enough for a conversation, short enough for a machine's memory."""


def server_lines(mcp: Mcp, environ: Mapping[str, str], expand: Callable[[str], str]) -> tuple[Line, ...]:
    """Every configured server; ``expand`` turns ``~`` into the home. A command counts before an address."""
    return tuple(Line(name, _way(server, environ, expand)) for name, server in (mcp.servers or {}).items())


def idle_seconds(mcp: Mcp) -> float | None:
    """How long a server that nobody needs keeps running; ``None`` for ever."""
    if mcp.session_idle_ttl_ms is None:
        return IDLE_SECONDS
    return mcp.session_idle_ttl_ms / 1000 or None


def _way(server: McpServer, environ: Mapping[str, str], expand: Callable[[str], str]) -> Program | Address:
    if server.command is None:
        url = (server.url or "").strip()
        # Servers of the older kind have this path by custom; the newer kind is what is offered today.
        older = urlsplit(url).path.rstrip("/").endswith("/sse")
        return Address(
            url, server.transport or ("sse" if older else "streamable-http"), _texts(server.headers)
        )
    folder = server.cwd or server.working_directory
    return Program(
        (expand(server.command), *server.args),
        {name: environ[name] for name in INHERITED if name in environ},
        _texts(server.env),
        expand(folder) if folder else None,
    )


def _texts(values: Mapping[str, Plain] | None) -> dict[str, str]:
    return {name: _text(value) for name, value in (values or {}).items()}


def _text(value: Plain) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
