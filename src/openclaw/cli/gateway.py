"""`openclaw gateway`: run the gateway in the foreground."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import click

from openclaw.cli.reach import here

_HIGHEST_PORT = 65535


def _run_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option(
            "--phone",
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="DB",
            help="Serve the page of a simulated Mac's phone at /phone, from this database; for trying out.",
        ),
        click.option("--verbose", is_flag=True, help="Log in more detail to the terminal."),
        click.option(
            "--port",
            type=click.IntRange(1, _HIGHEST_PORT),
            help="Where `openclaw` commands reach the gateway on this machine, instead of gateway.port (18789).",
        ),
    ):
        command = option(command)
    return command


@click.group("gateway", invoke_without_command=True)
@_run_options
@click.pass_context
def group(ctx: click.Context, port: int | None, verbose: bool, phone: Path | None) -> None:
    """Run the gateway: answer messages until stopped (Ctrl-C or SIGTERM).

    One gateway runs on a state directory; a second one ends at once and names the first one's process.
    """
    if ctx.invoked_subcommand is None:
        _run(port, verbose, phone)


@group.command("run")
@_run_options
@click.pass_context
def run(ctx: click.Context, port: int | None, verbose: bool, phone: Path | None) -> None:
    """Run the gateway; the same as `openclaw gateway`."""
    given = ctx.parent.params if ctx.parent else {}
    _run(port or given.get("port"), verbose or bool(given.get("verbose")), phone or given.get("phone"))


def _run(port: int | None, verbose: bool, phone: Path | None) -> None:
    from openclaw import app

    sys.exit(app.run(here(), os.environ, port=port, verbose=verbose, phone=phone))
