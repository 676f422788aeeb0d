"""What about outside agents in a configuration will surprise its owner; and that the page's example will not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.rig import configure

from openclaw.config.agents import resolve_agents
from openclaw.config.load import check_document
from openclaw.config.locations import Locations
from openclaw.config.review_outside import outside_warnings

# The example of the page, word for word.
EXAMPLE: dict[str, Any] = {
    "agents": {
        "list": [
            {
                "id": "codex",
                "runtime": {
                    "type": "acp",
                    "acp": {"agent": "codex", "backend": "acpx", "mode": "persistent"},
                },
            },
        ],
    },
    "bindings": [
        {
            "type": "acp",
            "agentId": "codex",
            "match": {
                "channel": "imessage",
                "accountId": "default",
                "peer": {"kind": "group", "id": "chat_id:123"},
            },
            "acp": {"label": "codex-group"},
        },
    ],
}


def paths(document: dict[str, Any]) -> list[str]:
    """Where something is warned of."""
    config = configure(document)
    return [issue.path for issue in outside_warnings(resolve_agents(config), config)]


def test_the_example_of_the_page_is_valid_without_a_warning() -> None:
    """It works as it stands (requirements, ACP conversation bindings)."""
    here = Path("/nonexistent")
    assert check_document(EXAMPLE, Locations(here, here, here / "openclaw.json"), {}).warnings == ()
    assert paths(EXAMPLE) == []


def bound(peer: str, agent: str = "codex", **acp: Any) -> dict[str, Any]:
    """A binding alone."""
    match = {"channel": "imessage", "peer": {"kind": "direct", "id": peer}}
    return {"bindings": [{"type": "acp", "agentId": agent, "match": match, "acp": acp}]}


@pytest.mark.parametrize(
    ("document", "warned"),
    [
        ({"acp": {"backend": "other"}}, ["acp.backend"]),
        ({"acp": {"backend": "ACPX"}}, []),
        (bound("+15550100001", backend="other"), ["bindings[0].acp.backend"]),
        (
            {"agents": {"list": [{"id": "a", "runtime": {"type": "acp", "acp": {"agent": "nobody"}}}]}},
            ["agents.list[0].runtime.acp.agent"],
        ),
        (bound("+15550100001", "nobody"), ["bindings[0].agentId"]),
        (bound("*"), ["bindings[0].match.peer.id"]),
        (bound("chat_id:x"), ["bindings[0].match.peer.id"]),
        (bound("user@example.com"), []),
        (bound("123"), []),
        (bound("+15550100001") | {"acp": {"allowedAgents": ["claude"]}}, ["acp.allowedAgents"]),
        (EXAMPLE | {"acp": {"allowedAgents": ["claude"]}}, ["acp.allowedAgents"]),
    ],
)
def test_what_does_not_do_what_it_seems_to(document: dict[str, Any], warned: list[str]) -> None:
    """Each by its key, and once."""
    assert paths(document) == warned
