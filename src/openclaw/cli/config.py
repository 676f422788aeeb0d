"""`openclaw config file|get|schema|validate`: where the configuration is, what it says, whether it can be used."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import click

from openclaw.cli.impact import print_impact
from openclaw.cli.options import as_json_option
from openclaw.cli.output import clean, clean_lines, print_json
from openclaw.cli.reach import here
from openclaw.config.exposure import load_guarded
from openclaw.config.include import read_with_includes
from openclaw.config.load import Loaded, load_config
from openclaw.config.paths import read_path
from openclaw.config.repetitions import repetitions
from openclaw.config.review import review
from openclaw.config.schema import config_schema
from openclaw.config.secrets import mask_secrets
from openclaw.control.shapes import issue_shape
from openclaw.errors import ConfigError, ConfigInvalid, ConfigIssue, ConfigUnreadable


@click.command("file")
def file() -> None:
    """Print the path of the configuration file, whether or not there is one."""
    locations = here()
    home, path = str(locations.home), str(locations.config_path)
    click.echo("~" + path[len(home) :] if path.startswith(home + os.sep) else path)


@click.command("get")
@click.argument("path")
@click.option("--json", "as_json", is_flag=True, help="Print the value as JSON.")
def get(path: str, as_json: bool) -> None:
    """Print what stands at PATH, for example channels.imessage.dmPolicy or agents.list[0].id.

    Defaults are filled in and secrets are shown as ***. Of a file that breaks rules the plain content is read.
    """
    value = read_path(mask_secrets(_document()), path)
    if as_json:
        print_json(value)
    elif isinstance(value, str):
        click.echo(clean_lines(value))
    else:
        click.echo(json.dumps(value, indent=2, ensure_ascii=False))


@click.command("validate")
@click.option(
    "--impact",
    "changed",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Check FILE instead, and tell what it would have done to the last week's messages.",
)
@as_json_option
def validate(as_json: bool, changed: Path | None) -> None:
    """Check the configuration and name everything that is wrong at once; the exit code is 1 when something is.

    With --impact FILE: check the changed configuration FILE, judge each message of the last seven days by the
    configuration in use and by FILE, and tell which would fare otherwise. Nothing is changed. Texts that are not kept
    any more are read from the phones, where these can be asked.
    """
    locations = here() if changed is None else replace(here(), config_path=changed.absolute())
    judged: Any = None
    issues: tuple[ConfigIssue, ...] = ()
    warnings: tuple[ConfigIssue, ...] = ()
    try:
        # A file to compare with is only read; the one in use has to be one that a gateway would go by.
        loaded = load_config(locations, os.environ) if changed else load_guarded(locations, os.environ)
        warnings = (*repetitions(locations), *loaded.warnings, *review(loaded.config))
        judged = _judging(loaded) if changed else None
    except ConfigInvalid as error:
        issues = error.issues
    except ConfigUnreadable as error:
        issues = (ConfigIssue("", str(error)),)
    path = str(locations.config_path)
    impact = _impact(judged) if judged else None
    if as_json:
        print_json(
            {
                "valid": not issues,
                "path": path,
                "issues": [issue_shape(issue) for issue in issues],
                "warnings": [issue_shape(warning) for warning in warnings],
            }
            | ({"impact": impact} if impact else {})
        )
    else:
        absent = "" if os.path.exists(path) else "there is no such file, so the defaults count; "
        click.echo(f"{path}: {absent}{'valid' if not issues else f'{len(issues)} to mend'}")
        for kind, found in (("", issues), ("Warning: ", warnings)):
            for issue in found:
                click.echo(f"- {kind}{_sentence(issue)}", err=bool(issues))
        if impact is not None:
            print_impact(impact)
    sys.exit(1 if issues else 0)


@click.command("schema")
def schema() -> None:
    """Print the JSON Schema of the configuration file, for editors and checks."""
    print_json(config_schema())


# The other commands of this group stay quick: they load no stage and no ledger.
def _judging(loaded: Loaded) -> Any:
    from openclaw.assembly import judging, make_plan

    return judging(make_plan(loaded))


def _impact(judged: Any) -> dict[str, Any]:
    from openclaw.cli.week import impact_of

    return impact_of(judged, here())


def _document() -> dict[str, Any]:
    locations = here()
    try:
        return dict(load_config(locations, os.environ).document)
    except ConfigUnreadable:
        raise
    except ConfigError as error:
        click.echo(
            f"The file breaks rules, so defaults are not filled in. {clean_lines(str(error))}", err=True
        )
        raw = read_with_includes(locations.config_path)
        if not isinstance(raw, dict):
            raise
        return cast("dict[str, Any]", raw)


def _sentence(issue: ConfigIssue) -> str:
    fix = f". Fix: {issue.fix}" if issue.fix else ""
    return clean(f"{issue.path or '<root>'}: {issue.message}{fix}")
