"""`openclaw sessions`: the conversations of the agents, with their memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from openclaw.cli.options import as_json_option, limit_option
from openclaw.cli.output import clean, local_time, print_json, print_table
from openclaw.cli.reach import change, here, perform

_LEDGER = "openclaw.sqlite"
_LONGEST_AGO = 60 * 24 * 366


def _list_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        as_json_option,
        limit_option,
        click.option(
            "--active",
            type=click.IntRange(1, _LONGEST_AGO),
            metavar="MINUTES",
            help="Only those used within so many minutes.",
        ),
        click.option("--all-agents", is_flag=True, help="Those of every agent, which is usual."),
        click.option("--agent", metavar="ID", help="Those of this agent only."),
    ):
        command = option(command)
    return command


@click.group("sessions", invoke_without_command=True)
@_list_options
@click.pass_context
def group(ctx: click.Context, **given: Any) -> None:
    """See the agents' conversations, make one forget, or stop an answer. Alone it lists them."""
    if ctx.invoked_subcommand is None:
        _list(**given)


@group.command("list")
@_list_options
def list_(**given: Any) -> None:
    """List sessions, the most recently used first."""
    _list(**given)


def _list(*, agent: str | None, all_agents: bool, active: int | None, limit: int, as_json: bool) -> None:
    if agent and all_agents:
        raise click.UsageError("--agent and --all-agents contradict each other")
    body = perform("sessions", limit=limit, agent=agent, active=active).body
    if as_json:
        print_json(_shape(body["sessions"], active, all_agents=agent is None))
    elif not body["sessions"]:
        click.echo("No sessions.")
    else:
        rows = [
            (
                one["key"],
                local_time(one["lastInteractionAt"]),
                one["entries"],
                one["waiting"],
                one["turn"]["state"] if one["turn"] else "",
                _outside(one["outside"]),
            )
            for one in body["sessions"]
        ]
        print_table(("Session", "Last used", "Remembers", "Waiting", "Turn", "Outside agent"), rows)


def _outside(found: dict[str, Any] | None) -> str:
    if found is None:
        return ""
    label = f" [{found['label']}]" if found["label"] else ""
    return f"{found['agent']}{label}: {found['state']}"


def _shape(sessions: list[dict[str, Any]], active: int | None, *, all_agents: bool) -> dict[str, Any]:
    """The original's shape, with all that is known of each session beside it."""
    path = str(here().state_dir / _LEDGER)
    return {
        "path": path,
        "stores": [{"path": path}],
        "allAgents": all_agents,
        "count": len(sessions),
        "activeMinutes": active,
        "sessions": [
            one | {"agentId": one["agent"], "updatedAt": one["lastInteractionAt"]} for one in sessions
        ],
    }


@group.command()
@click.argument("key")
@as_json_option
def reset(key: str, as_json: bool) -> None:
    """Begin the session KEY anew: its agent forgets what was said."""
    reply = change("sessions/reset", key=key)
    if as_json:
        print_json(reply.body)
        return
    click.echo(f"Session {clean(key)} begins anew.")


@group.command()
@click.argument("key")
@as_json_option
def stop(key: str, as_json: bool) -> None:
    """Stop the answer that is being written in the session KEY."""
    reply = change("sessions/stop", key=key)
    if as_json:
        print_json(reply.body)
        return
    click.echo("Stopped." if reply.body["stopped"] else "There is nothing to stop.")
