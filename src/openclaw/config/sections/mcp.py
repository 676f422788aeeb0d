"""``mcp``: tool servers that agents may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from openclaw.config.grammar import address_error
from openclaw.config.sections.imessage import NotBlank
from openclaw.config.shape import Range

Plain = str | int | float | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class McpServer:
    """One entry of ``mcp.servers``: a command to run, or an address."""

    command: NotBlank | None = None
    args: tuple[str, ...] = ()
    env: Mapping[str, Plain] | None = None
    cwd: NotBlank | None = None
    working_directory: NotBlank | None = None
    url: NotBlank | None = None
    transport: Literal["sse", "streamable-http"] | None = None
    headers: Mapping[str, Plain] | None = None

    def conflicts(self) -> list[tuple[str, str, str]]:
        """Refuse a server that cannot be reached at all."""
        if self.command is None and self.url is None:
            return [("command", "or url is required", "say how the server is started, or where it is")]
        if self.url is not None and (problem := address_error(self.url)):
            return [("url", problem, "write it as https://host/path")]
        return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Mcp:
    """The whole section."""

    servers: Mapping[str, McpServer] | None = None
    session_idle_ttl_ms: Annotated[float, Range(0)] | None = None
