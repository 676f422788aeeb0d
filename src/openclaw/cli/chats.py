"""`openclaw chats`: the conversations that wrote to this gateway."""

from __future__ import annotations

import click

from openclaw.cli.options import as_json_option, limit_option
from openclaw.cli.output import clean, local_time, print_json, print_table, shorten
from openclaw.cli.pause import pause, resume
from openclaw.cli.reach import perform


@click.group("chats")
def group() -> None:
    """See the conversations that wrote to this gateway."""


@group.command("list")
@click.option("--account", metavar="ID", help="Only chats of this account.")
@limit_option
@as_json_option
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


@group.command()
@click.option("--account", metavar="ID", help="Only chats of this account.")
@limit_option
@as_json_option
def recent(account: str | None, limit: int, as_json: bool) -> None:
    """List chats with what was said last, and how much in them waits for you."""
    body = perform("conversations", account=account, limit=limit).body
    if as_json:
        print_json(body)
    elif not body["conversations"]:
        click.echo("Nobody has written yet.")
    else:
        rows = [
            (
                one["target"],
                one["name"] or one["chatIdentifier"],
                one["accountId"],
                one["needs"] or "",
                local_time(one["last"]["at"]) if one["last"] else "",
                shorten(one["last"]["text"]) if one["last"] else "",
            )
            for one in body["conversations"]
        ]
        print_table(("Chat", "With", "Account", "Waits for you", "Last", "Text"), rows)


@group.command()
@click.argument("target")
@click.option("--account", metavar="ID", help="The chat of this account.")
@click.option(
    "--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="How many entries at most."
)
@click.option(
    "--before", metavar="PLACE", help="The entries before this place, which --json of another page names."
)
@as_json_option
def show(target: str, account: str | None, limit: int, before: str | None, as_json: bool) -> None:
    """Print the end of the conversation TARGET, with what became of each message and each answer.

    TARGET is a number or mail address, chat_id:7, chat_guid:… or chat_identifier:….
    """
    body = perform("conversation", target=target, account=account, limit=limit, before=before).body
    if as_json:
        print_json(body)
        return
    for one in body["entries"]:
        who = one["sender"] if one["kind"] == "message" else "agent"
        said = clean(one["text"]) or "(no text kept)"
        click.echo(f"{local_time(one['at'])}  {clean(who)}: {said}  [{one['state']}]")


# The same commands under the name where one looks for them.
group.add_command(pause)
group.add_command(resume)
