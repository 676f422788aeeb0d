"""`openclaw acp`: the agent of this configuration, served to programs that speak the Agent Client Protocol."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping

import click

from openclaw.cli.lazy import Entry, LazyGroup
from openclaw.cli.reach import here

BELOW: Mapping[str, Entry] = {
    "agents": Entry(
        "openclaw.cli.acp_agents", "command", "List the outside agents, and whether each starts."
    ),
}
"""The commands below it."""


@click.group("acp", cls=LazyGroup, entries=BELOW, invoke_without_command=True)
@click.option(
    "--agent", metavar="ID", default="", help="The agent of agents.list that answers, instead of the default."
)
@click.option(
    "--model",
    metavar="PROVIDER/MODEL",
    default="",
    help="The model that answers, instead of the configured ones.",
)
@click.option(
    "--permissions",
    type=click.Choice(["ask", "allow"]),
    default="ask",
    show_default=True,
    help="Whether a new session asks its user before tools that can change something.",
)
@click.option("--verbose", is_flag=True, help="Log in more detail to standard error.")
@click.pass_context
def group(ctx: click.Context, agent: str, model: str, permissions: str, verbose: bool) -> None:
    """Serve an agent to an editor, or to another client of the Agent Client Protocol, over standard input and output.

    The client starts this command; it ends when the client does. The agent is that of the configuration, with its
    model, tools and workspace. No gateway needs to run, and nothing of it is used.
    """
    if ctx.invoked_subcommand is not None:
        return
    # What is imported stays: collecting among it costs a third of the start, and a second at the end, when the client
    # waits for us to be gone.
    gc.disable()
    from openclaw import serving

    gc.freeze()
    gc.enable()
    if sys.stdin.isatty():
        click.echo("Waiting for a client on standard input; let an editor start this command.", err=True)
    wanted = serving.Wanted(agent, model, permissions == "ask", "debug" if verbose else "warn")
    serving.run(here(), os.environ, wanted)
