"""`openclaw agents list|bindings`: which agents there are, and what each answers."""

from __future__ import annotations

import os
from typing import Any

import click

from openclaw.cli.options import as_json_option, bindings_option
from openclaw.cli.output import clean, print_json, print_table
from openclaw.cli.reach import here
from openclaw.config.agents import AgentConfig, is_answering, resolve_agents
from openclaw.config.grammar import normalise_id
from openclaw.config.load import load_config
from openclaw.config.sections.bindings import Binding
from openclaw.domain.acp import AcpBinding, outside_name
from openclaw.domain.ids import DEFAULT_ACCOUNT
from openclaw.errors import NotFound
from openclaw.store import FILE_NAME, acp_bindings
from openclaw.store.view import open_view


@click.command("list")
@bindings_option
@as_json_option
def list_(bindings: bool, as_json: bool) -> None:
    """List the agents as they are configured."""
    list_agents(bindings=bindings, as_json=as_json)


@click.command("bindings")
@click.option("--agent", metavar="ID", help="Those of this agent only.")
@as_json_option
def bindings(agent: str | None, as_json: bool) -> None:
    """List what is bound to which agent, in the order of the file. What nothing claims is the default agent's."""
    config = load_config(here(), os.environ).config
    known, chats = [one.id for one in resolve_agents(config)], _made_in_chats()
    made = [one for one in chats if agent is None or outside_name(one.agent) == normalise_id(agent)]
    if agent is not None and normalise_id(agent) not in known and not made:
        raise NotFound(f"there is no agent {agent}; configured: {', '.join(known)}")
    found = [
        one for one in config.bindings if agent is None or normalise_id(one.agent_id) == normalise_id(agent)
    ]
    if as_json:
        print_json([_binding_shape(one) for one in found] + [_made_shape(one) for one in made])
    elif not found and not made:
        click.echo("Nothing is bound; the default agent answers everything.")
    else:
        rows = [(normalise_id(one.agent_id), one.type, describe(one), one.comment) for one in found]
        rows += [(outside_name(one.agent), "chat", _made(one), f"by {one.by}") for one in made]
        print_table(("Agent", "Kind", "Answers", "Comment"), rows)


def _made_in_chats() -> list[AcpBinding]:
    """The conversations that people bound to outside agents in the chat; none where there is no ledger yet."""
    file = here().state_dir / FILE_NAME
    if not file.exists():
        return []
    with open_view(file) as tx:
        return acp_bindings.every(tx)


def _made(binding: AcpBinding) -> str:
    return f"imessage, account {binding.account}, {binding.chat}"


def _made_shape(binding: AcpBinding) -> dict[str, Any]:
    return {
        "agentId": outside_name(binding.agent),
        "type": "chat",
        "match": {"channel": "imessage", "accountId": binding.account, "peer": None, "chatKey": binding.chat},
        "session": binding.session,
        "boundBy": binding.by,
        "description": _made(binding),
    }


def describe(binding: Binding) -> str:
    """What a binding matches, in a person's words."""
    match = binding.match
    account = "any account" if match.account_id == "*" else f"account {match.account_id or DEFAULT_ACCOUNT}"
    words = f"{match.channel}, {account}"
    if match.peer is not None:
        words += f", {match.peer.kind} {'any' if match.peer.is_any else match.peer.id}"
    return words


def list_agents(*, bindings: bool, as_json: bool) -> None:
    """Print the agents as they are configured; raises ConfigError when they cannot be known."""
    config = load_config(here(), os.environ).config
    agents = resolve_agents(config)
    bound = {
        agent.id: [one for one in config.bindings if normalise_id(one.agent_id) == agent.id]
        for agent in agents
    }
    if as_json:
        shapes = [_shape(agent, len(bound[agent.id])) for agent in agents]
        if bindings:
            for shape in shapes:
                shape["bindingDetails"] = [_binding_shape(one) for one in bound[shape["id"]]]
        print_json(shapes)
        return
    rows = [_row(agent, len(bound[agent.id])) for agent in agents]
    print_table(("Agent", "Name", "Model", "Workspace", "Bindings"), rows)
    for agent in agents if bindings else ():
        for one in bound[agent.id]:
            click.echo(f"{agent.id}: {clean(describe(one))}")
        if agent.is_default:
            click.echo(f"{agent.id}: everything that no binding claims")


def _shape(agent: AgentConfig, bindings: int) -> dict[str, Any]:
    return {
        "id": agent.id,
        "name": agent.name,
        "identityName": agent.identity_name,
        "identityEmoji": agent.identity_emoji,
        "workspace": str(agent.workspace),
        "model": agent.model_primary,
        "runtime": agent.runtime,
        "acpAgent": agent.acp_agent,
        "answers": is_answering(agent),
        "bindings": bindings,
        "isDefault": agent.is_default,
    }


def _row(agent: AgentConfig, bindings: int) -> tuple[object, ...]:
    model = f"acp: {agent.acp_agent}" if agent.runtime == "acp" else agent.model_primary or "none"
    name = " ".join(text for text in (agent.identity_emoji, agent.identity_name) if text)
    return (f"{agent.id} (default)" if agent.is_default else agent.id, name, model, agent.workspace, bindings)


def _binding_shape(binding: Binding) -> dict[str, Any]:
    match = binding.match
    return {
        "agentId": normalise_id(binding.agent_id),
        "type": binding.type,
        "match": {
            "channel": match.channel,
            "accountId": match.account_id,
            "peer": {"kind": match.peer.kind, "id": match.peer.id} if match.peer else None,
        },
        "description": describe(binding),
    }
