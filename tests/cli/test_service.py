"""The gateway as a service, from the command line, with a stand-in for systemctl."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from tests.daemon import tools

from openclaw.control.address import ControlAddress, publish

from .conftest import Installation, running_gateway

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="launchd has its own tests")


@pytest.fixture
def tool(installation: Installation, tmp_path: Path) -> tools.Tool:
    """A systemctl in front of everything else."""
    tool = tools.systemctl(tmp_path / "bin")
    installation.environ |= {"PATH": f"{tool.folder}:{os.environ['PATH']}", "XDG_CONFIG_HOME": None}
    return tool


def _unit(installation: Installation) -> Path:
    return installation.home / ".config" / "systemd" / "user" / "openclaw-gateway.service"


def test_installing_writes_the_unit_and_starts_it(installation: Installation, tool: tools.Tool):
    """It starts at login and now; without a login it needs lingering, which is told (issue: gateway install)."""
    ran = installation.run("gateway", "install", "--wait", "0", "--json")
    assert (ran.code, ran.json["result"], ran.json["unit"]) == (0, "installed", str(_unit(installation)))
    assert any("enable-linger" in hint for hint in ran.json["hints"])
    assert (tool.state["enabled"], tool.state["pid"] > 0) == (True, True)
    text = _unit(installation).read_text()
    assert sys.executable in text
    assert "OPENCLAW_GATEWAY_TOKEN" not in text


def test_a_secret_of_the_environment_is_left_out_and_told(installation: Installation, tool: tools.Tool):
    """It belongs into .env, which the gateway reads itself."""
    installation.environ["OPENCLAW_GATEWAY_TOKEN"] = "t0p-secret"
    ran = installation.run("gateway", "install", "--wait", "0")
    assert "t0p-secret" not in ran.out + _unit(installation).read_text()
    assert "OPENCLAW_GATEWAY_TOKEN is set here and is not put into the service" in ran.out


def test_installing_again_renews_it(installation: Installation, tool: tools.Tool):
    """The one that runs is started anew with what is installed now."""
    installation.run("gateway", "install", "--wait", "0")
    pid = tool.state["pid"]
    assert installation.run("gateway", "install", "--port", "18999", "--wait", "0").code == 0
    assert "18999" in _unit(installation).read_text()
    assert tool.state["pid"] == pid + 1


def test_another_program_s_service_is_left_alone_unless_forced(installation: Installation, tool: tools.Tool):
    """The original's unit has the same name (--force of facts J.1)."""
    _unit(installation).parent.mkdir(parents=True)
    _unit(installation).write_text("[Service]\nExecStart=/usr/bin/node gateway\n")
    refused = installation.run("gateway", "install")
    assert (refused.code, "--force" in refused.err) == (1, True)
    assert installation.run("gateway", "uninstall").code == 1
    assert "node" in _unit(installation).read_text()
    assert installation.run("gateway", "install", "--force", "--wait", "0").code == 0
    assert "node" not in _unit(installation).read_text()


@pytest.mark.parametrize("word", ["start", "stop", "restart"])
def test_what_is_not_installed_is_told_with_the_way_on(
    installation: Installation, tool: tools.Tool, word: str
):
    """One sentence, and exit code 1."""
    ran = installation.run("gateway", word)
    assert (ran.code, "openclaw gateway install" in ran.err) == (1, True)


def test_uninstalling_what_is_not_there_is_no_failure(installation: Installation, tool: tools.Tool):
    """It is gone, which is what was asked for."""
    ran = installation.run("gateway", "uninstall")
    assert (ran.code, ran.out) == (0, "There is no service.\n")


@pytest.mark.parametrize("word", ["install", "start", "restart"])
def test_nothing_that_runs_is_touched_for_a_broken_configuration(
    installation: Installation, tool: tools.Tool, word: str
):
    """A restart into a configuration that cannot be used would be an outage (facts J: general)."""
    installation.run("gateway", "install", "--wait", "0")
    before = tool.state
    installation.configure("{channels: {imessage: {dmPolicy: 'wrong'}}}")
    ran = installation.run("gateway", word)
    assert (ran.code, "channels.imessage.dmPolicy" in ran.err) == (1, True)
    assert tool.state == before


def test_the_service_is_stopped_started_restarted_and_removed(installation: Installation, tool: tools.Tool):
    """Each says what it did."""
    installation.run("gateway", "install", "--wait", "0")
    assert installation.run("gateway", "stop").out == "Stopped.\n"
    assert tool.state["pid"] == 0
    assert installation.run("gateway", "start", "--wait", "0").out.startswith(
        "Started.\nIt does not answer yet"
    )
    assert installation.run("gateway", "restart", "--wait", "0", "--json").json["result"] == "restarted"
    assert installation.run("gateway", "uninstall").out == "Uninstalled.\n"
    assert not _unit(installation).exists()


