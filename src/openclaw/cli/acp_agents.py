"""`openclaw acp agents`: the outside agents that a conversation can be bound to, and whether each starts."""

from __future__ import annotations

import asyncio
import os
import shlex

import click

from openclaw.agents.acp.trial import Standing, Trial, try_out
from openclaw.cli.options import as_json_option
from openclaw.cli.output import print_json, print_table
from openclaw.cli.reach import here
from openclaw.config.acp import AcpSettings, acp_settings
from openclaw.config.exposure import load_guarded
from openclaw.config.grammar import normalise_id
from openclaw.errors import NotFound
from openclaw.logs.unopened import warn_on_stderr

_LONGEST_SHOWN = 300


@click.command("agents")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--fetch", is_flag=True, help="Also start those that npx has to fetch first, over the network.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0.1, max=600),
    default=20.0,
    show_default=True,
    help="How long each may take to start and greet.",
)
@as_json_option
def command(names: tuple[str, ...], fetch: bool, seconds: float, as_json: bool) -> None:
    """List the outside agents, known and configured, and start each to see whether it answers; or only those named.

    Nothing is asked of a model, and each is ended again. The exit code is 1 when one that was named does not start.
    """
    warn_on_stderr()
    loaded = load_guarded(here(), os.environ)
    settings = acp_settings(loaded.config)
    wanted = _wanted(settings, names)
    tried = asyncio.run(try_out(settings, loaded.environment, wanted, fetch=fetch, seconds=seconds))
    if as_json:
        print_json({"agents": [_shape(one) for one in tried]})
    else:
        print_table(("Agent", "Standing", "Says", "Command"), [_row(one) for one in tried])
    if names and any(one.standing in (Standing.BROKEN, Standing.MISSING) for one in tried):
        raise SystemExit(1)


def _wanted(settings: AcpSettings, names: tuple[str, ...]) -> list[str]:
    wanted = [normalise_id(name) for name in names]
    if unknown := [name for name in wanted if name not in settings.harnesses]:
        known = ", ".join(sorted(settings.harnesses))
        raise NotFound(f"no outside agent is called {unknown[0]}; there are {known} (more: acp.agents)")
    return wanted or sorted(settings.harnesses)


def _row(one: Trial) -> tuple[object, ...]:
    standing = one.standing if one.is_allowed else f"{one.standing}; not in acp.allowedAgents"
    return one.name, standing, one.says[:_LONGEST_SHOWN], shlex.join(one.argv) if one.argv else None


def _shape(one: Trial) -> dict[str, object]:
    return {
        "name": one.name,
        "argv": one.argv,
        "standing": one.standing,
        "says": one.says,
        "allowed": one.is_allowed,
    }
