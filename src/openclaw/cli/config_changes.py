"""`openclaw config set|unset|undo|history`: changing the file, and taking changes back. Everything is judged first."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import click
import pyjson5

from openclaw.cli.options import as_json_option
from openclaw.cli.output import clean, clean_lines, local_time, print_json, print_table
from openclaw.cli.reach import here
from openclaw.config.change import Change, Changed, change_file
from openclaw.config.difference import difference
from openclaw.config.history import past_changes
from openclaw.config.load import load_config
from openclaw.config.paths import render_path
from openclaw.config.typed import parse_argument, typed_path
from openclaw.config.undo import undo
from openclaw.control.shapes import issue_shape
from openclaw.errors import BadRequest, ConfigIssue

_BY = "cli"
_TAKEN_UP = "A running gateway takes it up by itself."
_NOT_TAKEN_UP = (
    "gateway.reload.mode is off: a running gateway takes it up when told (SIGHUP), or at its next start."
)
_BATCH_KEYS = frozenset({"path", "value", "unset", "merge"})

_dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Check it and show the difference; write nothing."
)
_replace_option = click.option(
    "--replace", is_flag=True, help="Allow a whole channel, all accounts or half of the file to go."
)


@click.command("set")
@click.argument("path", required=False)
@click.argument("value", required=False)
@click.option(
    "--strict-json", is_flag=True, help="VALUE must be JSON; without it, what is no JSON5 is a text."
)
@click.option("--merge", is_flag=True, help="Lay an object over the one that is there.")
@_replace_option
@_dry_run_option
@click.option(
    "--batch-json", metavar="TEXT", help="Several changes at once, all or none, as a list (see above)."
)
@click.option("--batch-file", metavar="FILE", help="The same from a file; - is standard input.")
@as_json_option
def set_(
    path: str | None,
    value: str | None,
    batch_json: str | None,
    batch_file: str | None,
    **options: bool,
) -> None:
    """Set what stands at PATH, for example channels.imessage.dmPolicy or agents.list[0].id, to VALUE.

    Comments and formatting of the file stay. VALUE is JSON5 when it can be read as that, else a text; a number with a
    plus sign is a phone number, so a text. `--json` is about the output, as everywhere; `--strict-json` is about VALUE.
    A value that begins with - goes behind --.

    A batch is a list of {"path": "…", "value": …}, {"path": "…", "value": {…}, "merge": true} and
    {"path": "…", "unset": true}.
    """
    if [path, batch_json, batch_file].count(None) != 2 or (path is None) != (value is None):
        raise click.UsageError("give PATH and VALUE, or --batch-json, or --batch-file")
    if path is not None and value is not None:
        given = parse_argument(value, strict=options["strict_json"])
        changes = [Change(typed_path(path), given, merge=options["merge"])]
    else:
        changes = _batch(_read(batch_file) if batch_json is None else batch_json, merge=options["merge"])
    _make(changes, dry_run=options["dry_run"], replace=options["replace"], as_json=options["as_json"])


@click.command("unset")
@click.argument("path")
@_replace_option
@_dry_run_option
@as_json_option
def unset(path: str, replace: bool, dry_run: bool, as_json: bool) -> None:
    """Take away what stands at PATH, with the comment behind it; its default counts again."""
    _make([Change.removal(typed_path(path))], dry_run=dry_run, replace=replace, as_json=as_json)


@click.command("undo")
@_dry_run_option
@click.option("--force", is_flag=True, help="Also when the file was changed by hand since.")
@as_json_option
def undo_(dry_run: bool, force: bool, as_json: bool) -> None:
    """Take the last change of `config set`, `unset`, a chat or the page back; again, and it is there again."""
    undone = undo(here(), os.environ, by=_BY, dry_run=dry_run, force=force)
    result = Changed(undone.path, undone.before != undone.after, undone.before, undone.after, undone.warnings)
    _tell(result, undone.what, dry_run=dry_run, as_json=as_json)


@click.command("history")
@as_json_option
def history(as_json: bool) -> None:
    """List the changes that are kept, the newest first: when, by whom, which keys; never a value."""
    changes = past_changes(here())
    if as_json:
        rows = [
            {"at": one.at.isoformat(), "by": one.by, "what": list(one.what), "file": str(one.file)}
            for one in changes
        ]
        print_json({"changes": rows})
    elif not changes:
        click.echo("No change is kept.")
    else:
        table = [(local_time(one.at.isoformat()), one.by, ", ".join(one.what), one.file) for one in changes]
        print_table(("WHEN", "BY", "WHAT", "FILE"), table)


def _make(changes: Sequence[Change], *, dry_run: bool, replace: bool, as_json: bool) -> None:
    result = change_file(here(), os.environ, changes, by=_BY, dry_run=dry_run, replace=replace)
    if not result.changed and not as_json and len(changes) == 1:
        why = "is not set" if changes[0].remove else "stands there like that already"
        click.echo(f"unchanged: {clean(render_path(changes[0].path))} {why}")
        return
    _tell(result, tuple(change.words for change in changes), dry_run=dry_run, as_json=as_json)


def _tell(result: Changed, what: Sequence[str], *, dry_run: bool, as_json: bool) -> None:
    """Say what became of it, and what the configuration newly warns of."""
    outcome = "unchanged" if not result.changed else "would change" if dry_run else "written"
    lines = difference(result.before, result.after) if dry_run else []
    if as_json:
        body: dict[str, Any] = {
            "outcome": outcome,
            "path": str(result.path),
            "what": list(what),
            "warnings": [issue_shape(warning) for warning in result.warnings],
        }
        print_json(body | ({"difference": lines} if dry_run else {}))
        return
    if outcome == "written":
        click.echo(clean(f"written to {result.path}: {', '.join(what)}. {_uptake()}"))
    else:
        click.echo(f"{outcome}: {clean(str(result.path))}" + (" (nothing was written)" if dry_run else ""))
    for line in lines:
        click.echo(clean_lines(line))
    for warning in result.warnings:
        click.echo(clean(f"Warning: {_sentence(warning)}"), err=True)


def _uptake() -> str:
    mode = load_config(here(), os.environ).config.gateway.reload.mode
    return _NOT_TAKEN_UP if mode == "off" else _TAKEN_UP


def _sentence(issue: ConfigIssue) -> str:
    return f"{issue.path}: {issue.message}" + (f". Fix: {issue.fix}" if issue.fix else "")


def _read(name: str | None) -> str:
    try:
        return sys.stdin.read() if name in ("-", None) else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadRequest(f"{name} cannot be read: {error}") from error


def _batch(text: str, *, merge: bool) -> list[Change]:
    try:
        rows: Any = pyjson5.decode(text)
    except pyjson5.Json5Exception as error:
        raise BadRequest(f"the batch is not JSON5: {error.args[0]}") from error
    if not isinstance(rows, list) or not rows:
        raise BadRequest("the batch must be a list of changes, and not an empty one")
    return [
        _change(row, position, merge=merge)
        for position, row in enumerate(cast("list[object]", rows), start=1)
    ]


def _change(row: object, position: int, *, merge: bool) -> Change:
    entries = cast("dict[str, Any]", row) if isinstance(row, dict) else {}
    path, unset_ = entries.get("path"), entries.get("unset", False)
    if not isinstance(path, str) or not entries.keys() <= _BATCH_KEYS:
        known = json.dumps(sorted(_BATCH_KEYS))
        raise BadRequest(
            f"change {position} of the batch must be an object with a path; its keys are {known}"
        )
    if unset_ is True and "value" not in entries:
        return Change.removal(typed_path(path))
    if unset_ is not False or "value" not in entries:
        raise BadRequest(f'change {position} of the batch needs either a value or "unset": true')
    return Change(typed_path(path), entries["value"], merge=merge or entries.get("merge") is True)
