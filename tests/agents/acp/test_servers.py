"""MCP servers as agents are told of them."""

from __future__ import annotations

from typing import Any

import pytest

from openclaw.agents.acp.servers import offered
from openclaw.config.sections.mcp import McpServer

SERVERS = {
    "pipes": McpServer(command="tool", args=("-x",), env={"A": "1"}),
    "web": McpServer(url="https://x.org/mcp", headers={"K": "v"}),
    "old": McpServer(url="https://x.org/sse", transport="sse"),
}


@pytest.mark.parametrize(
    ("http", "sse", "names"),
    [
        (False, False, ["pipes"]),
        (True, False, ["pipes", "web"]),
        (False, True, ["pipes", "old"]),
        (True, True, ["pipes", "web", "old"]),
    ],
)
def test_an_agent_is_told_of_what_it_can_reach(http: bool, sse: bool, names: list[str]) -> None:
    """Programs always; the others only where it speaks their way."""
    assert [one.name for one in offered(SERVERS, http=http, sse=sse)] == names


def test_everything_that_is_needed_is_told() -> None:
    """Arguments, environment, headers."""
    found: list[Any] = list(offered(SERVERS, http=True, sse=True))
    assert (found[0].command, found[0].args, found[0].env[0].value) == ("tool", ["-x"], "1")
    assert (found[1].url, found[1].headers[0].name) == ("https://x.org/mcp", "K")
    assert found[2].type == "sse"
