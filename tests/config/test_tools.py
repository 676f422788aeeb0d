"""What is said to whoever wrote the lists of tools."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from openclaw.config.agents import default_agent
from openclaw.config.load import check_document
from openclaw.config.locations import Locations
from openclaw.config.tools import holds_state, sender_key, tool_warnings


def _warnings(document: dict[str, Any], state: Path = Path("/s")) -> list[tuple[str, str]]:
    config = check_document(document, Locations(state, state, state / "openclaw.json"), {}).config
    return [(warning.path, warning.value) for warning in tool_warnings(config)]


def test_words_that_mean_nothing_are_named_with_their_place() -> None:
    """Wherever a list of tools stands; the original's tools and those of configured servers are known."""
    wrong = {"deny": ["write_fiel"]}
    group = {"tools": {"allow": ["read", "reed"]}, "toolsBySender": {"+15550100001": {"alsoAllow": ["x__y"]}}}
    document: dict[str, Any] = {
        "tools": {"profile": "coding", **wrong},
        "agents": {"list": [{"id": "a", "tools": {"deny": ["exec", "files__*", "nope"]}}]},
        "mcp": {"servers": {"files": {"command": "x"}}},
        "channels": {
            "imessage": {"groups": {"7": group}, "accounts": {"w": {"groups": {"8": {"tools": wrong}}}}}
        },
    }
    assert _warnings(document) == [
        ("tools.deny[0]", "write_fiel"),
        ("agents.list[0].tools.deny[2]", "nope"),
        ("channels.imessage.groups.7.tools.allow[1]", "reed"),
        ("channels.imessage.groups.7.toolsBySender.+15550100001.alsoAllow[0]", "x__y"),
        ("channels.imessage.accounts.w.groups.8.tools.deny[0]", "write_fiel"),
    ]


def test_a_sender_that_nobody_is_is_named() -> None:
    """Names that people give themselves do not count (demand N)."""
    by_sender = {"name:Ann Lee!": {}, "*": {}, "ann@example.com": {}}
    document = {"channels": {"imessage": {"groups": {"7": {"toolsBySender": by_sender}}}}}
    assert [value for _, value in _warnings(document)] == ["name:Ann Lee!"]


@pytest.mark.parametrize(
    ("workspace", "holds"),
    [
        ("/h/.openclaw/workspace", False),
        ("/h/.openclaw", True),
        ("/h", True),
        ("/", True),
        ("/elsewhere", False),
    ],
)
def test_a_workspace_that_holds_the_state_is_told_and_not_used(workspace: str, holds: bool) -> None:
    """An agent must not read keys nor change its own configuration (promise 5)."""
    document = {"agents": {"defaults": {"workspace": workspace}}}
    state = Path("/h/.openclaw")
    config = check_document(document, Locations(Path("/h"), state, state / "openclaw.json"), {}).config
    assert holds_state(default_agent(config), config) is holds
    assert bool(list(tool_warnings(config))) is holds


def test_a_sender_key_is_a_handle() -> None:
    """With the prefixes of the original, and the account's region."""
    assert sender_key("e164:030 1234567", "DE") == sender_key("+49301234567", "US") == "+49301234567"
    assert sender_key("*", "US") is None
