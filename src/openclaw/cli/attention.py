"""`openclaw attention` and `openclaw health`: what needs a person, and how the last hours were."""

from __future__ import annotations

import sys
from typing import Any

import click

from openclaw.cli.options import as_json_option
from openclaw.cli.output import clean, local_time, print_json, print_table, shorten
from openclaw.cli.reach import perform


@click.command("attention")
@click.option(
    "--limit", type=click.IntRange(1, 500), default=100, show_default=True, help="How many at most."
)
@as_json_option
def attention(limit: int, as_json: bool) -> None:
    """List what needs a person: agents and people who ask first, then the newest first.

    The last column names the commands that decide: messages release ID stands for `openclaw messages release ID`.
    """
    body = perform("attention", limit=limit).body
    if as_json:
        print_json(body)
    elif not body["items"]:
        click.echo("Nothing needs you.")
    else:
        rows = [
            (
                one["id"],
                local_time(one["at"]),
                one["title"],
                one["who"],
                shorten(one["says"] if "resume" in one or one["kind"] == "notice" else one["text"]),
                _decisions(one),
            )
            for one in body["items"]
        ]
        print_table(("Id", "When", "What", "Who", "Text", "Decide with"), rows)


def _decisions(item: dict[str, Any]) -> str:
    if item["kind"] == "permission":
        return "approvals allow, approvals deny"
    if "resume" in item:
        return clean(item["resume"].removeprefix("openclaw "))
    return ", ".join(action.replace("/", " ") for action in item["actions"])


@click.command("health")
@click.option(
    "--hours", type=click.IntRange(1, 168), default=24, show_default=True, help="How far to look back."
)
@as_json_option
def health(hours: int, as_json: bool) -> None:
    """Show the last hours in numbers; times in seconds, for each hour.

    Answer: from a message's arrival until its answer left, the middle one and the one that nineteen of twenty beat.
    Read: the longest way of a message from the phone to the ledger. Outbox: the longest wait of a bubble. The exit code
    is 1 when no gateway runs; whether its accounts are connected is told by `openclaw gateway health`.
    """
    reply = perform("health", hours=hours)
    if as_json:
        print_json(reply.body | {"gatewayReachable": reply.online})
    else:
        _show_hours(reply.body)
    if not reply.online:
        click.echo("No gateway is running. Start it: openclaw gateway", err=True)
        sys.exit(1)


def _show_hours(body: dict[str, Any]) -> None:
    rows = [
        (
            local_time(one["at"]),
            one["received"],
            one["answered"],
            one["failed"],
            one["latencyMedianSeconds"],
            one["latencyP95Seconds"],
            one["readLagSeconds"],
            one["outboxSeconds"],
        )
        for one in body["buckets"]
    ]
    print_table(("Hour", "Received", "Answered", "Failed", "Answer", "Answer 95 %", "Read", "Outbox"), rows)
