"""`openclaw gateway status|health|probe`: what stands where, and what the exit code says of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from tests.daemon import tools

from openclaw.control.address import ControlAddress, publish
from openclaw.domain.health import AccountState

from .conftest import Installation, running_gateway

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="launchd has its own tests")


@pytest.fixture
def tool(installation: Installation, tmp_path: Path) -> tools.Tool:
    """A systemctl in front of everything else."""
    tool = tools.systemctl(tmp_path / "bin")
    installation.environ |= {"PATH": f"{tool.folder}:{os.environ['PATH']}", "XDG_CONFIG_HOME": None}
    return tool


def test_nothing_installed_and_nothing_running_is_no_failure(installation: Installation, tool: tools.Tool):
    """A gateway that was not started is none; whoever needs it says --require-rpc."""
    ran = installation.run("gateway", "status")
    assert ran.code == 0
    assert "Service: not installed (systemd)" in ran.out
    assert "which is not there" in ran.out
    assert "Gateway: no gateway runs" in ran.out
    assert installation.run("gateway", "status", "--require-rpc").code == 1


def test_it_works_with_a_configuration_that_cannot_be_used(installation: Installation, tool: tools.Tool):
    """Exactly then it is asked for (facts J.1)."""
    installation.configure("{channels: {imessage: {dmPolicy: 'wrong'}}}")
    ran = installation.run("gateway", "status", "--json")
    assert (ran.code, ran.json["config"]["valid"]) == (1, False)
    assert ran.json["config"]["issues"][0]["path"] == "channels.imessage.dmPolicy"
    assert "- channels.imessage.dmPolicy: " in installation.run("gateway", "status").out


def test_an_installed_service_that_does_not_run_is_a_failure(installation: Installation, tool: tools.Tool):
    """It is enabled, so it should."""
    installation.run("gateway", "install", "--wait", "0")
    tool.set(pid=0)
    ran = installation.run("gateway", "status")
    assert (ran.code, "Service: not running, enabled" in ran.out) == (1, True)


def test_an_older_service_is_told(installation: Installation, tool: tools.Tool):
    """After the installation has moved, the unit starts the one before."""
    installation.run("gateway", "install", "--wait", "0")
    assert installation.run("gateway", "status", "--json").json["service"]["current"] is True
    unit = installation.home / ".config" / "systemd" / "user" / "openclaw-gateway.service"
    unit.write_text(unit.read_text().replace(sys.executable, "/old/python"))
    ran = installation.run("gateway", "status")
    assert "renew it with: openclaw gateway install" in ran.out
    unit.write_text("[Service]\nExecStart=/usr/bin/node\n")
    assert "is not of this program" in installation.run("gateway", "status").out


def test_without_a_manager_the_rest_is_told_all_the_same(installation: Installation, tool: tools.Tool):
    """A container has no systemd, and a gateway may run there."""
    tool.set(unreachable=True)
    ran = installation.run("gateway", "status")
    assert ran.code == 0
    assert "Service: this user's systemd cannot be reached" in ran.out
    assert "Gateway: no gateway runs" in ran.out


async def test_a_gateway_that_answers_is_told(installation: Installation, tool: tools.Tool):
    """Asked over HTTP with the token of this installation; --no-probe asks nobody."""
    async with running_gateway(installation):
        ran = await installation.run_beside("gateway", "status", "--json", "--require-rpc")
        assert (ran.code, ran.json["gateway"]["reachable"], ran.json["gateway"]["pid"]) == (
            0,
            True,
            os.getpid(),
        )
        unasked = await installation.run_beside("gateway", "status", "--json", "--no-probe")
        assert (unasked.code, unasked.json["gateway"]["reachable"]) == (0, None)
        probed = await installation.run_beside("gateway", "probe", "--json")
        assert (probed.code, probed.json["ok"], probed.json["primaryTargetId"]) == (0, True, "local")


def test_a_gateway_that_does_not_answer_is_a_failure(installation: Installation, tool: tools.Tool):
    """Its process lives and its port is dead."""
    publish(ControlAddress(os.getpid(), 1, "", "0"), installation.state_dir)
    for words in (["gateway", "status"], ["gateway", "probe"]):
        ran = installation.run(*words)
        assert (ran.code, "does not answer" in ran.out) == (1, True)
    assert installation.run("gateway", "health").code == 1


def test_two_gateways_are_told_apart(installation: Installation, tool: tools.Tool):
    """The service's process waits for the state directory that another one holds."""
    installation.run("gateway", "install", "--wait", "0")
    publish(ControlAddress(os.getpid(), 1, "", "0"), installation.state_dir)
    assert "is not the service's" in installation.run("gateway", "status").out


async def test_health_is_that_every_account_is_connected(installation: Installation, tool: tools.Tool):
    """What /readyz says, with each account's cause (facts J.1)."""
    assert "no gateway runs" in installation.run("gateway", "health").err
    async with running_gateway(installation) as gateway:
        ran = await installation.run_beside("gateway", "health", "--json")
        assert (ran.code, ran.json["ok"], ran.json["accounts"]) == (0, True, {"default": "connected"})
        gateway.state, gateway.cause = AccountState.DEAF, "rows are missing"
        ran = await installation.run_beside("gateway", "health")
        assert (ran.code, "not ready" in ran.out, "rows are missing" in ran.out) == (1, True, True)


def test_the_service_of_another_state_directory_is_told(installation: Installation, tool: tools.Tool):
    """It says nothing of the gateway here, whether it runs or not."""
    installation.run("gateway", "install", "--wait", "0")
    tool.set(pid=0)
    installation.environ["OPENCLAW_STATE_DIR"] = str(installation.home / "trial")
    ran = installation.run("gateway", "status")
    assert (ran.code, f"- it is of {installation.state_dir};" in ran.out) == (0, True)
    publish(ControlAddress(os.getpid(), 1, "", "0"), installation.home / "trial")
    tool.set(pid=4711)
    assert "one of the two has to go" not in installation.run("gateway", "status").out
