"""`openclaw chats`: the conversations that wrote to this gateway."""

from __future__ import annotations

import click

from openclaw.cli.output import local_time, print_json, print_table
from openclaw.cli.reach import perform


@click.group("chats")
def group() -> None:
    """See the conversations that wrote to this gateway."""


@group.command("list")
@click.option("--account", metavar="ID", help="Only chats of this account.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="How many at most."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(account: str | None, limit: int, as_json: bool) -> None:
    """List chats, the most recently active first, with the names under which other commands take them."""
    body = perform("chats", account=account, limit=limit).body
    if as_json:
        print_json(body)
    elif not body["chats"]:
        click.echo("Nobody has written yet.")
    else:
        rows = [
            (
                f"chat_id:{chat['chatId']}",
                chat["chatIdentifier"] or chat["chatGuid"],
                chat["name"],
                "group" if chat["isGroup"] else "direct",
                chat["accountId"],
                local_time(chat["lastMessageAt"]),
                "paused" if chat["paused"] else "",
            )
            for chat in body["chats"]
        ]
        print_table(("Chat", "With", "Name", "Kind", "Account", "Last message", ""), rows)
