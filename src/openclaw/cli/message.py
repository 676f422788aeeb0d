"""`openclaw message`: write to somebody yourself, once, and hear what became of it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from typing import Any

import click

from openclaw.cli.media import described, discard, shelved
from openclaw.cli.options import as_json_option
from openclaw.cli.output import clean, print_json
from openclaw.cli.reach import Reply, change, here, perform
from openclaw.errors import ControlUnreachable, OpenClawError
from openclaw.outbound.dictation import dictated
from openclaw.outbound.shelf import Shelf, id_of

_GOES_ON = ("queued", "sending", "sent", "unknown")
_IN_VAIN = ("unconfirmed", "parked", "expired", "failed", "dropped")
_POLL_S = 0.1
# A phone answers within seconds or not for minutes; whoever wants to know later asks for the deliveries.
_USUAL_WAIT_S, _LONGEST_WAIT_S = 5, 300


@click.group("message")
def group() -> None:
    """Write to somebody yourself."""


@group.command()
@click.option("-t", "--target", help="A number or mail address, chat_id:7, chat_guid:… or chat_identifier:….")
@click.option("-m", "--message", metavar="TEXT", help="What to say; it is sent as it stands.")
@click.option(
    "--media",
    multiple=True,
    metavar="PATH|URL",
    help="A file to send behind the text; may be given several times.",
)
@click.option("--account", metavar="ID", help="Send from this account; needed when there are several.")
@click.option(
    "--service",
    type=click.Choice(("auto", "imessage", "sms")),
    help="The service to a person; a chat keeps its own.",
)
@click.option(
    "--channel",
    type=click.Choice(("imessage",)),
    default="imessage",
    expose_value=False,
    help="There is one channel, imessage.",
)
@click.option("--key", help="Your name of this message; with the same key it is never sent a second time.")
@click.option(
    "--wait",
    "wait_s",
    type=click.IntRange(0, _LONGEST_WAIT_S),
    default=_USUAL_WAIT_S,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for what becomes of it.",
)
@click.option("--dry-run", is_flag=True, help="Only say where it would go. Nothing is sent or written down.")
@as_json_option
def send(
    target: str | None,
    message: str | None,
    media: tuple[str, ...],
    account: str | None,
    service: str | None,
    key: str | None,
    wait_s: int,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Send TEXT, files, or both to a person or a chat.

    TARGET is read strictly: a text with digits in it is not a number. Without --target it goes to the account's
    defaultTo. Exit code 1 means that it did not arrive, or that nobody can say; what is still on its way is 0.
    """
    where = {"target": target, "account": account, "service": service}
    if dry_run:
        _rehearse(where, message, media, as_json=as_json)
        return
    order = {**where, "text": message, "key": key or secrets.token_hex(8)}
    reply = _order_with_files(where, order, media) if media else _order(order)
    if reply.online and not reply.body["paused"]:
        _follow(reply.body, wait_s)
    if as_json:
        print_json(reply.body)
    else:
        _report(reply)
    if any(one["state"] in _IN_VAIN for one in reply.body["deliveries"]):
        raise click.exceptions.Exit(1)


def _rehearse(
    where: dict[str, str | None], message: str | None, media: Sequence[str], *, as_json: bool
) -> None:
    # A look and nothing else: what could send or write is never called.
    found = perform("messages/recipient", **where).body
    parts = (
        dictated(message or "", limit=found["textChunkLimit"], mode=found["chunkMode"])
        if message or not media
        else []
    )
    files = described(media, found["mediaMaxMb"])
    if as_json:
        print_json({"dryRun": True, "sent": False, **found, "texts": parts, "files": files})
        return
    number = len(parts) + len(files)
    count = "1 message" if number == 1 else f"{number} messages"
    click.echo(f"NOT SENT (dry run). It would go to {_place(found)}, as {count}:")
    for part in parts:
        click.echo(f"  {clean(part)}")
    for file in files:
        click.echo(f"  file: {clean(file)}")


def _order_with_files(where: dict[str, str | None], order: dict[str, Any], media: Sequence[str]) -> Reply:
    # Who it goes to is asked before anything is fetched or copied.
    limit_mb = perform("messages/recipient", **where).body["mediaMaxMb"]
    shelf = Shelf.of(here().state_dir)
    copies = shelved(shelf, media, limit_mb)
    try:
        reply = _order({**order, "files": ",".join(map(id_of, copies))})
    except ControlUnreachable:
        # It may have been taken, and then it needs its copies; of those that nobody needs the gateway takes care.
        raise
    except OpenClawError:
        discard(shelf, copies)
        raise
    if reply.body["repeated"]:
        discard(shelf, copies)
    return reply


def _order(params: dict[str, Any]) -> Reply:
    try:
        return change("messages/send", **params)
    except ControlUnreachable as error:
        raise ControlUnreachable(
            f"{error}. Whether the message was taken is not known; try again with --key {params['key']}, "
            "and it is sent once at most"
        ) from error


def _follow(body: dict[str, Any], wait_s: int) -> None:
    """Wait until the bubbles of ``body`` have settled, and put what became of them in their place."""
    deadline = time.monotonic() + wait_s
    while any(one["state"] in _GOES_ON for one in body["deliveries"]) and time.monotonic() < deadline:
        time.sleep(_POLL_S)
        try:
            body["deliveries"] = [
                perform("delivery", id=one["id"]).body["delivery"] for one in body["deliveries"]
            ]
        except ControlUnreachable:
            # The message is on disk whatever the gateway does now; what is known is said.
            return


def _report(reply: Reply) -> None:
    body = reply.body
    if body["repeated"]:
        click.echo(f"The key {clean(body['key'])} was used before: nothing is sent a second time.")
    for one in body["deliveries"]:
        fix = f" {one['fix']}" if one["fix"] else ""
        click.echo(f"Delivery {one['id']} to {_place(body)}: {clean(one['says'])}{fix}")
    open_ones = [one for one in body["deliveries"] if one["state"] in _GOES_ON]
    if not open_ones:
        return
    if not reply.online:
        click.echo("No gateway runs. It is sent when one starts within the hour: openclaw gateway")
    elif body["paused"]:
        click.echo("Its chat is paused; what waits for an hour expires. Go on with: openclaw resume")
    elif any(one["state"] == "queued" for one in open_ones):
        click.echo("If something holds it back, it is told by: openclaw attention")
    click.echo(
        f"To try again without saying it twice: --key {clean(body['key'])}. See: openclaw deliveries list"
    )


def _place(body: dict[str, Any]) -> str:
    to, name = clean(body["to"]), clean(str(body.get("chatIdentifier") or ""))
    service = f" over {body['service']}" if body["service"] != "auto" else ""
    return f"{to}{f' ({name})' if name else ''} of account {clean(body['accountId'])}{service}"
