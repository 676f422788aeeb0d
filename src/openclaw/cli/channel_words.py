"""`openclaw channels resolve|login|logout`: what other channels have and iMessage has not, said in a sentence each."""

from __future__ import annotations

import click

from openclaw.cli.options import as_json_option
from openclaw.errors import BadRequest

_CHANNEL = click.option(
    "--channel", default="imessage", show_default=True, help="The channel; there is this one only."
)
_ACCOUNT = click.option("--account", metavar="ID", help="The account.")


@click.command("resolve")
@click.argument("entries", nargs=-1, required=True)
@_CHANNEL
@_ACCOUNT
@click.option(
    "--kind", type=click.Choice(["auto", "user", "group"]), default="auto", help="What to look for."
)
@as_json_option
def resolve(entries: tuple[str, ...], **_options: object) -> None:
    """iMessage has no directory to look names up in; this says what to use instead."""
    raise BadRequest(
        f"iMessage has no directory, so {', '.join(entries)} cannot be looked up; write a number or a mail "
        "address, or take a chat's id from: openclaw chats list"
    )


@click.command("login")
@_CHANNEL
@_ACCOUNT
@click.option("--verbose", is_flag=True, help="Has no effect.")
def login(**_options: object) -> None:
    """iMessage is signed in to in Messages on the Mac; this says so."""
    raise BadRequest(
        "iMessage has no login here: sign in to Messages on the Mac, then: openclaw channels add"
    )


@click.command("logout")
@_CHANNEL
@_ACCOUNT
def logout(**_options: object) -> None:
    """iMessage is signed out of in Messages on the Mac; this says so."""
    raise BadRequest(
        "iMessage has no logout here: sign out of Messages on the Mac, or switch the account off: "
        "openclaw channels remove --account ID"
    )
