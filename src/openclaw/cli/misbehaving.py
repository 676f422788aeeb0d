"""`openclaw simulator misbehave` and its neighbours: let things go wrong on the simulated Mac.

Owns the commands' options and output. What then happens is in `openclaw.simulator`.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, cast

import click

from openclaw.cli.simulated import database_of, database_option, plain_errors
from openclaw.simulator import disk, phone
from openclaw.simulator.kinds import KINDS
from openclaw.simulator.page.settings import change_settings, read_document

_DAY_S = 86_400.0


@click.command()
@database_option
@click.option("--off", is_flag=True, help="Switch KIND off again, or without one everything.")
@click.option("--json", "as_json", is_flag=True, help="Print the kinds as JSON, or which of them are on.")
@click.argument("kind", required=False, type=click.Choice(list(KINDS)), metavar="[KIND]")
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...")
def misbehave(db: Path | None, off: bool, kind: str | None, fields: tuple[str, ...], as_json: bool) -> None:
    """Let something go wrong from now on; without KIND, list what can.

    Each KIND has FIELDs of its own, and `times`: how often each program does it.
    """
    database = database_of(db)
    with plain_errors():
        if kind or off:
            entry = {"kind": kind, **_values(kind, fields)} if kind and not off else None
            change_settings(database, lambda document: _change(document, kind, entry))
        on = [each["kind"] for each in _entries(read_document(database))]
    if as_json:
        kinds = [
            {"kind": name, "fields": dict(each.fields), "does": each.does} for name, each in KINDS.items()
        ]
        click.echo(json.dumps({"on": on} if kind or off else {"on": on, "kinds": kinds}))
        return
    if kind or off:
        click.echo("On: " + (", ".join(on) or "nothing"))
        return
    for name, each in KINDS.items():
        given = "".join(f" {field}={json.dumps(value)}" for field, value in each.fields.items())
        click.echo(f"{'*' if name in on else ' '} {name}{given}\n    {each.does}")


@click.command()
@database_option
@click.option("--from", "sender", required=True, metavar="HANDLE", help="Who is writing: a number or mail.")
@click.option("--days-ago", type=float, default=0.0, help="Date the first message so long ago.")
@click.option("--step", type=float, default=1.0, show_default=True, help="Seconds from one to the next.")
@click.argument("count", type=click.IntRange(1, 1_000_000))
def backlog(db: Path | None, sender: str, days_ago: float, step: float, count: int) -> None:
    """Bring COUNT messages at once, the last of this moment, or old ones as iCloud does after a sync."""
    texts = [f"message {number + 1}" for number in range(count)]
    with plain_errors():
        if days_ago:
            said = phone.backlog(
                database_of(db), sender, texts, step=step, at=time.time() - days_ago * _DAY_S
            )
        else:
            said = phone.backlog(database_of(db), sender, texts, step=step)
    click.echo(f"Rows {said[0].row_id} to {said[-1].row_id} in chat {said[0].chat_id}.")


@click.command("replace-database")
@database_option
@click.option("--own", help="The new account's number or mail, if it is another one.")
@click.option("--first-id", default=1, show_default=True, help="Where rows and chats start to count.")
def replace_database(db: Path | None, own: str | None, first_id: int) -> None:
    """Put the empty database of another Mac in the place of this one."""
    with plain_errors():
        disk.replace_database(database_of(db), own, first_id=first_id)
    click.echo(f"{database_of(db)} is another database now.")


@click.command()
@database_option
@click.argument("copy", type=click.Path(dir_okay=False, path_type=Path))
def snapshot(db: Path | None, copy: Path) -> None:
    """Copy the database to COPY."""
    with plain_errors():
        disk.snapshot(database_of(db), copy)
    click.echo(f"Copied to {copy}.")


@click.command()
@database_option
@click.argument("copy", type=click.Path(dir_okay=False, exists=True, path_type=Path))
def restore(db: Path | None, copy: Path) -> None:
    """Put COPY in the place of the database, as when a backup is restored."""
    with plain_errors():
        disk.restore(database_of(db), copy)
    click.echo(f"{database_of(db)} is as it was in {copy}.")


COMMANDS = (misbehave, backlog, replace_database, snapshot, restore)


def _change(document: dict[str, object], kind: str | None, entry: dict[str, Any] | None) -> None:
    kept = [each for each in _entries(document) if kind and each["kind"] != kind]
    document["misbehaviour"] = [*kept, entry] if entry else kept


def _entries(document: dict[str, object]) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", document.get("misbehaviour", []))


def _values(kind: str, fields: tuple[str, ...]) -> dict[str, Any]:
    values: dict[str, Any] = {"pressed": time.time_ns()}  # a process counts the uses of one entry
    known: dict[str, Any] = {**KINDS[kind].fields, "times": 1}
    for field in fields:
        name, equals, text = field.partition("=")
        if name not in known or not equals:
            raise click.UsageError(
                f"{field!r} is no field of {kind}; write one of {', '.join(known)} as NAME=VALUE"
            )
        values[name] = text if isinstance(known[name], str) else _parsed(name, text)
    return values


def _parsed(name: str, text: str) -> object:
    try:
        value: object = json.loads(text)
    except ValueError:
        raise click.UsageError(f"{name} must be a number, true or false, not {text!r}") from None
    return value
