"""`openclaw pause` and `openclaw resume`: stop answering for a while, and take up what came meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import click

from openclaw.cli.output import clean, print_json
from openclaw.cli.reach import change


def _scope(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        click.option("--account", metavar="ID", help="This account, or a chat of this account."),
        click.argument("target", required=False),
    ):
        command = option(command)
    return command


@click.command("pause")
@_scope
def pause(target: str | None, account: str | None, as_json: bool) -> None:
    """Stop answering a chat, an account, or everybody.

    TARGET is a chat: a number or mail address, chat_id:7, chat_guid:… or chat_identifier:…; without it the whole
    account, and without --account everybody. What comes meanwhile is kept, and nothing is sent.
    """
    body = change("pause", target=target, account=account).body
    if as_json:
        print_json(body)
    else:
        click.echo(f"Paused {_named(target, account)}. Go on with: openclaw resume{_words(target, account)}")


@click.command("resume")
@_scope
def resume(target: str | None, account: str | None, as_json: bool) -> None:
    """Answer again, beginning with what came meanwhile.

    TARGET and --account as for `openclaw pause`; with neither of them every pause ends.
    """
    reply = change("resume", target=target, account=account)
    if as_json:
        print_json(reply.body)
        return
    if not reply.body["wasPaused"]:
        click.echo(f"There was no pause of {_named(target, account)}.")
        return
    count = reply.body["messages"]
    when = "" if reply.online else ", when the gateway starts"
    click.echo(
        f"Resumed {_named(target, account)}; {count} message{'' if count == 1 else 's'} to judge{when}."
    )


def _named(target: str | None, account: str | None) -> str:
    of_account = f"account {clean(account)}" if account else ""
    if target:
        return clean(target) + (f" of {of_account}" if account else "")
    return of_account or "everything"


def _words(target: str | None, account: str | None) -> str:
    return (f" {clean(target)}" if target else "") + (f" --account {clean(account)}" if account else "")
