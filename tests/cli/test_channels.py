from __future__ import annotations

import sys

import pytest

from openclaw.domain.health import AccountState, Probe, ProbeCode
from openclaw.simulator import phone

from .conftest import Installation, running_gateway


def _simulated(installation: Installation) -> dict[str, str]:
    """The settings of an account whose imsg is the simulated one, over a database of its own."""
    program = installation.home / "imsg"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m openclaw.simulator.imsg "$@"\n')
    program.chmod(0o700)
    database = phone.create_database(installation.home / "chat.db", "+15550100000")
    return {"cliPath": str(program), "dbPath": str(database)}


def test_without_a_gateway_a_probe_asks_imsg_itself(installation: Installation):
    """`channels status --probe` is the first step of the troubleshooting page, before anything runs (requirements)."""
    installation.configure({"channels": {"imessage": _simulated(installation)}})
    ran = installation.run("channels", "status", "--probe", "--json")
    account = ran.json["channelAccounts"]["imessage"][0]
    assert (ran.code, account["probe"]["code"], account["probe"]["ok"]) == (0, "works", True)
    assert account["probe"]["version"]
    assert ran.json["gatewayReachable"] is False
    plain = installation.run("channels", "status", "--probe")
    assert "gateway-not-running" in plain.out
    assert "works" in plain.out


def test_a_missing_imsg_is_found_out_and_told(installation: Installation):
    """The words of the requirements with the fix, and exit code 1 (requirements: troubleshooting)."""
    installation.configure({"channels": {"imessage": {"cliPath": "/nowhere/imsg"}}})
    ran = installation.run("channels", "status", "--probe")
    assert ran.code == 1
    assert "imsg-not-found" in ran.out
    assert "Fix: " in ran.out


def test_without_gateway_and_probe_nothing_works_yet(installation: Installation):
    """Config-only lines and the word for it; an enabled account that nobody serves is a failure (J.2)."""
    installation.configure({"channels": {"imessage": {"cliPath": "/nowhere/imsg"}}})
    ran = installation.run("channels", "status", "--json")
    assert ran.code == 1
    assert ran.json["configOnly"] is True
    assert ran.json["config"] == {"path": str(installation.state_dir / "openclaw.json"), "mode": "local"}
    assert ran.json["channelAccounts"]["imessage"][0]["probe"]["code"] == "gateway-not-running"


def test_no_enabled_account_is_told_and_is_no_failure(installation: Installation):
    """Nothing that is configured fails, and still nobody is left wondering (promise 4)."""
    ran = installation.run("channels", "status", "--probe")
    assert ran.code == 0
    assert "No phone account is enabled" in ran.out


async def test_a_running_gateway_tells_each_account(installation: Installation):
    """State, cause and next try; reading and sending apart (design 5)."""
    async with running_gateway(installation) as gateway:
        ran = await installation.run_beside("channels", "status")
        assert ran.code == 0
        assert "Gateway reachable." in ran.out
        assert "untested" in ran.out
        gateway.state, gateway.cause = AccountState.NEEDS_PERMISSION, "imsg may not read the database"
        ran = await installation.run_beside("channels", "status")
        assert ran.code == 1
        assert "default: imsg may not read the database" in ran.out


@pytest.mark.parametrize(
    ("sending", "code", "fix"),
    [
        ("refused: Automation permission for Messages is missing (-1743): no", 1, "tick Messages"),
        ("refused: Can't get buddy", 0, ""),
        ("worked", 0, ""),
    ],
)
async def test_a_refusal_to_send_is_told_with_its_cause(
    installation: Installation, sending: str, code: int, fix: str
):
    """A missing permission stops every answer, and does not show in reading; one refused bubble is not that."""
    async with running_gateway(installation) as gateway:
        gateway.sending = sending
        for words in (("channels", "status"), ("status",)):
            ran = await installation.run_beside(*words)
            assert ran.code == code
            assert (f"default: sending {sending}" in ran.out) is sending.startswith("refused")
            assert fix in ran.out
        assert (sending in (await installation.run_beside("explain")).out) is sending.startswith("refused")


async def test_an_account_that_is_switched_off_is_shown_and_no_failure(installation: Installation):
    """The gateway calls it stopped; the list says disabled (J.2)."""
    async with running_gateway(installation) as gateway:
        gateway.state, gateway.cause = AccountState.STOPPED, "it is not enabled in the configuration"
        ran = await installation.run_beside("channels", "status", "--probe")
        assert ran.code == 0
        assert "disabled" in ran.out
        assert (await installation.run_beside("status")).code == 0


@pytest.mark.parametrize("code", [code for code in ProbeCode if code is not ProbeCode.WORKS])
async def test_every_probe_code_is_told_in_its_own_word(installation: Installation, code: ProbeCode):
    """The codes are those of the requirements, each with its fix, and each a failure."""
    async with running_gateway(installation) as gateway:
        gateway.probe_found = Probe(code, "this is how it is", "do this")
        ran = await installation.run_beside("channels", "status", "--probe", "--timeout", "5000")
    assert ran.code == 1
    assert code.value in ran.out
    assert "default: this is how it is" in ran.out
    assert "default: Fix: do this" in ran.out


def test_a_database_that_nobody_replaced_needs_no_confirmation(installation: Installation):
    """The command says so and is no failure; what it does is tested with the attention list (docs/reliability.md)."""
    ran = installation.run("channels", "confirm-database")
    assert (ran.code, ran.out.strip()) == (0, "No account waits for that.")
    assert installation.run("channels", "confirm-database", "--account", "default", "--json").json == {
        "accounts": []
    }
