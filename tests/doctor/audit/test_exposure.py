"""Who can get in by the configuration, and at what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.doctor.installing import install, visit_to

from openclaw.doctor.audit.exposure import judge
from openclaw.doctor.audit.findings import AuditCheck, AuditFinding, Level, Setting

SAFE = {"channels": {"imessage": {"dmPolicy": "allowlist", "allowFrom": ["+15550100001"]}}}


def audited(home: Path, document: dict[str, Any], **environ: str) -> dict[AuditCheck, AuditFinding]:
    _, found = install(home, document, **environ)
    loaded = visit_to(found).loaded
    assert loaded is not None
    return {one.check: one for one in judge(loaded.config, loaded.document, loaded.environment)}


def channel(**values: Any) -> dict[str, Any]:
    return {"channels": {"imessage": SAFE["channels"]["imessage"] | values}}


def test_a_closed_installation_shows_only_who_can_get_in(tmp_path: Path) -> None:
    """One person, no groups."""
    found = audited(tmp_path, SAFE)
    assert list(found) == [AuditCheck.SURFACE]
    assert found[AuditCheck.SURFACE].level is Level.INFO
    assert "direct allowlist (1 listed)" in found[AuditCheck.SURFACE].detail


@pytest.mark.parametrize(
    ("document", "check", "level"),
    [
        (channel(dmPolicy="open", allowFrom=["*"]), AuditCheck.DM_OPEN, Level.CRITICAL),
        (channel(groupPolicy="open"), AuditCheck.GROUPS_OPEN, Level.WARN),
        (channel(groupPolicy="open"), AuditCheck.OPEN_GROUPS_WITH_TOOLS, Level.WARN),
        (channel(groupPolicy="open"), AuditCheck.MULTI_USER, Level.WARN),
        (channel(groups={"7": {}}), AuditCheck.MULTI_USER, Level.WARN),
        (channel(groupAllowFrom=["*"]), AuditCheck.MULTI_USER, Level.WARN),
        (channel(allowFrom=["+15550100001", "+15550100002"]), AuditCheck.DM_SHARED, Level.WARN),
        (channel(dmPolicy="pairing"), AuditCheck.DM_SHARED, Level.WARN),
        (SAFE | {"logging": {"redactSensitive": "off"}}, AuditCheck.REDACT_OFF, Level.WARN),
        (SAFE | {"gateway": {"auth": {"token": "short"}}}, AuditCheck.TOKEN_SHORT, Level.WARN),
        (
            channel(groupPolicy="open") | {"mcp": {"servers": {"files": {"command": "mcp-files"}}}},
            AuditCheck.OPEN_WITH_EXEC,
            Level.CRITICAL,
        ),
        (
            channel(dmPolicy="open", allowFrom=["*"])
            | {"agents": {"list": [{"id": "codex", "runtime": {"type": "acp", "acp": {"agent": "codex"}}}]}},
            AuditCheck.OPEN_WITH_EXEC,
            Level.CRITICAL,
        ),
        (
            channel(groupPolicy="open")
            | {
                "bindings": [
                    {
                        "type": "acp",
                        "agentId": "codex",
                        "match": {"channel": "imessage", "peer": {"kind": "group", "id": "chat_id:7"}},
                    }
                ]
            },
            AuditCheck.OPEN_WITH_EXEC,
            Level.CRITICAL,
        ),
    ],
)
def test_each_open_door_is_named(
    tmp_path: Path, document: dict[str, Any], check: AuditCheck, level: Level
) -> None:
    """Behaviour facts L.3, as far as the checks bind this channel."""
    assert audited(tmp_path, document)[check].level is level


@pytest.mark.parametrize(
    "document",
    [
        SAFE | {"plugins": {"entries": {"acpx": {"config": {"permissionMode": "approve-all"}}}}},
        SAFE | {"commands": {"useAccessGroups": False}},
        SAFE | {"services": {"smsOwner": True}},
        SAFE | {"gateway": {"controlUi": {"dangerouslyDisableDeviceAuth": True}}},
        SAFE | {"gateway": {"controlUi": {"allowInsecureAuth": True}}},
        SAFE | {"gateway": {"auth": {"mode": "none"}}},
    ],
)
def test_a_guard_that_is_switched_off_is_told(tmp_path: Path, document: dict[str, Any]) -> None:
    """Also by keys that this program does not act on: the file may be used by the original tomorrow."""
    assert audited(tmp_path, document)[AuditCheck.DANGEROUS_FLAGS].level is Level.WARN


@pytest.mark.parametrize("tools", [{"deny": ["*"]}, {"allow": []}])
def test_an_agent_without_tools_is_not_armed(tmp_path: Path, tools: dict[str, Any]) -> None:
    """Open groups remain, and reach nothing but words."""
    document = channel(groupPolicy="open") | {"agents": {"list": [{"id": "main", "tools": tools}]}}
    found = audited(tmp_path, document)
    assert AuditCheck.OPEN_GROUPS_WITH_TOOLS not in found
    assert AuditCheck.GROUPS_OPEN in found


def test_every_place_that_opens_groups_is_closed(tmp_path: Path) -> None:
    """The channel's, each account's, and that of all channels: what one leaves open the other would open again."""
    document = {
        "channels": {
            "defaults": {"groupPolicy": "open"},
            "imessage": {
                "groupPolicy": "open",
                "accounts": {"Home": {"groupPolicy": "open"}, "work": {"dbPath": "/b"}},
            },
        }
    }
    assert audited(tmp_path, document)[AuditCheck.GROUPS_OPEN].settings == (
        Setting(("channels", "defaults", "groupPolicy"), "allowlist"),
        Setting(("channels", "imessage", "groupPolicy"), "allowlist"),
        Setting(("channels", "imessage", "accounts", "Home", "groupPolicy"), "allowlist"),
    )


def test_several_accounts_want_a_scope_that_keeps_them_apart(tmp_path: Path) -> None:
    """Behaviour facts L.1."""
    document = {"channels": {"imessage": {"accounts": {"home": {}, "work": {"dbPath": "/b"}}}}}
    assert "per-account-channel-peer" in audited(tmp_path, document)[AuditCheck.DM_SHARED].remediation


def test_a_token_is_not_shown(tmp_path: Path) -> None:
    """Only its length; one from the environment counts too."""
    document = SAFE | {"gateway": {"auth": {"token": "${MY_TOKEN}"}}}
    detail = audited(tmp_path, document, MY_TOKEN="opensesame")[AuditCheck.TOKEN_SHORT].detail
    assert "10 signs" in detail
    assert "opensesame" not in detail
