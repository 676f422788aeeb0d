"""`openclaw gateway status|health|probe`: the service, its file, the configuration, and whether the gateway answers."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from openclaw.cli.options import as_json_option
from openclaw.cli.output import clean, print_json, print_table
from openclaw.cli.reach import ask_gateway, here
from openclaw.cli.service import manager_here
from openclaw.control.address import HOST, running_gateway
from openclaw.daemon.plan import is_current, plan_here, serves
from openclaw.errors import ConfigError, ControlUnreachable, OpenClawError, ServiceUnusable

_LIMIT_MS = 10_000
_NOT_RUNNING = "no gateway runs; start it with: openclaw gateway, or openclaw gateway start"

_timeout_option = click.option(
    "--timeout",
    "timeout_ms",
    type=click.IntRange(100, 30_000),
    default=_LIMIT_MS,
    show_default=True,
    metavar="MS",
    help="How long to wait for the gateway, in milliseconds.",
)


@click.command("status")
@click.option("--no-probe", is_flag=True, help="Do not ask the gateway; tell only what is on this machine.")
@click.option("--require-rpc", is_flag=True, help="Exit with 1 when the gateway does not answer.")
@_timeout_option
@as_json_option
def status(no_probe: bool, require_rpc: bool, timeout_ms: int, as_json: bool) -> None:
    """Show the service, its file, the configuration, and whether the gateway answers.

    Works with a configuration that cannot be used. The exit code is 1 when the configuration cannot be used, when an
    installed and enabled service does not run, or when a gateway runs and does not answer.
    """
    body: dict[str, Any] = {
        "service": _service(),
        "config": _configuration(),
        "gateway": _gateway(None if no_probe else timeout_ms / 1000),
        "logs": str(here().logs),
    }
    if as_json:
        print_json(body)
    else:
        _show(body)
    answered = body["gateway"]["reachable"] is True
    sys.exit(0 if _works(body) and (answered or not require_rpc) else 1)


@click.command("health")
@_timeout_option
@as_json_option
def health(timeout_ms: int, as_json: bool) -> None:
    """Ask the running gateway whether its accounts are connected; the exit code is 1 when not all are.

    The last hours in numbers are shown by `openclaw health`.
    """
    gateway = running_gateway(here().state_dir)
    if gateway is None:
        raise ControlUnreachable(_NOT_RUNNING)
    body = ask_gateway(gateway, "/api/status", timeout_ms / 1000)
    enabled = [one for one in body["accounts"] if one["enabled"]]
    ready = bool(enabled) and not body["ledger"] and all(one["connected"] for one in enabled)
    if as_json:
        accounts = {one["accountId"]: one["state"] for one in enabled}
        print_json({"ok": ready, "pid": body["pid"], "version": body["version"], "accounts": accounts})
    else:
        click.echo(f"Gateway {body['version']}, process {body['pid']}: {'ready' if ready else 'not ready'}")
        if enabled:
            rows = [(one["accountId"], one["state"], one.get("cause")) for one in enabled]
            print_table(("Account", "State", "Cause"), rows)
        else:
            click.echo("No phone account is enabled; see channels.imessage in the configuration.")
    sys.exit(0 if ready else 1)


@click.command("probe")
@_timeout_option
@as_json_option
def probe(timeout_ms: int, as_json: bool) -> None:
    """Try to reach the gateway of this machine, once; the exit code is 1 when it does not answer."""
    found = _gateway(timeout_ms / 1000)
    ok = found["reachable"] is True
    if as_json:
        target = {"id": "local", "url": found["url"], "ok": ok, "error": found["error"] or None}
        print_json(
            {"ok": ok, "degraded": False, "primaryTargetId": "local", "warnings": [], "targets": [target]}
        )
    else:
        click.echo(_gateway_line(found))
    sys.exit(0 if ok else 1)


COMMANDS = (status, health, probe)


def _service() -> dict[str, Any]:
    try:
        manager = manager_here()
    except ServiceUnusable as error:
        return {"installed": False, "problem": str(error)}
    standing = manager.standing()
    plan = standing.plan
    return {
        "manager": manager.name,
        "unit": str(manager.path),
        "installed": standing.installed,
        "ours": plan is not None,
        "stateDir": plan.directory if plan else None,
        "serves": plan is not None and serves(plan, here()),
        "current": plan is not None and is_current(plan, plan_here(here(), os.environ)),
        "enabled": standing.enabled,
        "running": standing.pid is not None,
        "pid": standing.pid,
        "detail": standing.detail,
        "problem": standing.problem,
        "program": list(plan.program) if plan else [],
    }


def _configuration() -> dict[str, Any]:
    from openclaw.cli.without_gateway import issues_of
    from openclaw.config.exposure import load_guarded
    from openclaw.control.shapes import issue_shape

    path = here().config_path
    found: dict[str, Any] = {"path": str(path), "exists": path.exists(), "valid": True, "issues": []}
    try:
        load_guarded(here(), os.environ)
    except ConfigError as error:
        return found | {"valid": False, "issues": [issue_shape(issue) for issue in issues_of(error)]}
    return found


def _gateway(limit_s: float | None) -> dict[str, Any]:
    """What runs on the state directory; with ``limit_s`` it is asked, and ``reachable`` is more than unknown."""
    gateway = running_gateway(here().state_dir)
    if gateway is None:
        return {"running": False, "reachable": False, "url": None, "error": _NOT_RUNNING}
    found: dict[str, Any] = {
        "running": True,
        "pid": gateway.pid,
        "port": gateway.port,
        "url": f"http://{HOST}:{gateway.port}",
        "version": gateway.version,
        "startedAt": gateway.started_at,
        "reachable": None,
        "error": "",
    }
    if limit_s is None:
        return found
    try:
        ask_gateway(gateway, "/api/overview", limit_s)
    except OpenClawError as error:
        return found | {"reachable": False, "error": str(error)}
    return found | {"reachable": True}


def _works(body: dict[str, Any]) -> bool:
    service, gateway = body["service"], body["gateway"]
    idle = service.get("enabled") and service.get("serves") and not service["running"]
    silent = gateway["running"] and gateway["reachable"] is False
    return bool(body["config"]["valid"]) and not idle and not silent


def _show(body: dict[str, Any]) -> None:
    for line in _service_lines(body["service"]):
        click.echo(line)
    config = body["config"]
    said = "valid" if config["valid"] else f"{len(config['issues'])} to mend"
    click.echo(f"Configuration: {config['path']}, {said if config['exists'] else 'which is not there'}")
    for issue in config["issues"]:
        click.echo(f"- {clean(issue['path']) or '<root>'}: {clean(issue['message'])}")
    click.echo(_gateway_line(body["gateway"]))
    service, gateway = body["service"], body["gateway"]
    if gateway["running"] and service.get("serves") and service["pid"] not in (None, gateway["pid"]):
        click.echo(f"- process {gateway['pid']} is not the service's: one of the two has to go")
    click.echo(f"Logs: {body['logs']}; see: openclaw logs --follow")


def _service_lines(service: dict[str, Any]) -> list[str]:
    if service.get("problem"):
        return [f"Service: {clean(service['problem'])}"]
    if not service["installed"]:
        return [f"Service: not installed ({service['manager']}); install it with: openclaw gateway install"]
    state = f"running as process {service['pid']}" if service["running"] else "not running"
    enabled = "enabled" if service["enabled"] else "not enabled"
    lines = [f"Service: {state}, {enabled}, {clean(service['detail'])}", f"- {service['unit']}"]
    if not service["ours"]:
        lines.append("- it is not of this program; replace it with: openclaw gateway install --force")
    elif not service["serves"]:
        lines.append(
            f"- it is of {clean(service['stateDir'])}; replace it with: openclaw gateway install --force"
        )
    elif not service["current"]:
        lines.append(
            "- it is of another installation or an older one; renew it with: openclaw gateway install"
        )
    return lines


def _gateway_line(gateway: dict[str, Any]) -> str:
    if not gateway["running"]:
        return f"Gateway: {gateway['error']}"
    where = f"process {gateway['pid']}, port {gateway['port']}, {gateway['version']}"
    answers = {True: "answers", False: f"does not answer: {clean(gateway['error'])}", None: "was not asked"}
    return f"Gateway: {where}, {answers[gateway['reachable']]}"
