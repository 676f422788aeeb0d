"""`openclaw messages`: what became of each message that reached this gateway."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from openclaw.cli.day import Day
from openclaw.cli.options import as_json_option, limit_option
from openclaw.cli.output import clean, local_time, print_json, print_table, shorten
from openclaw.cli.reach import change, perform


@click.group("messages")
def group() -> None:
    """See what became of each message, and decide about those that wait for you."""


@group.command("list")
@click.option(
    "--state",
    "states",
    multiple=True,
    help="Only messages in this state, for example held, late, paused or dropped; may be given several times.",
)
@limit_option
@as_json_option
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
                shorten(_said(one)),
            )
            for one in body["messages"]
        ]
        print_table(("Id", "Received", "Account", "Chat", "Sender", "State", "Reason", "Text"), rows)


@group.command()
@click.argument("path", default="-", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--chat", metavar="TARGET", help="Only one chat: a number or mail address, chat_id:7, chat_guid:…"
)
@click.option("--account", metavar="ID", help="Only this account, or a chat of this account.")
@click.option("--since", type=Day(), help="Only what began on this day or later, for example 2026-03-01.")
def export(path: Path, chat: str | None, account: str | None, since: datetime | None) -> None:
    """Write messages, turns and bubbles to the new file PATH, one line of JSON each, in their order.

    Without PATH, or with "-", they go to standard output. Works beside a running gateway, and shows one moment. "kind"
    says what a line is; its other keys are those of the lists. A file holds people's messages: only you can read it.
    """
    # The other commands of this group stay quick: they load no ledger while a gateway answers.
    from openclaw.cli.export import export_to

    to_file = str(path) != "-"
    count = export_to(path if to_file else None, chat, account, since)
    if to_file:
        click.echo(f"Wrote {count} lines to {path}.")


@group.command()
@click.argument("number", type=click.IntRange(min=1), metavar="ID")
@as_json_option
def story(number: int, as_json: bool) -> None:
    """Tell everything that happened to message ID: gates, turn and answers, with reasons and times."""
    body = perform("story", id=number).body
    if as_json:
        print_json(body)
        return
    message = body["message"]
    click.echo(
        f"Message {number} from {clean(message['sender'])}: {shorten(message['text']) or '(no text kept)'}"
    )
    for step in body["steps"]:
        click.echo(f"{local_time(step['at'])}  {clean(step['title'])} {clean(step['says'])}".rstrip())
    for file in body["files"]:
        size = f"{file['size']} bytes, " if file["size"] else ""
        click.echo(f"File {clean(file['name'])} ({size}{clean(file['mimeType'])}): {clean(file['says'])}")
        if file["kept"]:
            click.echo(f"  {clean(file['kept'])}")
    if message["fix"]:
        click.echo(f"What you can do: {clean(message['fix'])}")


@group.command()
@click.argument("number", type=click.IntRange(min=1), metavar="ID")
@as_json_option
def release(number: int, as_json: bool) -> None:
    """Have the held or late message ID judged again, or one that is context answered; what held it counts no more.

    The lists of who may write still count.
    """
    reply = change("messages/release", id=number)
    if as_json:
        print_json(reply.body)
        return
    click.echo(
        f"Released message {number}." + ("" if reply.online else " It is judged when the gateway starts.")
    )


@group.command()
@click.argument("number", type=click.IntRange(min=1), metavar="ID")
@as_json_option
def drop(number: int, as_json: bool) -> None:
    """Refuse message ID, which is held, late, quarantined or paused, and forget its text."""
    reply = change("messages/drop", id=number)
    if as_json:
        print_json(reply.body)
        return
    click.echo(f"Dropped message {number}.")


def _said(one: Mapping[str, Any]) -> str:
    """The text of a message, with how many files came with it."""
    count = one["files"]
    files = f"({count} file{'s' if count > 1 else ''})" if count else ""
    return " ".join(filter(None, (one["text"], files)))
