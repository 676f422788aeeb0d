"""`openclaw gateway install|uninstall|start|stop|restart`: the gateway as a service of this machine."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

import click

from openclaw.cli.options import as_json_option
from openclaw.cli.output import print_json
from openclaw.cli.reach import here, order_gateway
from openclaw.control.address import ControlAddress, running_gateway
from openclaw.daemon.launchd import Launchd
from openclaw.daemon.manager import Manager, Standing
from openclaw.daemon.plan import plan_here, serves, withheld
from openclaw.daemon.systemd import Systemd
from openclaw.errors import ServiceUnusable

_HIGHEST_PORT = 65535
_LOOK_S = 0.1
_NOT_INSTALLED = "the gateway is not installed as a service; install it with: openclaw gateway install"

wait_option = click.option(
    "--wait",
    "wait_s",
    type=click.FloatRange(0, 600),
    default=15,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait until the gateway answers.",
)


def manager_here() -> Manager:
    """The service manager of this system. Raises ServiceUnusable when we know none for it."""
    if sys.platform == "darwin":
        return Launchd(here().home, os.environ)
    if sys.platform.startswith("linux"):
        return Systemd(here().home, os.environ)
    raise ServiceUnusable(f"there are no services on {sys.platform} that this program knows")


@click.command("install")
@click.option(
    "--port",
    type=click.IntRange(1, _HIGHEST_PORT),
    help="Where `openclaw` commands reach the gateway, instead of gateway.port (18789).",
)
@click.option(
    "--force", is_flag=True, help="Write over the service of another program, or of another state directory."
)
@wait_option
@as_json_option
def install(port: int | None, force: bool, wait_s: float, as_json: bool) -> None:
    """Make the gateway a service that starts at login and after a crash, and start it.

    launchd on macOS, systemd of this user on Linux. The service runs this very installation. Of the environment it
    gets PATH and OPENCLAW_… variables without secrets; keys belong into .env of the state directory.
    """
    manager, plan = manager_here(), plan_here(here(), os.environ, port)
    before = manager.standing()
    if before.installed and before.plan is None and not force:
        raise ServiceUnusable(
            f"{manager.path} is there already and is not of this program (the original's, perhaps); "
            "stop that gateway, then: openclaw gateway install --force"
        )
    if not force:
        _refuse_another_directory(before)
    _check_configuration()
    alone = _unmanaged(before)
    manager.write(plan)
    if alone:
        manager.enable()
    elif before.pid:
        manager.restart()
    else:
        manager.start()
    hints = [*_hints(manager), *(_secret_hint(name) for name in withheld(os.environ))]
    if alone:
        hints.insert(0, f"process {alone.pid} runs a gateway already; stop it, then: openclaw gateway start")
    _report("installed", manager, None if alone else _wait(before.pid, wait_s), hints, as_json=as_json)


@click.command("uninstall")
@as_json_option
def uninstall(as_json: bool) -> None:
    """Stop the service and take it away. The configuration and the ledger stay."""
    manager = manager_here()
    before = manager.standing()
    if not before.installed:
        _report("not installed", manager, None, [], as_json=as_json)
        return
    if before.plan is None:
        raise ServiceUnusable(f"{manager.path} is not of this program; it was left as it is")
    _refuse_another_directory(before)
    manager.remove()
    _report("uninstalled", manager, None, [], as_json=as_json)


@click.command("start")
@wait_option
@as_json_option
def start(wait_s: float, as_json: bool) -> None:
    """Start the installed service; also at the next logins."""
    manager, before = _installed()
    _refuse_another_program(manager, before)
    _check_configuration()
    if alone := _unmanaged(before):
        raise ServiceUnusable(_outside(alone))
    manager.start()
    _report("started", manager, _wait(None, wait_s), [], as_json=as_json)


@click.command("stop")
@as_json_option
def stop(as_json: bool) -> None:
    """Stop the service. What it was sending is settled first.

    On macOS it stays stopped until it is started; on Linux it starts again with the next login.
    """
    manager, before = _installed()
    _refuse_another_directory(before)
    manager.stop()
    hints = [] if before.plan else [f"{manager.path} is not of this program; it was left as it is"]
    if alone := _unmanaged(before):
        hints.append(f"process {alone.pid} runs a gateway outside the service; it was left running")
    _report("stopped", manager, None, hints, as_json=as_json)


@click.command("restart")
@wait_option
@as_json_option
def restart(wait_s: float, as_json: bool) -> None:
    """Stop the service and start it again; a configuration that cannot be used is told before.

    A gateway that runs without the service begins anew in its own process, once no turn runs.
    """
    _check_configuration()
    manager = manager_here()
    before = manager.standing()
    if alone := _unmanaged(before):
        order_gateway(alone, "/api/restart")
        _report("asked to restart", manager, alone, [], as_json=as_json)
        return
    if not before.installed:
        raise ServiceUnusable(_NOT_INSTALLED)
    _refuse_another_program(manager, before)
    manager.restart()
    _report("restarted", manager, _wait(before.pid, wait_s), [], as_json=as_json)


COMMANDS = (install, uninstall, start, stop, restart)


def _outside(alone: ControlAddress) -> str:
    return (
        f"process {alone.pid} runs a gateway outside the service; stop it yourself (Ctrl-C in its terminal, or "
        f"kill {alone.pid})"
    )


def _installed() -> tuple[Manager, Standing]:
    manager = manager_here()
    standing = manager.standing()
    if not standing.installed:
        alone = _unmanaged(standing)
        raise ServiceUnusable(_outside(alone) if alone else _NOT_INSTALLED)
    return manager, standing


def _refuse_another_program(manager: Manager, standing: Standing) -> None:
    """Raise ServiceUnusable for a service that would not run this program's gateway on this state directory."""
    if standing.plan is None:
        raise ServiceUnusable(
            f"{manager.path} is not of this program (the original's, perhaps), so it would start another gateway; "
            "replace it with: openclaw gateway install --force"
        )
    _refuse_another_directory(standing)


