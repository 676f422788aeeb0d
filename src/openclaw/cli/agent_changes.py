"""`openclaw agents add|delete|bind|unbind|set-identity`: changing the agents in the configuration."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import click

from openclaw.cli.options import as_json_option
from openclaw.cli.output import clean, print_json
from openclaw.cli.reach import here
from openclaw.cli.saving import document_here, dry_run_option, save, shown, yes_option
from openclaw.config.accounts import default_account, resolve_accounts
from openclaw.config.agent_edits import (
    Bound,
    parse_bound,
    with_agent,
    with_bound,
    with_identity,
    without_agent,
    without_bindings,
    without_bound,
)
from openclaw.config.agents import default_agent, resolve_agents
from openclaw.config.grammar import normalise_id
from openclaw.config.load import load_config
from openclaw.config.sections.root import Config
from openclaw.errors import NotFound

_CHANNELS = ("imessage",)
_bind_option = click.option(
    "--bind",
    "bound",
    multiple=True,
    metavar="CHANNEL[:ACCOUNT]",
    help="A whole account, such as imessage:work; imessage alone is the default account. May be repeated.",
)
_agent_option = click.option("--agent", metavar="ID", help="The agent; without it the default one.")


@click.command("add")
@click.argument("agent")
@click.option("--name", metavar="TEXT", help="What to call it in lists.")
@click.option("--workspace", metavar="PATH", help="Its folder, instead of one of its own beside the others.")
@click.option("--model", metavar="PROVIDER/MODEL", help="Its model, instead of agents.defaults.model.")
@_bind_option
@dry_run_option
@as_json_option
def add(agent: str, bound: tuple[str, ...], dry_run: bool, as_json: bool, **given: str | None) -> None:
    """Add an agent called AGENT. The name main is reserved.

    The first one added stands behind main, which stays the default agent.
    """
    config, before, name = load_config(here(), os.environ).config, document_here(), normalise_id(agent)
    after = with_agent(before, name, {key: text for key, text in given.items() if text})
    for one in _parsed(bound, config):
        after = with_bound(after, name, one)
    _finish(f"Added agent {name}.", name, before, after, dry_run=dry_run, as_json=as_json, by="add")


@click.command("delete")
@click.argument("agent")
@dry_run_option
@yes_option
@as_json_option
def delete(agent: str, dry_run: bool, assume: bool, as_json: bool) -> None:
    """Take the agent AGENT and its bindings out of the configuration, after asking.

    Its workspace and what it said stay where they are. The name main is reserved.
    """
    before, name = document_here(), normalise_id(agent)
    after = without_agent(before, name)
    if not (assume or dry_run) and not click.confirm(f"Delete the agent {name}?", err=as_json):
        raise click.Abort
    _finish(f"Deleted agent {name}.", name, before, after, dry_run=dry_run, as_json=as_json, by="delete")


@click.command("bind")
@_agent_option
@_bind_option
@dry_run_option
@as_json_option
def bind(agent: str | None, bound: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """Have an agent answer whole accounts.

    An account that another agent answers is refused. Bindings of single conversations are written in the file.
    """
    config, before = load_config(here(), os.environ).config, document_here()
    name = _chosen(agent, config)
    after: Mapping[str, Any] = before
    for one in _needed(bound, config):
        after = with_bound(after, name, one)
    _finish(
        f"{name} answers {', '.join(bound)}.",
        name,
        before,
        after,
        dry_run=dry_run,
        as_json=as_json,
        by="bind",
    )


@click.command("unbind")
@_agent_option
@_bind_option
@click.option("--all", "everything", is_flag=True, help="Every whole account that it answers.")
@dry_run_option
@as_json_option
def unbind(agent: str | None, bound: tuple[str, ...], everything: bool, dry_run: bool, as_json: bool) -> None:
    """Have an agent no longer answer whole accounts; the default agent answers them then."""
    if everything == bool(bound):
        raise click.UsageError("say either --all or what to unbind with --bind")
    config, before = load_config(here(), os.environ).config, document_here()
    name = _chosen(agent, config)
    after: Mapping[str, Any] = before
    if everything:
        after, number = without_bindings(before, name)
        done = f"{number} bindings taken from {name}."
    else:
        for one in _parsed(bound, config):
            after = without_bound(after, name, one)
        done = f"{name} no longer answers {', '.join(bound)}."
    _finish(done, name, before, after, dry_run=dry_run, as_json=as_json, by="unbind")


@click.command("set-identity")
@_agent_option
@click.option("--name", metavar="TEXT", help="What it calls itself.")
@click.option("--emoji", metavar="SIGN", help="A sign that stands for it.")
@click.option("--theme", metavar="TEXT", help="What it is like, in a few words.")
@dry_run_option
@as_json_option
def set_identity(agent: str | None, dry_run: bool, as_json: bool, **given: str | None) -> None:
    """Give an agent a name, a sign, or a character. In groups it is called by name and sign."""
    identity = {key: text for key, text in given.items() if text is not None}
    if not identity:
        raise click.UsageError("say at least one of --name, --emoji and --theme")
    before = document_here()
    name = _chosen(agent, load_config(here(), os.environ).config)
    after = with_identity(before, name, identity)
    _finish(
        f"Changed agent {name}.", name, before, after, dry_run=dry_run, as_json=as_json, by="set-identity"
    )


def _chosen(agent: str | None, config: Config) -> str:
    if agent is None:
        return default_agent(config).id
    known = [one.id for one in resolve_agents(config)]
    if normalise_id(agent) not in known:
        raise NotFound(f"there is no agent {agent}; configured: {', '.join(known)}")
    return normalise_id(agent)


def _needed(bound: tuple[str, ...], config: Config) -> list[Bound]:
    if not bound:
        raise click.UsageError("say what to bind, with --bind imessage or --bind imessage:ACCOUNT")
    return _parsed(bound, config)


def _parsed(bound: tuple[str, ...], config: Config) -> list[Bound]:
    accounts = [account.id for account in resolve_accounts(config)]
    return [parse_bound(text, _CHANNELS, accounts, default_account(config)) for text in bound]


def _finish(
    done: str,
    agent: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    dry_run: bool,
    as_json: bool,
    by: str,
) -> None:
    """Write what was changed, and tell it."""
    changed = save(before, after, f"openclaw agents {by}", dry_run=dry_run, replace=by == "delete")
    if as_json:
        print_json(
            {"agentId": agent, "path": str(changed.path), "changed": changed.changed, "dryRun": dry_run}
        )
        return
    if dry_run:
        click.echo(shown(changed) or "Nothing would change.")
        return
    click.echo(clean(done) if changed.changed else "Nothing to change.")
    for warning in changed.warnings:
        click.echo(f"Warning: {clean(warning.path)}: {clean(warning.message)}")
