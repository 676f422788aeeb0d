"""`openclaw doctor` at the prompt."""

from __future__ import annotations

import stat

import pytest
from tests.journeys.house import free_port

from openclaw.control.token import kept_token
from openclaw.doctor.names import Check

from .conftest import Installation, running_gateway

# Whatever else listens on this machine is found by the doctor too.
FREE = {"gateway": {"port": free_port()}}
NO_PHONE = FREE | {"channels": {"imessage": {"enabled": False}}}
NO_IMSG = FREE | {"channels": {"imessage": {"cliPath": "/nowhere/imsg"}}}


def mode(installation: Installation, name: str) -> int:
    return stat.S_IMODE((installation.state_dir / name).stat().st_mode)


def test_every_finding_is_told_with_what_helps(installation: Installation):
    """Name, thing, what was found, and the fix."""
    installation.configure(NO_IMSG)
    ran = installation.run("doctor")
    assert ran.code == 1
    assert "ERROR   imsg.probe: imsg of account default (/nowhere/imsg)" in ran.out
    assert "imsg-not-found" in ran.out
    assert "Fix: Install imsg (brew install steipete/tap/imsg)" in ran.out
    assert "All in all: 1 error, " in ran.out


def test_as_json_each_finding_has_its_stable_name(installation: Installation):
    """For scripts; nothing else is printed."""
    installation.configure(NO_IMSG)
    body = installation.run("doctor", "--json").json
    found = {one["id"]: one for one in body["findings"]}
    assert found["imsg.probe"]["severity"] == "error"
    assert set(found) <= set(Check)
    assert body["summary"]["error"] == 1
    assert body["repaired"] == []


def test_nothing_is_changed_without_being_told_to(installation: Installation):
    """Looking is free of danger: not even a state directory is made."""
    installation.run("doctor")
    assert not installation.state_dir.exists()
    installation.configure(NO_PHONE)
    (installation.state_dir / "openclaw.json").chmod(0o644)
    installation.run("doctor")
    assert mode(installation, "openclaw.json") == 0o644
    assert [path.name for path in installation.state_dir.iterdir()] == ["openclaw.json"]


@pytest.mark.parametrize("words", [["--fix", "--yes"], ["--repair", "--non-interactive"]])
def test_fixing_does_what_is_safe_and_looks_again(installation: Installation, words: list[str]):
    """Modes and the token; what was done is told, and what remains."""
    installation.configure(NO_PHONE)
    (installation.state_dir / "openclaw.json").chmod(0o666)
    before = installation.run("doctor")
    assert (before.code, "openclaw doctor --fix" in before.out) == (1, True)
    ran = installation.run("doctor", *words)
    assert ran.code == 0
    assert "Done: set the mode of" in ran.out
    assert "After mending: 0 errors" in ran.out
    assert mode(installation, "openclaw.json") == 0o600
    assert kept_token(installation.state_dir)
    assert "nothing that can be mended" in installation.run("doctor", *words).out


def test_each_repair_is_asked_for(installation: Installation):
    """Nobody answers at the end of the input, so nothing is done."""
    installation.configure(NO_PHONE)
    (installation.state_dir / "openclaw.json").chmod(0o644)
    ran = installation.run("doctor", "--fix")
    assert "Set the mode of" in ran.err
    assert "Done:" not in ran.out
    assert mode(installation, "openclaw.json") == 0o644


def test_fixing_as_json_prints_nothing_but_json(installation: Installation):
    """What was done stands in it."""
    installation.configure(NO_PHONE)
    body = installation.run("doctor", "--fix", "--yes", "--json").json
    assert any(done.startswith("set the mode of") for done in body["repaired"])


def test_a_broken_configuration_is_no_reason_not_to_look(installation: Installation):
    """Every issue, and everything that can be seen without it."""
    installation.configure({"channels": {"imessage": {"dmPolicy": "maybe", "alowFrom": []}}})
    body = installation.run("doctor", "--json").json
    issues = [one["lookedAt"] for one in body["findings"] if one["id"] == "config.valid"]
    assert sorted(issues) == ["channels.imessage.alowFrom", "channels.imessage.dmPolicy"]
    assert {"ledger.disk", "gateway.runs", "machine.python"} <= {one["id"] for one in body["findings"]}


def test_an_account_that_is_not_there_is_refused(installation: Installation):
    """With those that are."""
    installation.configure(NO_IMSG)
    ran = installation.run("doctor", "--account", "nobody")
    assert (ran.code, ran.out) == (1, "")
    assert "there is no account nobody; there are: default" in ran.err


async def test_a_running_gateway_is_asked(installation: Installation):
    """How its accounts are, and what waits."""
    installation.configure(NO_PHONE)
    async with running_gateway(installation):
        ran = await installation.run_beside("doctor", "--json")
    found = {one["id"]: one for one in ran.json["findings"]}
    assert found["gateway.runs"]["severity"] == "ok"
    assert found["gateway.account"]["found"].startswith("connected")
    assert found["gateway.attention"]["found"] == "1 pairing"
    assert "ledger.lock" not in found
