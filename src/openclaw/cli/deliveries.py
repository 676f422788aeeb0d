"""`openclaw deliveries`: what this gateway has to say, and whether it arrived."""

from __future__ import annotations

import click

from openclaw.cli.options import as_json_option, limit_option
from openclaw.cli.output import local_time, print_json, print_table, shorten
from openclaw.cli.reach import change, perform


@click.group("deliveries")
def group() -> None:
    """See what waits to be sent, or did not arrive, and decide about it."""


@group.command("list")
@click.option(
    "--state",
    "states",
    multiple=True,
    help="Only deliveries in this state, for example queued, parked, failed or confirmed; may be given several times.",
)
@limit_option
@as_json_option
def list_(states: tuple[str, ...], limit: int, as_json: bool) -> None:
    """List deliveries, oldest first; without --state those that are open or need a look."""
    body = perform("deliveries", state=list(states) or None, limit=limit).body
    if as_json:
        print_json(body)
    elif not body["deliveries"]:
        click.echo("No deliveries." if states else "Nothing waits to be sent, and nothing is in doubt.")
    else:
        rows = [
            (
                one["id"],
                local_time(one["queuedAt"]),
                one["accountId"],
                one.get("handle") or f"chat_id:{one['chatId']}",
                one["state"],
                one["cause"],
                shorten(one["text"]),
            )
            for one in body["deliveries"]
        ]
        print_table(("Id", "Queued", "Account", "To", "State", "Because of", "Text"), rows)


@group.command()
@click.argument("number", type=click.IntRange(min=1), metavar="ID")
@as_json_option
def resend(number: int, as_json: bool) -> None:
    """Send delivery ID once more, which is parked, unconfirmed, expired or failed.

    Look at the phone first: if it did leave after all, the person gets it twice.
    """
    reply = change("deliveries/resend", id=number)
    if as_json:
        print_json(reply.body)
        return
    click.echo(
        f"Delivery {number} is queued." + ("" if reply.online else " It is sent when the gateway runs.")
    )


@group.command()
@click.argument("number", type=click.IntRange(min=1), metavar="ID")
@as_json_option
def drop(number: int, as_json: bool) -> None:
    """Give up delivery ID, which is queued, parked, unconfirmed, expired or failed."""
    reply = change("deliveries/drop", id=number)
    if as_json:
        print_json(reply.body)
        return
    click.echo(f"Dropped delivery {number}.")
