"""`openclaw contacts`: who is known, and forgetting somebody."""

from __future__ import annotations

import sys
from typing import Any

import click

from openclaw.cli.options import as_json_option, limit_option
from openclaw.cli.output import clean, local_time, print_json, print_table
from openclaw.cli.reach import change, here, perform

# What the numbers of a forgotten person count.
_COUNTED = {
    "messages": "messages",
    "files": "files",
    "deliveries": "bubbles to them",
    "turns": "turns",
    "transcript": "entries of transcripts",
    "sessions": "sessions",
    "chats": "chats",
    "approvals": "approvals",
    "requests": "pairing requests",
}


@click.group("contacts")
def group() -> None:
    """See who is known to this gateway, and forget somebody."""


@group.command("list")
@click.option("--account", metavar="ID", help="Only people of this account.")
@limit_option
@as_json_option
def list_(account: str | None, limit: int, as_json: bool) -> None:
    """List who wrote, was let in by approval, or asks to be; the lists of the configuration are not among them."""
    body = perform("contacts", account=account, limit=limit).body
    if as_json:
        print_json(body)
    elif not body["contacts"]:
        click.echo("Nobody is known.")
    else:
        rows = [
            (
                one["handle"],
                one["accountId"],
                one["messages"],
                local_time(one["lastSeenAt"]),
                "asks to be let in" if one["asks"] else local_time(one["approvedAt"]),
            )
            for one in body["contacts"]
        ]
        print_table(("Handle", "Account", "Messages", "Wrote last", "Approved"), rows)


@group.command()
@click.argument("handle")
@click.option("--account", metavar="ID", help="Only what this account knows; without it all.")
@click.option("--dry-run", is_flag=True, help="Only say how much would be forgotten.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; forgets only with --yes.")
def forget(handle: str, account: str | None, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Forget the person with HANDLE: what they wrote, what was written to them, and their approval.

    Of each message stays that there was one, with its time and number, so that it is never answered again. It cannot be
    undone. Earlier copies of the ledger, the log, the phone and a model's provider are not touched, nor is the
    configuration.
    """
    body = change("contacts/forget", handle=handle, account=account, dryRun=True).body
    if not dry_run:
        _agree(body, yes=yes, as_json=as_json)
        body = change("contacts/forget", handle=handle, account=account).body
    body["copies"] = _copies()
    if as_json:
        print_json(body)
        return
    what = "Would forget" if dry_run else "Forgot"
    click.echo(f"{what} {clean(body['handle'])}: {_listed(body)}.")
    if body["copies"]:
        click.echo("Earlier copies may still have them; delete these yourself:")
        for path in body["copies"]:
            click.echo(f"  {clean(path)}")
    if not dry_run:
        click.echo("A place in a list of the configuration stays: look at allowFrom and groupAllowFrom.")
        if not body.get("logEmptied", True):
            click.echo("Another program reads the ledger; its log is overwritten as soon as that ends.")


def _agree(body: dict[str, Any], *, yes: bool, as_json: bool) -> None:
    """Go on only on somebody's word; raises when nobody can be asked, or says no."""
    if yes:
        return
    if as_json or not sys.stdin.isatty():
        raise click.UsageError("this cannot be undone; say that it is meant with --yes")
    click.echo(f"About to forget {clean(body['handle'])}: {_listed(body)}.")
    click.confirm("This cannot be undone. Go on?", abort=True)


def _listed(body: dict[str, Any]) -> str:
    counts = body["forgotten"]
    return ", ".join(f"{counts[key]} {what}" for key, what in _COUNTED.items() if counts[key])


def _copies() -> list[str]:
    from openclaw.store.backup import existing

    return [str(path) for path in existing(here().state_dir)]
