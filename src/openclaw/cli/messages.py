"""`openclaw messages`: what became of each message that reached this gateway."""

from __future__ import annotations

import click

from openclaw.cli.output import local_time, print_json, print_table, shorten
from openclaw.cli.reach import perform


@click.group("messages")
def group() -> None:
    """See what became of each message."""


@group.command("list")
@click.option(
    "--state",
    "states",
    multiple=True,
    help="Only messages in this state, for example held, late, paused or dropped; may be given several times.",
)
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="How many at most."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(states: tuple[str, ...], limit: int, as_json: bool) -> None:
    """List messages with their state and its reason: the newest first, or with --state the oldest first.

    The text is shown while somebody still needs it; of a message that was not admitted it is not kept.
    """
    body = perform("messages", state=list(states) or None, limit=limit).body
    if as_json:
        print_json(body)
    elif not body["messages"]:
        click.echo("No messages.")
    else:
        rows = [
            (
                one["id"],
                local_time(one["receivedAt"]),
                one["accountId"],
                "" if one["chatId"] is None else f"chat_id:{one['chatId']}",
                one["sender"],
                one["state"],
                one["reason"],
                shorten(one["text"]),
            )
            for one in body["messages"]
        ]
        print_table(("Id", "Received", "Account", "Chat", "Sender", "State", "Reason", "Text"), rows)
