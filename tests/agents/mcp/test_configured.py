"""From ``mcp.servers`` to the lines to them."""

from __future__ import annotations

import pytest

from openclaw.agents.child_lines import Program
from openclaw.agents.mcp.configured import IDLE_SECONDS, idle_seconds, server_lines
from openclaw.agents.mcp.line import Address, Line
from openclaw.config.sections.mcp import Mcp, McpServer


def _line(server: McpServer, environ: dict[str, str] | None = None) -> Line:
    [line] = server_lines(
        Mcp(servers={"files": server}), environ or {}, lambda path: path.replace("~", "/home/me")
    )
    return line


def test_a_program_gets_an_allowed_environment_and_what_is_configured() -> None:
    """Keys of other things in our environment are none of its business (design 8: allowlist)."""
    server = McpServer(
        command="~/bin/files", args=("--root", "~"), env={"A": 1, "B": True, "C": "x"}, cwd="~/data"
    )
    line = _line(server, {"PATH": "/bin", "OPENAI_API_KEY": "k", "HOME": "/home/me"})
    assert line.way == Program(
        ("/home/me/bin/files", "--root", "~"),
        {"PATH": "/bin", "HOME": "/home/me"},
        {"A": "1", "B": "true", "C": "x"},
        "/home/me/data",
    )


def test_the_older_name_of_the_folder_counts_too() -> None:
    """Both keys are in use (original keys: cwd, workingDirectory)."""
    way = _line(McpServer(command="x", working_directory="/w")).way
    assert isinstance(way, Program)
    assert way.folder == "/w"


@pytest.mark.parametrize(
    ("url", "transport", "wire"),
    [
        ("https://one/mcp", None, "streamable-http"),
        ("https://one/sse", None, "sse"),
        ("https://one/sse/", None, "sse"),
        ("https://one/sse", "streamable-http", "streamable-http"),
        ("https://one/mcp", "sse", "sse"),
    ],
)
def test_an_address_tells_its_wire_unless_it_is_said(url: str, transport: str | None, wire: str) -> None:
    """The path that servers of the older kind have by custom decides."""
    way = _line(McpServer(url=url, transport=transport, headers={"k": 5})).way  # type: ignore[arg-type]
    assert way == Address(url, wire, {"k": "5"})  # type: ignore[arg-type]


def test_secrets_stay_out_of_sight() -> None:
    """Configured values of environment and headers show in no repr, and are known to be masked."""
    program = _line(McpServer(command="x", env={"TOKEN": "secret-token", "DEBUG": "1"}))
    address = _line(McpServer(url="https://x", headers={"authorization": "Bearer abcdef"}))
    assert "secret-token" not in repr(program)
    assert "abcdef" not in repr(address)
    assert program.masked("its secret-token, at level 1") == "its ***, at level 1"
    assert address.masked("said Bearer abcdef to https://me:pass@x") == "said *** to https://me:***@x"


@pytest.mark.parametrize(("written", "meant"), [(None, IDLE_SECONDS), (0, None), (1500, 1.5)])
def test_the_idle_time(written: float | None, meant: float | None) -> None:
    """mcp.sessionIdleTtlMs in milliseconds; 0 is for ever."""
    assert idle_seconds(Mcp(session_idle_ttl_ms=written)) == meant
