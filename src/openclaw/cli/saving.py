"""Changing the configuration file for a command: from the document as it shall be to the file, with a look before.

Asks and shows; how the file is changed is the configuration's own work.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, cast

import click

from openclaw.cli.output import clean_lines
from openclaw.cli.reach import here
from openclaw.config.change import Changed, change_file
from openclaw.config.difference import difference
from openclaw.config.include import read_with_includes
from openclaw.config.rewrite import changes_between

dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Show what would be written, and write nothing."
)
yes_option = click.option("--yes", "assume", is_flag=True, help="Ask nothing.")


def document_here() -> dict[str, Any]:
    """The configuration's plain data, variables not put in; empty without a file. Raises ConfigError."""
    path = here().config_path
    raw: object = read_with_includes(path) if os.path.lexists(path) else None
    return cast("dict[str, Any]", raw) if isinstance(raw, dict) else {}


def save(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    by: str,
    *,
    dry_run: bool,
    replace: bool = False,
    agree: Callable[[str], bool] | None = None,
) -> Changed:
    """Make the file that says ``before`` say ``after``; ``by`` is the command, for the file's history.

    ``agree`` is shown the difference and decides; click.Abort is raised when it says no. With ``dry_run`` nothing is
    written. ``replace`` says that losing much of the file is meant. Raises ConfigError when the result would not be
    valid, or cannot be made.
    """
    changes, locations = changes_between(before, after), here()
    if agree is not None and not dry_run:
        planned = change_file(locations, os.environ, changes, by=by, dry_run=True, replace=replace)
        if planned.changed and not agree(shown(planned)):
            raise click.Abort
    return change_file(locations, os.environ, changes, by=by, dry_run=dry_run, replace=replace)


def shown(changed: Changed) -> str:
    """The difference for a person, secrets masked; "" when there is none."""
    return clean_lines("\n".join(difference(changed.before, changed.after)))
