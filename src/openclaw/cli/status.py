"""`openclaw status`: the gateway, its accounts, agents, open work and warnings, at a glance."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from typing import Any

import click

from openclaw.cli.options import as_json_option
from openclaw.cli.output import clean, local_time, print_json, print_table
from openclaw.cli.reach import ask_gateway, here, perform
from openclaw.control.address import running_gateway
from openclaw.domain.health import NOT_PERMITTED

_FIX_AUTOMATION = (
    "in System Settings > Privacy & Security > Automation tick Messages under the program that runs imsg, "
    "which openclaw doctor names"
)


@click.command("status")
@as_json_option
def command(as_json: bool) -> None:
    """Show the gateway, its accounts, agents, open work and warnings.

    Works while no gateway runs, and with a configuration that cannot be used. The exit code is 1 when something that
    is configured does not work; a gateway that was not started is no failure.
    """
    locations = here()
    if gateway := running_gateway(locations.state_dir):
        body = ask_gateway(gateway, "/api/status")
    else:
        from openclaw.cli import without_gateway

        body = without_gateway.status(locations, os.environ)
        body["work"] = perform("overview").body
    if as_json:
        print_json(body)
    else:
        _show(body)
    sys.exit(0 if _works(body) else 1)


def _works(body: dict[str, Any]) -> bool:
    if not body["running"]:
        return bool(body["config"]["valid"])
    if body.get("ledger") or not body["config"]["valid"]:
        return False
    return all(not account["lastError"] and may_send(account) for account in body["accounts"])


def _show(body: dict[str, Any]) -> None:
    click.echo(_gateway_line(body))
    for line in config_lines(body["config"]):
        click.echo(line)
    if ledger := body.get("ledger"):
        since = local_time(ledger["since"])
        click.echo(f"Ledger: {clean(ledger['cause'])}, since {since}. Fix: {clean(ledger['fix'])}")
    if body["accounts"]:
        rows = [
            (
                one["accountId"],
                state_of(one),
                local_time(one.get("since")),
                sending_of(one),
            )
            for one in body["accounts"]
        ]
        print_table(("Account", "State", "Since", "Sending"), rows)
    # A cause is a sentence or two: too wide for a table.
    for one in body["accounts"]:
        if one.get("cause"):
            click.echo(f"{clean(one['accountId'])}: {clean(one['cause'])}")
        if remark := sending_remark(one):
            click.echo(f"{clean(one['accountId'])}: {remark}")
    if body["agents"]:
        print_table(("Agent", "Model"), [(one["id"], one["model"] or "none") for one in body["agents"]])
    for agent in body.get("outside", ()):
        click.echo(_agent_line(agent))
    for line in _work_lines(body["work"]):
        click.echo(line)
    for warning in body["warnings"]:
        click.echo(f"Warning: {clean(warning['path'])}: {clean(warning['message'])}{_fix(warning)}")


def config_lines(config: dict[str, Any]) -> list[str]:
    """What is to be said of a configuration that is not, or not all, in force."""
    lines: list[str] = []
    if refused := config.get("refusedAt"):
        lines.append(
            f"Configuration: the edit of {clean(config['path'])} found at {local_time(refused)} breaks rules;"
            " what ran before is still in force."
        )
    lines += [
        f"Configuration: {clean(issue['path']) or '<root>'}: {clean(issue['message'])}{_fix(issue)}"
        for issue in config["issues"]
    ]
    if waiting := config.get("awaitsRestart"):
        lines.append(f"Configuration: counts from the next start on: {', '.join(map(clean, waiting))}")
    return lines


def _gateway_line(body: dict[str, Any]) -> str:
    if not body["running"]:
        return "No gateway is running. Start it: openclaw gateway"
    uptime = timedelta(seconds=body["uptimeSeconds"])
    return f"Gateway {body['version']} runs as process {body['pid']} for {uptime}."


def _agent_line(agent: dict[str, Any]) -> str:
    """A running outside agent, and what it takes of this machine."""
    used = [
        f"{agent['cpuSeconds']:g} s of processor time" if agent["cpuSeconds"] is not None else "",
        f"{agent['memoryBytes'] // 1024**2} MB" if agent["memoryBytes"] is not None else "",
    ]
    what = ", ".join(["works" if agent["busy"] else "waits", *filter(None, used)])
    name, session, since = clean(agent["harness"]), clean(agent["session"]), local_time(agent["since"])
    return f"{name} runs as process {agent['pid']} since {since} for {session}: {what}"


def state_of(account: dict[str, Any]) -> str:
    """The state of an account as a table shows it."""
    if not account["enabled"]:
        return "disabled"
    return f"{account['state']}, paused" if account.get("paused") else account["state"]


def sending_of(account: dict[str, Any]) -> str:
    """What sending showed last as a table shows it, in a word; why it was refused is a remark."""
    return str(account.get("sending") or "").partition(":")[0]


def sending_remark(account: dict[str, Any]) -> str:
    """Why sending was refused last, with what helps; "" when it was not."""
    said = clean(str(account.get("sending") or ""))
    if not said.startswith("refused"):
        return ""
    return f"sending {said}" + ("" if may_send(account) else f". Fix: {_FIX_AUTOMATION}")


def may_send(account: dict[str, Any]) -> bool:
    """Whether macOS permits sending, as far as sending has shown."""
    return NOT_PERMITTED not in str(account.get("sending") or "")


def _work_lines(work: dict[str, Any]) -> list[str]:
    lines = [
        f"{label}: " + ", ".join(f"{count} {state}" for state, count in work[key].items())
        for label, key in (("Open messages", "messages"), ("Open deliveries", "deliveries"))
        if work.get(key)
    ]
    if work.get("permissionRequests"):
        lines.append(f"Agents ask for permission: {work['permissionRequests']}; see: openclaw approvals list")
    if work.get("pairingRequests"):
        lines.append(f"Open pairing requests: {work['pairingRequests']}; see: openclaw pairing list imessage")
    if work.get("failedTurns"):
        lines.append(f"Turns that ended badly: {work['failedTurns']}; see: openclaw attention")
    if work.get("paused"):
        lines.append("Everything is paused. Go on with: openclaw resume")
    for pause in work.get("tripped", ()):
        where = clean(pause["chatKey"] or pause["accountId"] or "everything")
        lines.append(f"Paused {where}: {clean(pause['reason'])}. Go on with: {clean(pause['resume'])}")
    return lines


def _fix(issue: dict[str, Any]) -> str:
    return f". Fix: {clean(issue['fix'])}" if issue.get("fix") else ""
