"""`openclaw pairing`: who asked to be let in, and letting them in."""

from __future__ import annotations

import os
from typing import Any

import click

from openclaw.cli.options import as_json_option
from openclaw.cli.output import clean, local_time, print_json, print_table
from openclaw.cli.reach import change, here, perform
from openclaw.config.locations import credentials_dir

_CHANNEL = "imessage"


@click.group("pairing")
def group() -> None:
    """Let in people who wrote and are not known yet.

    Whoever writes for the first time is shown a code. Approving the code lets that person in, for direct messages of
    that account only. Requests expire after one hour.
    """


@group.command("list")
@click.argument("channel", required=False)
@click.option("--channel", "channel_option", metavar="CHANNEL", help="The same as the argument: imessage.")
@click.option("--account", metavar="ID", help="Only requests to this account.")
@as_json_option
def list_(channel: str | None, channel_option: str | None, account: str | None, as_json: bool) -> None:
    """List the open requests, oldest first. CHANNEL is imessage and may be left out."""
    _check_channel(channel, channel_option)
    body = perform("pairing", account=account).body
    if as_json:
        print_json(body)
    elif not body["requests"]:
        click.echo("No open pairing requests.")
    else:
        rows = [
            (one["code"], one["id"], one["meta"]["accountId"], one["meta"]["chatId"], *_times(one))
            for one in body["requests"]
        ]
        print_table(("Code", "Sender", "Account", "Chat", "Requested", "Expires"), rows)


@group.command()
@click.argument("words", nargs=-1, required=True, metavar="[CHANNEL] CODE")
@click.option("--channel", "channel_option", metavar="CHANNEL", help="The same as the argument: imessage.")
@click.option("--account", metavar="ID", help="Only a request to this account.")
@click.option("--notify", is_flag=True, help="Tell the person, in the chat where they asked.")
@as_json_option
def approve(
    words: tuple[str, ...], channel_option: str | None, account: str | None, notify: bool, as_json: bool
) -> None:
    """Let in whoever was shown CODE. CHANNEL is imessage and may be left out.

    Works while the gateway runs, and takes effect with the person's next message; works as well while it does not.
    """
    *channels, code = list(words)
    if len(channels) > 1:
        raise click.UsageError("give one code, with or without imessage before it")
    if channels and channel_option:
        raise click.UsageError("name the channel once: either before the code or with --channel")
    _check_channel(*channels, channel_option)
    reply = change("pairing/approve", code=code, account=account, notify=notify)
    if as_json:
        print_json(reply.body)
        return
    click.echo(f"Approved {_CHANNEL} sender {clean(str(reply.body['id']))}.")
    if notify and not reply.online:
        click.echo("No gateway is running; they are told when it starts.")


@group.command()
@click.argument("code")
@click.option("--account", metavar="ID", help="Only a request to this account.")
@as_json_option
def deny(code: str, account: str | None, as_json: bool) -> None:
    """Close the request with CODE without letting anybody in.

    Nobody is told. Whoever writes again can ask again once the hour of the request is over; to be rid of somebody
    for good, block them on the phone.
    """
    reply = change("pairing/deny", code=code, account=account)
    if as_json:
        print_json(reply.body)
        return
    click.echo(f"Denied {_CHANNEL} sender {clean(str(reply.body['id']))}.")


@group.command()
@click.option("--account", metavar="ID", help="Only who was let in to this account.")
@as_json_option
def grants(account: str | None, as_json: bool) -> None:
    """List who was let in by approval; the lists of the configuration are not among them."""
    body = perform("pairing/grants", account=account).body
    if as_json:
        print_json(body)
    elif not body["grants"]:
        click.echo("Nobody was let in by approval.")
    else:
        rows = [
            (one["id"], one["accountId"], local_time(one["grantedAt"]), one["grantedBy"])
            for one in body["grants"]
        ]
        print_table(("Sender", "Account", "Since", "By"), rows)


@group.command()
@click.argument("handle")
@click.option("--account", metavar="ID", help="Only in this account; without it in all.")
@as_json_option
def revoke(handle: str, account: str | None, as_json: bool) -> None:
    """Take back the approval of HANDLE. A place in a list of the configuration stays."""
    reply = change("pairing/revoke", handle=handle, account=account)
    if as_json:
        print_json(reply.body)
        return
    click.echo(f"Revoked {clean(str(reply.body['id']))} in {', '.join(reply.body['accounts'])}.")


@group.command("import")
@click.option("--dry-run", is_flag=True, help="Only say what would be taken over.")
@as_json_option
def import_(dry_run: bool, as_json: bool) -> None:
    """Take over whom the original OpenClaw had let in, and who was asking it.

    Reads imessage-pairing.json and the allowFrom files beside it in the credentials directory (OPENCLAW_OAUTH_DIR, else
    credentials in the state directory), and changes none of them. The gateway does the same at each start. Every entry
    is taken once: whom you revoke afterwards stays out.
    """
    directory = credentials_dir(here(), os.environ)
    body = change("pairing/import", directory=str(directory), dryRun=dry_run).body
    if as_json:
        print_json(body)
    else:
        _tell_import(body)
    if body["unusable"]:
        raise SystemExit(1)


def _tell_import(body: dict[str, Any]) -> None:
    would = "Would be taken over" if body["dryRun"] else "Taken over"
    for one in body["grants"]:
        click.echo(f"{would}: {clean(one['id'])} (account {one['accountId']})")
    for one in body["requests"]:
        click.echo(f"{would}: the request of {clean(one['id'])}, code {one['code']}")
    if not body["grants"] and not body["requests"]:
        click.echo(f"Nothing new in {clean(body['directory'])}.")
    for one in body["refused"]:
        what = f"{clean(one['entry'])} of {clean(one['file'])}" if one["entry"] else clean(one["file"])
        click.echo(f"Not taken over: {what}: {clean(one['why'])}", err=True)
    for one in body["unusable"]:
        click.echo(f"Cannot be used: {clean(one['file'])}: {clean(one['why'])}", err=True)


def _check_channel(*named: str | None) -> None:
    for name in named:
        if name is not None and name.strip().lower() != _CHANNEL:
            raise click.UsageError(f"pairing is served for {_CHANNEL} alone, not for {clean(name)!r}")


def _times(request: dict[str, object]) -> tuple[str, str]:
    return local_time(request["createdAt"]), local_time(request["expiresAt"])
