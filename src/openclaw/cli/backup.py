"""`openclaw backup` and `openclaw restore`: a copy of the ledger, and the way back."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from openclaw.cli.options import as_json_option
from openclaw.cli.output import clean, print_json
from openclaw.cli.reach import here
from openclaw.config.locations import Locations
from openclaw.store import FILE_NAME, lock_state
from openclaw.store.backup import Backup, back_up, default_path
from openclaw.store.restore import Restored, restore


@click.command("backup")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@as_json_option
def backup(path: Path | None, as_json: bool) -> None:
    """Copy the ledger to the new file PATH, and check the copy.

    Works while the gateway runs, and does not disturb it. Without PATH the copy goes to `backups` in the state
    directory, with the time in its name. It holds people's messages and addresses; it has no key of a model in it.
    """
    locations = here()
    target = path or default_path(locations.state_dir, datetime.now(UTC))
    made = back_up(locations.state_dir / FILE_NAME, target)
    body = _copy_shape(made) | {"notInIt": _left_out(locations)}
    if as_json:
        print_json(body)
        return
    click.echo(f"Copied and checked: {made.path} ({made.size} bytes, schema {made.schema}).")
    click.echo(f"In it: {_counted(made)}. Whoever has it can read them.")
    click.echo(f"Not in it: {', '.join(body['notInIt'])}; keep these with it if you move.")
    click.echo(f"Put it back, with the gateway stopped: openclaw restore {made.path}")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--answer-missed",
    is_flag=True,
    help="Go on where the copy stops, and answer everything since; only if no gateway answered since.",
)
@as_json_option
def restore_command(file: Path, answer_missed: bool, as_json: bool) -> None:
    """Put the copy FILE in the place of the ledger; the gateway must not run.

    The copy does not know what was answered after it was made. So nothing that reached the phones until the next start
    is answered, and what the copy had under way waits for your decision. The ledger that stood there is kept in
    `backups`.
    """
    state_dir = here().state_dir
    with lock_state(state_dir):
        done = asyncio.run(restore(file, state_dir, datetime.now(UTC), answer_missed=answer_missed))
    if as_json:
        print_json(_restored_shape(done, answer_missed=answer_missed))
    else:
        _tell(done, answer_missed=answer_missed)


def _tell(done: Restored, *, answer_missed: bool) -> None:
    click.echo(f"Restored {done.copy.path.name}: {_counted(done.copy)}.")
    if done.replaced:
        click.echo(f"The ledger that stood there is kept: {done.replaced}")
    withheld = done.withheld
    if answer_missed:
        click.echo(
            "At the next start everything since the copy is answered, also what was answered meanwhile."
        )
    else:
        click.echo("Nothing that reached the phones before the next start is answered.")
        for account in withheld.accounts:
            click.echo(
                f"Groups that {clean(account)} did not know are not answered until you say that its Mac is the "
                f"same: openclaw channels confirm-database --account {clean(account)}"
            )
        waiting = (
            ("messages", withheld.messages),
            ("turns", withheld.turns),
            ("deliveries", withheld.deliveries),
        )
        if any(count for _, count in waiting):
            listed = ", ".join(f"{count} {what}" for what, count in waiting if count)
            click.echo(f"The copy had {listed} under way; decide about them: openclaw attention")
    click.echo("Approvals, pauses and forgotten people are as they were then; see: openclaw pairing grants")


def _copy_shape(made: Backup) -> dict[str, Any]:
    return {"path": str(made.path), "bytes": made.size, "schema": made.schema, "rows": dict(made.rows)}


def _restored_shape(done: Restored, *, answer_missed: bool) -> dict[str, Any]:
    withheld = done.withheld
    return {
        "rows": dict(done.copy.rows),
        "schema": done.copy.schema,
        "replaced": str(done.replaced) if done.replaced else None,
        "answerMissed": answer_missed,
        "beginAnew": list(withheld.accounts),
        "withheld": {
            "messages": withheld.messages,
            "turns": withheld.turns,
            "deliveries": withheld.deliveries,
        },
    }


def _left_out(locations: Locations) -> list[str]:
    """What a move needs beside the ledger; the tokens are made anew where they are missing."""
    beside = (locations.config_path, locations.state_dir / ".env")
    return [clean(str(path)) for path in beside if path.exists()] or ["the configuration"]


def _counted(made: Backup) -> str:
    named = ("messages", "turns", "deliveries", "sessions", "approvals")
    return ", ".join(f"{made.rows[what]} {what}" for what in named)
