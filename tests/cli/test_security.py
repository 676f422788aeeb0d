"""`openclaw security audit` at the prompt."""

from __future__ import annotations

import stat

from .conftest import Installation

OPEN = {"channels": {"imessage": {"dmPolicy": "open", "allowFrom": ["*"]}}}


def test_open_doors_are_named_and_critical_ones_fail(installation: Installation):
    """Exit code 1, so that a script can watch over it."""
    installation.configure(OPEN)
    ran = installation.run("security", "audit")
    assert ran.code == 1
    assert (
        "critical channels.imessage.dm.open: Anybody who knows the address can talk to the agent" in ran.out
    )
    assert "Fix: set dmPolicy to pairing" in ran.out


def test_as_json_in_the_shape_of_the_original(installation: Installation):
    """Behaviour facts J.7: findings with checkId, and counts in a summary."""
    installation.configure(OPEN)
    body = installation.run("security", "audit", "--json").json
    assert set(body) == {"ts", "summary", "findings"}
    assert set(body["findings"][0]) == {"checkId", "severity", "title", "detail", "remediation"}
    assert body["summary"]["critical"] == sum(one["severity"] == "critical" for one in body["findings"])


def test_fixing_takes_rights_away_and_closes_keys(installation: Installation):
    """And tells what it did; what could not be done is told as well."""
    installation.configure({"channels": {"imessage": {}}, "logging": {"redactSensitive": "off"}})
    installation.state_dir.chmod(0o700)
    path = installation.state_dir / "openclaw.json"
    path.chmod(0o666)
    ran = installation.run("security", "audit", "--fix")
    assert "Done: set logging.redactSensitive to tools" in ran.out
    assert installation.run("config", "get", "logging.redactSensitive").out == "tools\n"
    assert f"Done: set the mode of {path} to 0600" in ran.out
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert ran.code == 0


def test_nothing_is_changed_without_fix(installation: Installation):
    """Looking is free of danger."""
    installation.configure(OPEN)
    path = installation.state_dir / "openclaw.json"
    path.chmod(0o644)
    installation.run("security", "audit", "--deep")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
