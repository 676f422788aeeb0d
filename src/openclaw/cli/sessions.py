"""`openclaw sessions`: the conversations of the agents, with their memory."""

from __future__ import annotations

import click

from openclaw.cli.options import as_json_option, limit_option
from openclaw.cli.output import clean, local_time, print_json, print_table
from openclaw.cli.reach import change, perform


@click.group("sessions")
def group() -> None:
    """See the agents' conversations, make one forget, or stop an answer."""


@group.command("list")
@limit_option
@as_json_option
def list_(limit: int, as_json: bool) -> None:
    """List sessions, the most recently used first."""
    body = perform("sessions", limit=limit).body
    if as_json:
        print_json(body)
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
            )
            for one in body["sessions"]
        ]
        print_table(("Session", "Last used", "Remembers", "Waiting", "Turn"), rows)


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
