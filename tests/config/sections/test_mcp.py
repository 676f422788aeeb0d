import pytest

from openclaw.config.reader import read_section
from openclaw.config.sections.mcp import Mcp


def test_a_server_is_a_command_or_an_address():
    """Both kinds, with plain values of any kind in env and headers."""
    raw = {"a": {"command": "npx", "env": {"A": 1, "B": True}}, "b": {"url": "https://x", "transport": "sse"}}
    value, findings = read_section(Mcp, {"servers": raw})
    assert findings.issues == []
    assert dict(value.servers["a"].env) == {"A": 1, "B": True}
    assert value.servers["b"].transport == "sse"


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"servers": {"x": {}}}, "servers.x.command"),
        ({"servers": {"x": {"url": "http://x", "transport": "pigeon"}}}, "servers.x.transport"),
        ({"servers": {"x": {"url": "http://["}}}, "servers.x.url"),
        ({"servers": {"x": {"url": "https://"}}}, "servers.x.url"),
        ({"servers": {"x": {"url": "http://x:port"}}}, "servers.x.url"),
        ({"servers": {"x": {"url": "ftp://x"}}}, "servers.x.url"),
        ({"servers": {"x": {"command": "a", "headers": {"h": []}}}}, "servers.x.headers.h"),
        ({"sessionIdleTtlMs": -1}, "sessionIdleTtlMs"),
    ],
)
def test_a_value_outside_its_rule_is_one_issue_at_its_place(raw, path):
    """Strict, and exact about the place (A.4, ruling 13)."""
    _, findings = read_section(Mcp, raw)
    assert [issue.path for issue in findings.issues] == [path]
    assert findings.unknown == []
