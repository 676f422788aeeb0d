"""What `openclaw config validate --impact` prints: what would be different, grouped, with reasons and keys."""

from __future__ import annotations

from typing import Any

import click

from openclaw.cli.output import clean, local_time

# Whoever wants all of them takes --json.
_SHOWN = 10


def print_impact(body: dict[str, Any]) -> None:
    """Print the impact of a changed file; ``body`` is what ``week.impact_of`` found."""
    total, changed = body["messages"], body["changed"]
    click.echo(
        f"Impact on the {total} message{'' if total == 1 else 's'} since {local_time(body['since'])}, "
        f"compared with {clean(body['comparedWith'])}:"
    )
    if not changed:
        click.echo("Nothing would be different.")
    for group in body["groups"]:
        senders = f"{group['senders']} sender{'' if group['senders'] == 1 else 's'}"
        click.echo(f"- {group['title']}: {group['messages']} ({senders})")
        for item in group["items"][:_SHOWN]:
            _print_item(item)
        if (more := len(group["items"]) - _SHOWN) > 0:
            click.echo(f"    … and {more} more; all of them: --json")
    if body["uncertain"]:
        click.echo(
            f"{body['uncertain']} of these depend on texts that are not kept (mentions, commands); "
            'they are marked with "perhaps".'
        )
    for phone in body["phones"]:
        click.echo(
            f"The phone of {clean(phone['accountId'])} could not be asked for texts: {clean(phone['cause'])}"
        )


def _print_item(item: dict[str, Any]) -> None:
    perhaps = "" if item["certain"] else " perhaps"
    where = "" if item["chatId"] is None else f" in chat_id:{item['chatId']}"
    click.echo(
        f"    message {item['id']} from {clean(item['sender'])}{where} of {clean(item['accountId'])}:{perhaps}"
    )
    for name in ("before", "after"):
        fate = item[name]
        keys = ", ".join(key["says"] for key in fate["keys"])
        reason = f" ({fate['reason']})" if fate["reason"] else ""
        route = fate["route"]
        place = f", agent {route['agent']}, session {route['session']}" if route else ""
        by = f", by {keys}" if keys else ""
        click.echo(f"      {name}: {clean(fate['outcome'] + reason + place + by)}")
