"""`openclaw explain`: why a message became what it became, or what would become of one that came now."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

from openclaw.cli.hindrances import hindrances
from openclaw.cli.options import as_json_option
from openclaw.cli.output import clean, local_time, print_json, shorten
from openclaw.cli.reach import here, perform
from openclaw.control.address import running_gateway
from openclaw.errors import NotFound

# A list of a hundred handles would bury what it is about; --json has all of it.
_VALUE = 100


@click.command("explain")
@click.argument("message", required=False, metavar="[GUID|ID]")
@click.option(
    "--last",
    type=click.IntRange(1, 100),
    help="The newest messages that are not ours, newest first; 1 without GUID.",
)
@click.option(
    "--from", "sender", metavar="HANDLE", help="Suppose a message from this number or mail address."
)
@click.option("--text", metavar="TEXT", help="What it would say; decides about mentions and commands.")
@click.option(
    "--chat", metavar="TARGET", help="Its chat: chat_id:7, chat_guid:…; without it a direct message."
)
@click.option("--group", is_flag=True, help="Suppose that its chat is a group.")
@click.option("--account", metavar="ID", help="The account that would hear it.")
@click.option(
    "--service", type=click.Choice(("imessage", "sms", "rcs")), help="Over which service it would come."
)
@as_json_option
def command(
    message: str | None,
    last: int | None,
    sender: str | None,
    text: str | None,
    as_json: bool,
    **place: Any,
) -> None:
    """Tell why a message became what it became: gates, route, turn and answers, and the key that decided.

    It is named by its guid, or by its number in `openclaw messages list`; without a name it is the newest one that is
    not ours. A guid that never reached the ledger is looked for on the phones. What keeps messages from being heard or
    answered at present stands below.

    With --from and --text: tell what would become of such a message now. It is judged exactly as the gateway judges,
    and nothing is written. Keys are those of the configuration as it is now.
    """
    if sender is not None or text is not None:
        if sender is None or text is None or message is not None or last is not None:
            raise click.UsageError("--from and --text go together, and without GUID, ID or --last")
        _suppose({"from": sender, "text": text, **place, "group": place["group"] or None}, as_json=as_json)
        return
    if any(place.values()):
        raise click.UsageError(
            "--chat, --group, --account and --service describe a message of --from and --text"
        )
    if message is not None and last is not None:
        raise click.UsageError("give GUID or ID, or --last, not both")
    _explain(message, last, as_json=as_json)


def _explain(message: str | None, last: int | None, *, as_json: bool) -> None:
    numbered = message is not None and message.isascii() and message.isdecimal()
    named = {} if message is None else {"id": int(message)} if numbered else {"guid": message}
    try:
        body = perform("explain", **named, last=last).body
    except NotFound:
        if message is None or numbered:
            raise
        _search(message, as_json=as_json)
        return
    if as_json:
        print_json(body | {"hindrances": hindrances()})
        return
    if not body["messages"]:
        click.echo("No message has reached the gateway yet.")
    for position, one in enumerate(body["messages"]):
        click.echo(("\n" if position else "") + "\n".join(_past(one)))
    _tell_hindrances()


def _search(guid: str, *, as_json: bool) -> None:
    """Say what the phones know of a guid that the ledger does not; exit code 1 when nobody knows it."""
    from openclaw.cli.searching import search

    found = search(guid, here(), running_gateway(here().state_dir))
    if as_json:
        print_json({"messages": [], "search": found})
    else:
        click.echo(f"The ledger has no message with the guid {clean(guid)}.")
        for one in found["accounts"]:
            row = f" (row {one['rowId']} from {clean(one['sender'])})" if one["found"] else ""
            click.echo(f"Account {clean(one['accountId'])}: {clean(one['says'])}{row}")
        if not found["found"]:
            unasked = any(one["cause"] for one in found["accounts"])
            click.echo("Nobody who could be asked knows it." if unasked else "Nobody knows it.")
    if not found["found"]:
        raise click.exceptions.Exit(1)


def _suppose(params: dict[str, Any], *, as_json: bool) -> None:
    body = perform("explain/message", **params).body
    if as_json:
        print_json(body | {"hindrances": hindrances()})
        return
    where = "a group" if body["isGroup"] else "a direct chat"
    click.echo(f"A message from {clean(body['from'])} in {where} of account {clean(body['accountId'])}:")
    if not body["enabled"]:
        click.echo("The account is not enabled, so nothing is heard on it. If it were:")
    if body["assumed"]:
        click.echo(clean(body["assumed"]))
    if body["readAgain"]:
        click.echo(f"It would be read from the phone again first: {clean(body['readAgain'])}")
    commanded = f", as the command {clean(body['command'])}" if body["command"] else ""
    lines = [
        *_gates(body),
        f"It would be {body['outcome']}{commanded} (state {body['state']}).",
        *_grounds(body["verdict"]),
        *(_grounds(body["afterwards"]) if body["afterwards"] else ()),
    ]
    click.echo("\n".join([*lines, *_route(body), *_waits(body)]))
    _tell_hindrances()


def _tell_hindrances() -> None:
    for one in hindrances():
        fix = f". Fix: {clean(one['fix'])}" if one["fix"] else ""
        click.echo(f"At present: {clean(one['about'])}: {clean(one['says'])}{fix}")


def _past(one: dict[str, Any]) -> Iterator[str]:
    message = one["message"]
    where = "no chat" if message["chatId"] is None else f"chat_id:{message['chatId']}"
    said = shorten(message["text"]) or "(no text kept)"
    yield f"Message {message['id']} from {clean(message['sender'])} in {where} of {clean(message['accountId'])}: {said}"
    yield f"Heard {local_time(message['receivedAt'])}, {_delay(one['delaySeconds'])}. Guid {clean(message['guid'])}"
    yield from _gates(one)
    yield f"It is {message['state']}. {clean(message['says'])}"
    if one["verdict"]:
        yield from _grounds(one["verdict"])
    if one["afterwards"]:
        yield from _grounds(one["afterwards"])
    yield from _route(one)
    yield from _turn(one["turn"])
    yield "What happened:"
    for step in one["steps"]:
        yield f"  {local_time(step['at'])}  {clean(step['title'])} {clean(step['says'])}".rstrip()
    yield from _bubbles(one)
    yield from _waits(one)


def _delay(seconds: float) -> str:
    return (
        f"{seconds:.1f} s after it was written"
        if seconds >= 0
        else "before it was written by the phone's clock"
    )


def _gates(one: dict[str, Any]) -> Iterator[str]:
    if one["gates"]:
        yield "Gates:"
    for gate in one["gates"]:
        yield f"  {'passed ' if gate['passed'] else 'stopped'} {gate['gate']:<9} {clean(gate['says'])}"


def _grounds(verdict: dict[str, Any]) -> Iterator[str]:
    yield f"Reason: {verdict['reason']}. {clean(verdict['says'])}"
    for position, key in enumerate(verdict["keys"]):
        head = "Decided by:" if position == 0 else "       and:"
        yield f"{head} {clean(key['says'])} = {shorten(json.dumps(key['value'], ensure_ascii=False), _VALUE)}"
    if verdict["fix"]:
        yield f"What helps: {clean(verdict['fix'])}"


def _route(one: dict[str, Any]) -> Iterator[str]:
    route = one["route"]
    if route:
        rule = f", by {clean(route['matchedBy'])}" if route["matchedBy"] else ""
        yield f"Route: agent {clean(route['agent'])}, session {clean(route['session'])}{rule}."
    if one["bound"]:
        yield clean(one["bound"])


def _turn(turn: dict[str, Any] | None) -> Iterator[str]:
    if turn is None:
        return
    attempts = f"{turn['attempts']} attempt{'s' if turn['attempts'] != 1 else ''}"
    model = f", model {clean(turn['model'])}" if turn["model"] else ""
    yield f"Turn {turn['id']}: {turn['state']}, {attempts}{model}."
    if turn["error"]:
        yield f"  Error: {clean(turn['error'])}"


def _bubbles(one: dict[str, Any]) -> Iterator[str]:
    rows = {row["deliveryId"]: row for row in one["ownRows"]}
    if one["deliveries"]:
        yield "Answers:"
    for bubble in one["deliveries"]:
        row = rows.get(bubble["id"])
        seen = f" (row {row['rowId']}, guid {clean(row['guid'])})" if row else ""
        yield f"  Delivery {bubble['id']}: {clean(bubble['says'])}{seen} {shorten(bubble['text'])}".rstrip()


def _waits(one: dict[str, Any]) -> Iterator[str]:
    if one["waitsFor"]:
        yield f"Waits for: {clean(one['waitsFor'])}"
    if one["whatHelps"]:
        yield f"What you can do: {clean(one['whatHelps'])}"
