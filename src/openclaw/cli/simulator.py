"""`openclaw simulator`: make a Mac that is not there, and be a person who writes to it.

Owns the commands' options and output. What they do to the database is in `openclaw.simulator`.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click

from openclaw.cli import misbehaving
from openclaw.cli.simulated import database_of, database_option, plain_errors
from openclaw.simulator import phone, terminal
from openclaw.simulator.phone import Service

ANSWER_WAIT_S = 60.0
"""How long a phone in a pipe waits for the answer to its last line: a first turn loads the agent's code."""

PROGRAM = "imsg-simulator"


@click.group("simulator")
def group() -> None:
    """A simulated Mac: try the gateway without one."""


for _command in misbehaving.COMMANDS:
    group.add_command(_command)


def _conversation_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--sms", is_flag=True, help="Green instead of blue."),
        click.option("--chat-id", type=int, help="The chat with this id instead of the direct one."),
        click.option("--group", "group_name", help="The group with this name instead of the direct chat."),
        click.option(
            "--from", "sender", required=True, metavar="HANDLE", help="Who is writing: a number or mail."
        ),
        database_option,
    ):
        command = option(command)
    return command


def _program() -> str:
    beside = Path(sys.executable).with_name(PROGRAM)
    return str(beside) if beside.is_file() else shutil.which(PROGRAM) or PROGRAM


@group.command()
@database_option
@click.option("--own", default="+15550100000", show_default=True, help="The account's own number or mail.")
@click.option(
    "--macos", default=15, show_default=True, help="The system to be; 26 spells chat guids differently."
)
@click.option("--json", "as_json", is_flag=True, help="Print the paths as JSON.")
def init(db: Path | None, own: str, macos: int, as_json: bool) -> None:
    """Make an empty Messages database and print what to put into the configuration."""
    database = database_of(db)
    if db is None:
        # Often the first thing in the state directory, which is its owner's alone.
        database.parent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with plain_errors():
        made = phone.create_database(database, own, macos=macos)
    settings = {"cliPath": _program(), "dbPath": str(made)}
    if as_json:
        click.echo(json.dumps(settings))
        return
    block = {"channels": {"imessage": {"enabled": True, **settings}}}
    click.echo(f"A simulated Mac of {own} is at {made}.\nPut this into the configuration:\n")
    click.echo(json.dumps(block, indent=2))


@group.command("make-group")
@database_option
@click.argument("name")
@click.argument("members", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print the chat id as JSON.")
def make_group(db: Path | None, name: str, members: tuple[str, ...], as_json: bool) -> None:
    """Found a group called NAME with MEMBERS."""
    with plain_errors():
        chat = phone.make_group(database_of(db), name, members)
    click.echo(json.dumps({"chat_id": chat}) if as_json else f"{name} is chat {chat}.")


@group.command()
@_conversation_options
@click.argument("text")
@click.option("--body-only", is_flag=True, help="Keep the text where newer systems keep it.")
@click.option("--join-after", type=float, default=0.0, help="Seconds until the row gets its chat.")
@click.option("--text-after", type=float, default=0.0, help="Seconds until the row gets its text and files.")
@click.option(
    "--attach", multiple=True, type=click.Path(exists=True, path_type=Path), help="A file to send along."
)
@click.option("--json", "as_json", is_flag=True, help="Print the written row as JSON.")
def say(
    text: str,
    body_only: bool,
    join_after: float,
    text_after: float,
    attach: tuple[Path, ...],
    as_json: bool,
    **who: object,
) -> None:
    """Say TEXT as somebody."""
    person, database = _person(who)
    with plain_errors():
        said = phone.say(
            database,
            person.handle,
            text,
            chat=person.chat_id,
            group=person.group,
            service=person.service,
            body_only=body_only,
            join_after=join_after,
            text_after=text_after,
            attachments=attach,
        )
    click.echo(json.dumps(asdict(said)) if as_json else f"Said in chat {said.chat_id} as row {said.row_id}.")


@group.command("phone")
@_conversation_options
@click.option(
    "--wait", type=float, help="Seconds to wait for an answer when the input has ended (a pipe: 60)."
)
def phone_(wait: float | None, **who: object) -> None:
    """Be somebody's phone: type lines, see the answers come.

    In a pipe it ends with the answer to the last line, or with exit code 1 when none comes in time.
    """
    person, database = _person(who)
    patience = wait if wait is not None else 0.0 if sys.stdin.isatty() else ANSWER_WAIT_S
    with plain_errors():
        answered = terminal.converse(database, person, sys.stdin, click.echo, patience)
    if not answered and not sys.stdin.isatty():
        raise click.ClickException(
            f"no answer within {patience:g} seconds; is the gateway running on {database}?"
        )


@group.command()
@_conversation_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def thread(as_json: bool, **who: object) -> None:
    """Print a conversation, oldest first."""
    person, database = _person(who)
    with plain_errors():
        for bubble in phone.read_thread(database, person.thread):
            click.echo(json.dumps(asdict(bubble)) if as_json else terminal.shown(bubble))


def _person(who: dict[str, object]) -> tuple[terminal.Person, Path]:
    service: Service = "SMS" if who["sms"] else "iMessage"
    chat, name, db = who["chat_id"], who["group_name"], who["db"]
    person = terminal.Person(
        handle=str(who["sender"]),
        group=name if isinstance(name, str) else None,
        chat_id=chat if isinstance(chat, int) else None,
        service=service,
    )
    return person, database_of(db if isinstance(db, Path) else None)
