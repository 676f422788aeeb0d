"""Groups whose commands cost more to load than a list of them is worth: the configuration, the agents, the audit.

Each command is in the module that its entry names.
"""

from __future__ import annotations

import click

from openclaw.cli.lazy import Entry, LazyGroup
from openclaw.cli.options import as_json_option, bindings_option

_CONFIG = {
    "file": Entry("openclaw.cli.config", "file", "Print the path of the configuration file."),
    "get": Entry("openclaw.cli.config", "get", "Print what stands at a path."),
    "history": Entry("openclaw.cli.config_changes", "history", "List the changes that are kept."),
    "schema": Entry("openclaw.cli.config", "schema", "Print the JSON Schema of the file, for editors."),
    "set": Entry("openclaw.cli.config_changes", "set_", "Set what stands at a path, or several at once."),
    "undo": Entry("openclaw.cli.config_changes", "undo_", "Take the last change back."),
    "unset": Entry("openclaw.cli.config_changes", "unset", "Take away what stands at a path."),
    "validate": Entry(
        "openclaw.cli.config", "validate", "Check the file, and name everything that is wrong."
    ),
}
_SECURITY = {"audit": Entry("openclaw.cli.security", "command", "Name every door that is open.")}
_AGENTS = {
    "list": Entry("openclaw.cli.agents", "list_", "List the agents as they are configured."),
    "bindings": Entry("openclaw.cli.agents", "bindings", "List what is bound to which agent."),
    "add": Entry("openclaw.cli.agent_changes", "add", "Add an agent."),
    "delete": Entry("openclaw.cli.agent_changes", "delete", "Take an agent and its bindings out."),
    "bind": Entry("openclaw.cli.agent_changes", "bind", "Have an agent answer whole accounts."),
    "unbind": Entry("openclaw.cli.agent_changes", "unbind", "Have an agent no longer answer them."),
    "set-identity": Entry(
        "openclaw.cli.agent_changes", "set_identity", "Name an agent, give it a character."
    ),
}


@click.group("config", cls=LazyGroup, entries=_CONFIG)
def config() -> None:
    """Look at the configuration, check it, change it."""


@click.group("security", cls=LazyGroup, entries=_SECURITY)
def security() -> None:
    """Find out who could get in, or at what."""


@click.group("agents", cls=LazyGroup, entries=_AGENTS, invoke_without_command=True)
@bindings_option
@as_json_option
@click.pass_context
def agents(ctx: click.Context, bindings: bool, as_json: bool) -> None:
    """See the agents and what they answer; add, bind, name one. Alone it lists them."""
    if ctx.invoked_subcommand is None:
        from openclaw.cli.agents import list_agents

        list_agents(bindings=bindings, as_json=as_json)
    elif bindings or as_json:
        raise click.UsageError(f"options go behind the command: openclaw agents {ctx.invoked_subcommand} …")
