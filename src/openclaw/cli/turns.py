"""`openclaw turns`: the runs of the agents, and what to do about one that ended badly."""

from __future__ import annotations

import click

from openclaw.cli.options import as_json_option, limit_option
from openclaw.cli.output import clean, local_time, print_json, print_table, shorten
from openclaw.cli.reach import change, perform


@click.group("turns")
def group() -> None:
    """See the runs of the agents, and retry or cancel one."""


@group.command("list")
@click.option(
    "--state",
    "states",
    multiple=True,
    help="Only turns in this state, for example running, failed or interrupted; may be given several times.",
)
@limit_option
@as_json_option
def list_(states: tuple[str, ...], limit: int, as_json: bool) -> None:
    """List turns, the newest first."""
    body = perform("turns", state=list(states) or None, limit=limit).body
    if as_json:
        print_json(body)
    elif not body["turns"]:
        click.echo("No turns.")
    else:
        rows = [
            (
                one["id"],
                local_time(one["startedAt"]),
                one["session"],
                one["state"],
                one["attempts"],
                shorten(one["error"]),
            )
            for one in body["turns"]
        ]
        print_table(("Id", "Started", "Session", "State", "Attempts", "Error"), rows)


@group.command()
@click.argument("number", type=click.IntRange(min=1), metavar="ID")
@as_json_option
def retry(number: int, as_json: bool) -> None:
    """Run turn ID again, which failed or was interrupted; what it did may be done twice."""
    reply = change("turns/retry", id=number)
    if as_json:
        print_json(reply.body)
        return
    click.echo(f"Turn {number} is queued." + ("" if reply.online else " It runs when the gateway starts."))


@group.command()
@click.argument("number", type=click.IntRange(min=1), metavar="ID")
@as_json_option
def cancel(number: int, as_json: bool) -> None:
    """End turn ID, whether it runs, waits, failed or was interrupted."""
    body = change("turns/cancel", id=number).body
    if as_json:
        print_json(body)
    elif body["state"] == "running" and not body["stopped"]:
        click.echo(f"Turn {number} is not running any more; see what became of it: openclaw turns list")
    else:
        click.echo(f"Cancelled turn {clean(str(number))}.")
