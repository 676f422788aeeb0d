"""systemd and launchd through one contract, with stand-ins for their tools."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from tests.daemon import tools

from openclaw.daemon.launchd import Launchd
from openclaw.daemon.manager import Manager, run_tool
from openclaw.daemon.plan import Plan
from openclaw.daemon.systemd import Systemd
from openclaw.errors import ServiceUnusable

KINDS = {"systemd": (tools.systemctl, Systemd), "launchd": (tools.launchctl, Launchd)}


class Desk:
    """A home, a tool, and the manager that uses it."""

    def __init__(self, root: Path, kind: str) -> None:
        make, manager = KINDS[kind]
        self.home = root / "home"
        self.home.mkdir()
        self.tool = make(root / "bin")
        self.environ = {"HOME": str(self.home), "PATH": str(self.tool.folder)}
        self.manager: Manager = manager(self.home, self.environ)
        state = self.home / ".openclaw"
        self.plan = Plan(
            program=("/opt/python", "-m", "openclaw"),
            environment={"PATH": "/bin"},
            directory=str(state),
            errors=str(state / "logs" / "gateway.stderr.log"),
        )


@pytest.fixture(params=KINDS)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    return Desk(tmp_path, request.param)


def test_a_service_is_installed_runs_and_goes(desk: Desk):
    """The whole life of it, as the tools see it (issue: gateway install)."""
    assert desk.manager.standing().installed is False
    desk.manager.write(desk.plan)
    desk.manager.start()
    running = desk.manager.standing()
    assert (running.installed, running.plan, running.enabled) == (True, desk.plan, True)
    assert running.pid == desk.tool.state["pid"] > 0
    desk.manager.restart()
    assert desk.manager.standing().pid == running.pid + 1
    desk.manager.stop()
    assert desk.manager.standing().pid is None
    desk.manager.start()
    assert desk.manager.standing().pid
    desk.manager.remove()
    assert desk.manager.standing().installed is False
    assert desk.tool.state["pid"] == 0


def test_what_is_written_is_for_its_owner_alone(desk: Desk):
    """Whoever could write it would run as the user; the log's folder is made before the service needs it (L.2)."""
    desk.manager.write(desk.plan)
    assert stat.S_IMODE(desk.manager.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(Path(desk.plan.errors).parent.stat().st_mode) == 0o700
    assert [path.name for path in desk.manager.path.parent.iterdir()] == [desk.manager.path.name]


def test_a_service_that_runs_is_started_once(desk: Desk):
    """Start and start again are one."""
    desk.manager.write(desk.plan)
    desk.manager.start()
    pid = desk.tool.state["pid"]
    desk.manager.start()
    assert desk.tool.state["pid"] == pid


def test_a_stopped_service_is_started_by_a_restart(desk: Desk):
    """It is what somebody means who asks for it."""
    desk.manager.write(desk.plan)
    desk.manager.start()
    desk.manager.stop()
    desk.manager.restart()
    assert desk.manager.standing().pid


def test_another_s_file_is_told_apart(desk: Desk):
    """The original's own service has the same name."""
    desk.manager.path.parent.mkdir(parents=True)
    desk.manager.path.write_text("[Service]\nExecStart=/usr/bin/node gateway\n")
    standing = desk.manager.standing()
    assert (standing.installed, standing.plan) == (True, None)


def test_a_manager_that_cannot_be_reached_is_told_with_the_way_on(desk: Desk):
    """No login session: looking works, changing says what to do."""
    desk.tool.set(unreachable=True)
    with pytest.raises(ServiceUnusable, match="log in"):
        desk.manager.start()
    desk.manager.standing()


def test_a_missing_tool_is_one_sentence(desk: Desk):
    """A container has no systemd: the gateway is started in another way there."""
    with pytest.raises(ServiceUnusable, match="is not there"):
        run_tool(["no-such-tool"], desk.environ)


def test_a_path_that_systemd_would_not_start_is_refused_by_name(tmp_path: Path):
    """It says so only in its log otherwise, and the service would never run."""
    desk = Desk(tmp_path, "systemd")
    odd = replace(desk.plan, program=("/opt/$HOME/python",))
    with pytest.raises(ServiceUnusable, match=r"whose path holds \$"):
        desk.manager.write(odd)
    assert not desk.manager.path.exists()


def test_on_a_mac_stopping_keeps_it_stopped(tmp_path: Path):
    """KeepAlive would start it at once: it is disabled and unloaded (facts J.1), and waited for until it has ended."""
    desk = Desk(tmp_path, "launchd")
    desk.manager.write(desk.plan)
    desk.manager.start()
    desk.tool.set(slow=True)
    with pytest.raises(ServiceUnusable, match="did not end"):
        _impatient(desk)
    desk.manager.stop()
    assert desk.manager.standing().enabled is False
    assert desk.tool.calls[-1].startswith("print-disabled")


def _impatient(desk: Desk) -> None:
    Launchd(desk.home, desk.environ, end_limit_s=0).stop()
