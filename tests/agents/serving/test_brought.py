"""The MCP servers that a client brings along."""

from __future__ import annotations

import pytest
from acp.schema import AcpMcpServer, EnvVariable, HttpHeader, HttpMcpServer, McpServerStdio, SseMcpServer

from openclaw.agents.mcp.line import Address, Line, Program
from openclaw.agents.serving.brought import lines
from openclaw.errors import BadRequest


def test_each_kind_becomes_a_line() -> None:
    """A program sees what the client gives it and what it needs to find itself, and no key of ours."""
    brought = [
        McpServerStdio(name="one", command="/bin/one", args=["-x"], env=[EnvVariable(name="A", value="b")]),
        HttpMcpServer(name="two", url="http://h/mcp", headers=[HttpHeader(name="k", value="v")], type="http"),
        SseMcpServer(name="three", url="http://h/sse", headers=[], type="sse"),
    ]
    assert lines(brought, {"PATH": "/bin", "OPENAI_API_KEY": "secret"}, "/p") == (
        Line("one", Program(("/bin/one", "-x"), {"PATH": "/bin"}, {"A": "b"}, "/p")),
        Line("two", Address("http://h/mcp", "streamable-http", {"k": "v"})),
        Line("three", Address("http://h/sse", "sse", {})),
    )


def test_a_server_behind_the_client_itself_is_refused() -> None:
    """It is not announced either (capabilities are honest)."""
    with pytest.raises(BadRequest, match="not served"):
        lines([AcpMcpServer(name="four", server_id="4", type="acp")], {}, "/p")


def test_a_folder_that_depends_on_where_we_run_is_refused() -> None:
    """The protocol wants an absolute path; a relative one would be another folder for each process."""
    with pytest.raises(BadRequest, match="absolute"):
        lines([], {}, "here")