def _refuse_another_directory(standing: Standing) -> None:
    if standing.plan and not serves(standing.plan, here()):
        raise ServiceUnusable(
            f"the service of this user runs the gateway of {standing.plan.directory}, and not that of "
            f"{here().state_dir}; set OPENCLAW_STATE_DIR to reach it, or replace it with: "
            "openclaw gateway install --force"
        )


def _check_configuration() -> None:
    """Raise ConfigError before anything that runs is touched."""
    from openclaw.config.exposure import load_to_serve

    load_to_serve(here(), os.environ)


def _unmanaged(standing: Standing) -> ControlAddress | None:
    """The gateway that runs on this state directory without being the service's."""
    running = running_gateway(here().state_dir)
    return running if running and running.pid != standing.pid else None


def _wait(before: int | None, limit_s: float) -> ControlAddress | None:
    """The gateway that the service started, once it says where it listens; ``None`` when that takes too long.

    ``before`` is the process that it takes the place of.
    """
    deadline = time.monotonic() + limit_s
    while True:
        running = running_gateway(here().state_dir)
        if running is not None and running.pid != before:
            return running
        if time.monotonic() >= deadline:
            return None
        time.sleep(_LOOK_S)


def _hints(manager: Manager) -> list[str]:
    if manager.name == "systemd":
        return ["without a login it runs only when the user may linger: loginctl enable-linger"]
    return [
        "macOS asks which program may read Messages; it is the one that launchd starts. Grant Full Disk Access to "
        f"{os.path.realpath(sys.executable)} in System Settings > Privacy & Security, and allow it to control "
        "Messages when it asks",
        "it runs while you are logged in at the Mac, as Messages does",
    ]


def _secret_hint(name: str) -> str:
    return f"{name} is set here and is not put into the service; write it into {here().state_dir / '.env'}"


def _report(
    done: str, manager: Manager, running: ControlAddress | None, hints: list[str], *, as_json: bool
) -> None:
    if as_json:
        body: dict[str, Any] = {"result": done, "manager": manager.name, "unit": str(manager.path)}
        print_json(body | {"pid": running.pid if running else None, "hints": hints})
        return
    said = {"installed": f"Installed as {manager.path}.", "not installed": "There is no service."}
    click.echo(said.get(done, f"{done.capitalize()}."))
    if running:
        click.echo(f"The gateway runs as process {running.pid} and listens on port {running.port}.")
    elif done in ("installed", "started", "restarted"):
        click.echo("It does not answer yet; see: openclaw gateway status, openclaw logs")
    for hint in hints:
        click.echo(f"- {hint}")
