"""`openclaw gateway`: run the gateway in the foreground; below it, the gateway as a service, and how it stands."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from openclaw.cli import gateway_status, service
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
        click.option("--quiet", is_flag=True, help="Log only what is wrong to the terminal."),
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
def group(ctx: click.Context, **given: Any) -> None:
    """Run the gateway: answer messages until stopped (Ctrl-C or SIGTERM).

    One gateway runs on a state directory; a second one ends at once and names the first one's process. The commands
    below make it a service of this machine, which runs without a terminal.
    """
    if ctx.invoked_subcommand is None:
        _run(given)


@group.command("run")
@_run_options
@click.pass_context
def run(ctx: click.Context, **given: Any) -> None:
    """Run the gateway; the same as `openclaw gateway`."""
    above = ctx.parent.params if ctx.parent else {}
    _run({name: value or above.get(name) for name, value in given.items()})


def _run(given: dict[str, Any]) -> None:
    from openclaw import app

    code = app.run(
        here(),
        os.environ,
        port=given["port"],
        console="debug" if given["verbose"] else "error" if given["quiet"] else None,
        phone=given["phone"],
    )
    sys.exit(code)


for _command in (*service.COMMANDS, *gateway_status.COMMANDS):
    group.add_command(_command)
