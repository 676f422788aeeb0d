"""Outside agents with every value resolved."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.rig import configure

from openclaw.config.acp import IDLE, START_SECONDS, SessionSpec, acp_settings
from openclaw.config.sections.bindings import BindingAcp
from openclaw.domain.acp import PermissionMode

STATE = Path("/nonexistent")


def test_without_a_word_everything_is_allowed_but_what_could_harm() -> None:
    """Defaults of behaviour facts H.1 and H.10: on, all agents, and what is not read is asked about."""
    found = acp_settings(configure({}))

    assert (found.enabled, found.dispatches, found.allowed, found.most_sessions) == (
        True,
        True,
        frozenset(),
        None,
    )
    assert (found.permissions, found.unanswered, found.idle, found.start_seconds) == (
        PermissionMode.APPROVE_READS,
        "ask",
        IDLE,
        START_SECONDS,
    )
    assert found.spec("claude") == SessionSpec("claude", STATE / "workspace-claude")


@pytest.mark.parametrize(
    ("acp", "plugin", "enabled"),
    [({}, {}, True), ({"enabled": False}, {}, False), ({}, {"enabled": False}, False)],
)
def test_either_switch_turns_them_off(acp: dict[str, Any], plugin: dict[str, Any], enabled: bool) -> None:
    """acp.enabled, and the original's plugin."""
    config = configure({"acp": acp, "plugins": {"entries": {"acpx": plugin}}})
    assert acp_settings(config).enabled is enabled


def test_what_the_plugin_says_counts() -> None:
    """plugins.entries.acpx.config, as the original has it (behaviour facts H.10)."""
    said = {
        "permissionMode": "deny-all",
        "nonInteractivePermissions": "fail",
        "timeoutSeconds": 5,
        "permissionTimeoutSeconds": 60,
        "cwd": "~/work",
        "mcpServers": {"notes": {"command": "notes"}},
    }
    document = {
        "plugins": {"entries": {"acpx": {"config": said}}},
        "acp": {"runtime": {"ttlMinutes": 2, "installCommand": "x"}, "defaultAgent": "Codex"},
    }
    found = acp_settings(configure(document))

    assert (found.permissions, found.unanswered, found.start_seconds, found.ask_seconds) == (
        PermissionMode.DENY_ALL,
        "fail",
        5,
        60,
    )
    assert (found.idle, found.install_command, found.default_agent) == (timedelta(minutes=2), "x", "codex")
    assert list(found.mcp_servers) == ["notes"]
    assert found.spec("claude").cwd == Path("/nonexistent/work")


SPECS = [
    (None, SessionSpec("claude", Path("/srv/agent"), "oneshot")),
    (BindingAcp(), SessionSpec("claude", Path("/srv/agent"), "oneshot")),
    (
        BindingAcp(mode="persistent", cwd="/srv/binding", label="work"),
        SessionSpec("claude", Path("/srv/binding"), "persistent", "work"),
    ),
]


@pytest.mark.parametrize(("binding", "spec"), SPECS)
def test_what_a_binding_says_goes_before_what_its_agent_says(
    binding: BindingAcp | None, spec: SessionSpec
) -> None:
    """Binding, agent runtime, workspace (behaviour facts H.4); a label is the binding's alone."""
    runtime = {"type": "acp", "acp": {"agent": "Claude", "mode": "oneshot", "cwd": "/srv/agent"}}
    found = acp_settings(configure({"agents": {"list": [{"id": "coder", "runtime": runtime}]}}))

    assert found.spec("coder", binding) == spec


@pytest.mark.parametrize(
    ("allowed", "name", "may"),
    [
        ([], "coder", True),
        (["Claude"], "coder", True),
        (["coder"], "coder", True),
        (["codex"], "coder", False),
        (["codex"], "codex", True),
        (["codex"], "claude", False),
    ],
)
def test_who_may_be_asked(allowed: list[str], name: str, may: bool) -> None:
    """acp.allowedAgents names an agent or its program; empty allows all (behaviour facts H.1)."""
    runtime = {"type": "acp", "acp": {"agent": "claude"}}
    document = {
        "acp": {"allowedAgents": allowed},
        "agents": {"list": [{"id": "coder", "runtime": runtime}]},
    }
    assert acp_settings(configure(document)).may_run(name) is may
