"""`openclaw channels`: whether the phone accounts work, why not, and a recording for those who are to help.

The commands that read or change the configuration, and those that read the log, load when they are chosen.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from openclaw.cli.lazy import Entry, LazyGroup
from openclaw.cli.options import as_json_option
from openclaw.cli.output import clean, local_time, print_json, print_table
from openclaw.cli.reach import ask_gateway, change, here
from openclaw.cli.status import config_lines, may_send, sending_of, sending_remark, state_of
from openclaw.control.address import running_gateway

_LOOK_MS, _PROBE_MS = 10_000, 30_000
# The gateway itself bounds a probe; the answer needs a moment beyond that.
_MARGIN_S = 2.0
_CHANNEL = "imessage"


_LATER = {
    "list": Entry("openclaw.cli.channel_list", "list_", "List the configured phone accounts."),
    "add": Entry("openclaw.cli.channel_accounts", "add", "Add a phone account, or change one."),
    "remove": Entry("openclaw.cli.channel_accounts", "remove", "Switch a phone account off, or delete it."),
    "capabilities": Entry(
        "openclaw.cli.channel_capabilities", "capabilities", "Show what each account can do."
    ),
    "logs": Entry("openclaw.cli.logs", "channel_logs", "Show what the log says about the accounts."),
    "resolve": Entry("openclaw.cli.channel_words", "resolve", "iMessage has no directory; says what to use."),
    "login": Entry("openclaw.cli.channel_words", "login", "iMessage has no login here; says where it is."),
    "logout": Entry("openclaw.cli.channel_words", "logout", "iMessage has no logout here; says where it is."),
}


@click.group("channels", cls=LazyGroup, entries=_LATER)
def group() -> None:
    """See the phone accounts and whether they work; add one, remove one."""


@group.command("status")
@click.option("--probe", is_flag=True, help="Ask each account's imsg now, instead of telling what is known.")
@click.option(
    "--timeout",
    "timeout_ms",
    type=click.IntRange(100, 30_000),
    metavar="MS",
    help="How long to wait, in milliseconds: 10000, with --probe 30000.",
)
@as_json_option
def status(probe: bool, timeout_ms: int | None, as_json: bool) -> None:
    """Show each account: its state, since when and why, reading and sending apart.

    A probe ends in one of: works, imsg-not-found, rpc-unsupported, permission-denied, database-missing,
    not-responding, gateway-not-running; over SSH also in wrapper-buffers, ssh-key-refused, ssh-host-unknown,
    ssh-host-changed, ssh-name-unknown, ssh-refused, ssh-timeout. Without a running gateway --probe asks imsg
    directly. The exit code is 1 when an enabled account does not work.
    """
    limit_ms = timeout_ms or (_PROBE_MS if probe else _LOOK_MS)
    body: dict[str, Any]
    if gateway := running_gateway(here().state_dir):
        asked = {"probe": True, "timeoutMs": limit_ms} if probe else {}
        body = ask_gateway(gateway, "/api/channels", limit_ms / 1000 + _MARGIN_S, **asked)
    else:
        from openclaw.cli import without_gateway

        body = without_gateway.channels(here(), os.environ, limit_ms / 1000 if probe else None)
    accounts: list[dict[str, Any]] = body["channelAccounts"][_CHANNEL]
    if as_json:
        print_json(body)
    else:
        _show(body, accounts)
    sys.exit(0 if all(_works(account) for account in accounts) else 1)


def _works(account: dict[str, Any]) -> bool:
    if not account["enabled"]:
        return True
    probe = account.get("probe")
    return may_send(account) and not account.get("lastError") and (probe is None or bool(probe["ok"]))


def _show(body: dict[str, Any], accounts: list[dict[str, Any]]) -> None:
    if body["gatewayReachable"]:
        click.echo("Gateway reachable.")
        for line in config_lines(body["config"]):
            click.echo(line)
    else:
        click.echo(f"gateway-not-running: {body['error']}; {body['fix']}")
        click.echo(f"Configuration: {body['config']['path']} (mode {body['config']['mode']})")
    if not any(account["enabled"] for account in accounts):
        click.echo("No phone account is enabled; see channels.imessage in the configuration.")
    rows = [_row(account) for account in accounts]
    print_table(("Account", "State", "Since", "Reading", "Sending", "imsg", "Newest row", "Probe"), rows)
    for account in accounts:
        for line in _remarks(account):
            click.echo(f"{clean(account['accountId'])}: {line}")


def _row(account: dict[str, Any]) -> tuple[object, ...]:
    probe: dict[str, Any] = account.get("probe") or {}
    latency = f" ({probe['latencyMs']:g} ms)" if probe.get("latencyMs") is not None else ""
    return (
        account["accountId"],
        state_of(account),
        local_time(account.get("since")),
        account.get("reading"),
        sending_of(account),
        probe.get("version") or account.get("version"),
        probe.get("newestRow") or account.get("newestRow"),
        f"{probe['code']}{latency}" if probe else None,
    )


def _remarks(account: dict[str, Any]) -> list[str]:
    probe: dict[str, Any] = account.get("probe") or {}
    cause, detail = str(account.get("cause") or ""), str(probe.get("detail") or "")
    said = [cause] if probe.get("ok") or detail in cause else [cause, detail]
    lines = [clean(text) for text in said if text]
    if remark := sending_remark(account):
        lines.append(remark)
    if probe.get("ok") and probe.get("files"):
        lines.append(f"files {clean(probe['files'])}")
    if account.get("nextTry"):
        lines.append(f"next try at {local_time(account['nextTry'])}")
    if probe.get("fix") and probe["fix"] not in cause:
        lines.append(f"Fix: {clean(probe['fix'])}")
    return lines


@group.command("confirm-database")
@click.option(
    "--account", metavar="ID", help="This account only; without it every account that waits for it."
)
@as_json_option
def confirm_database(account: str | None, as_json: bool) -> None:
    """Trust the group numbers of another Messages database.

    When another database takes the place of an account's own, its chat numbers mean other conversations, and groups
    whose number changed are held. Compare the numbers in your configuration with `openclaw chats list` first; then
    release what was held with `openclaw messages release`.
    """
    body = change("channels/confirm-database", account=account).body
    if as_json:
        print_json(body)
    elif body["accounts"]:
        click.echo(f"Confirmed: {', '.join(clean(one) for one in body['accounts'])}.")
    else:
        click.echo("No account waits for that.")


@group.command("record")
@click.option(
    "--account", default="default", show_default=True, metavar="ID", help="Whose phone to listen to."
)
@click.option(
    "--seconds", type=click.FloatRange(1, 3600), default=30, show_default=True, help="How long to listen."
)
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def record(account: str, seconds: float, out: Path) -> None:
    """Record what imsg says into the file OUT, with names, numbers and texts disguised.

    For a report of something that goes wrong: it shows the shape of the conversation with imsg, not its content. Read
    it through before you show it to anybody. Works beside a running gateway.
    """
    from openclaw.cli.recording import record_account

    recorded = record_account(account, seconds, out)
    told = f"{recorded.notifications} message{'' if recorded.notifications == 1 else 's'} arrived meanwhile"
    click.echo(f"Recorded imsg {recorded.version or '(unknown release)'} into {recorded.path}; {told}.")