def test_the_gateway_that_the_service_started_is_named(installation: Installation, tool: tools.Tool):
    """Started means that it answers, not that it was asked to."""
    installation.run("gateway", "install", "--wait", "0")
    tool.set(pid=os.getpid())
    publish(ControlAddress(os.getpid(), 18999, "", "0"), installation.state_dir)
    ran = installation.run("gateway", "start")
    assert ran.out == f"Started.\nThe gateway runs as process {os.getpid()} and listens on port 18999.\n"


async def test_a_gateway_in_a_terminal_is_not_doubled(installation: Installation, tool: tools.Tool):
    """One gateway runs on a state directory; the service waits until the other one is gone."""
    async with running_gateway(installation):
        ran = await installation.run_beside("gateway", "install")
        assert (ran.code, "runs a gateway already" in ran.out) == (0, True)
        assert (tool.state["enabled"], tool.state["pid"]) == (True, 0)
        refused = await installation.run_beside("gateway", "start")
        assert (refused.code, "outside the service" in refused.err) == (1, True)
        assert "it was left running" in (await installation.run_beside("gateway", "stop")).out


async def test_without_a_service_the_gateway_in_a_terminal_is_named(
    installation: Installation, tool: tools.Tool
):
    """Who types `gateway stop` wants it gone, and not a service in its place."""
    async with running_gateway(installation):
        refused = await installation.run_beside("gateway", "stop")
    assert (refused.code, f"kill {os.getpid()}" in refused.err) == (1, True)
    assert "gateway install" not in refused.err


async def test_a_gateway_in_a_terminal_is_asked_to_begin_anew(installation: Installation, tool: tools.Tool):
    """Without a service the running process restarts itself (POST /api/restart)."""
    async with running_gateway(installation) as gateway:
        ran = await installation.run_beside("gateway", "restart", "--json")
        assert (ran.code, json.loads(ran.out)["result"]) == (0, "asked to restart")
        assert gateway.asked == ["restart"]
    assert tool.state["pid"] == 0


def test_no_login_session_is_told_with_what_helps(installation: Installation, tool: tools.Tool):
    """systemctl --user through sudo has no bus."""
    tool.set(unreachable=True)
    ran = installation.run("gateway", "install")
    assert (ran.code, "loginctl enable-linger" in ran.err) == (1, True)


def test_the_service_of_another_state_directory_is_not_touched(installation: Installation, tool: tools.Tool):
    """A trial beside a gateway in use must not stop or replace it: there is one service for each user."""
    installation.run("gateway", "install", "--wait", "0")
    before, pid = _unit(installation).read_text(), tool.state["pid"]
    installation.environ["OPENCLAW_STATE_DIR"] = str(installation.home / "trial")
    for word in ("install", "start", "stop", "restart", "uninstall"):
        ran = installation.run("gateway", word)
        assert (ran.code, str(installation.state_dir) in ran.err) == (1, True), word
    assert (_unit(installation).read_text(), tool.state["pid"]) == (before, pid)
    assert installation.run("gateway", "install", "--force", "--wait", "0").code == 0
    assert str(installation.home / "trial") in _unit(installation).read_text()


def test_another_program_s_service_is_stopped_and_never_started(installation: Installation, tool: tools.Tool):
    """Who comes from the original types `gateway stop`; a start would begin the original again."""
    _unit(installation).parent.mkdir(parents=True)
    _unit(installation).write_text("[Service]\nExecStart=/usr/bin/node gateway\n")
    tool.set(known=True, pid=4711)
    stopped = installation.run("gateway", "stop")
    assert (stopped.code, tool.state["pid"]) == (0, 0)
    assert "is not of this program" in stopped.out
    for word in ("start", "restart"):
        ran = installation.run("gateway", word)
        assert (ran.code, "would start another gateway" in ran.err) == (1, True)
    assert tool.state["pid"] == 0


def test_no_service_is_made_where_no_gateway_may_start(installation: Installation, tool: tools.Tool):
    """With gateway.mode remote it would be started and refused for ever (facts A.15)."""
    installation.configure({"gateway": {"mode": "remote"}})
    ran = installation.run("gateway", "install")
    assert (ran.code, "gateway.mode" in ran.err, _unit(installation).exists()) == (1, True, False)
