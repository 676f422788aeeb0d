"""`openclaw logs`: the log file of the gateway, read and followed; and its part that is about the channel."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import click

from openclaw.cli.output import clean, print_json
from openclaw.cli.reach import here
from openclaw.errors import ConfigError
from openclaw.logs.lines import LEVELS, LogLine, Wanted, parse_line, render_line
from openclaw.logs.reading import Follower, last_lines, log_files

_LIMIT, _MOST_BYTES, _LOOK_MS = 200, 250_000, 1000
_COLOURS = {
    "warn": "yellow",
    "error": "red",
    "fatal": "red",
    "debug": "bright_black",
    "trace": "bright_black",
}


@click.command("logs")
@click.option("--limit", type=click.IntRange(1), default=_LIMIT, show_default=True, help="How many lines.")
@click.option(
    "--max-bytes",
    type=click.IntRange(1),
    default=_MOST_BYTES,
    show_default=True,
    help="How much of the log's end to look through.",
)
@click.option("--follow", "-f", is_flag=True, help="Go on with what is logged from now on, until Ctrl-C.")
@click.option(
    "--interval",
    "look_ms",
    type=click.IntRange(10),
    default=_LOOK_MS,
    show_default=True,
    metavar="MS",
    help="How often to look for new lines.",
)
@click.option("--level", type=click.Choice(LEVELS), default="trace", help="Only lines at least that urgent.")
@click.option("--grep", "text", default="", metavar="TEXT", help="Only lines with this text in them.")
@click.option("--local-time", is_flag=True, help="Show times in this machine's zone, not in UTC.")
@click.option("--plain", is_flag=True, help="No colours.")
@click.option("--no-color", is_flag=True, help="The same as --plain.")
@click.option("--json", "as_json", is_flag=True, help="Print the lines of JSON as they stand in the file.")
def command(
    limit: int,
    max_bytes: int,
    follow: bool,
    look_ms: int,
    level: str,
    text: str,
    as_json: bool,
    **looks: bool,
) -> None:
    """Show the log of the gateway; handles, texts and secrets are masked in it already.

    Works whether or not the gateway runs. --follow goes on over midnight and over files that were set aside.
    """
    colours = sys.stdout.isatty() and not (looks["plain"] or looks["no_color"] or os.environ.get("NO_COLOR"))
    show = _printer(as_json=as_json, local_time=looks["local_time"], colours=colours)
    wanted = Wanted(level=level, text=text)
    files = files_here()
    with closing(Follower(files)) as follower:
        found = files()
        for line in last_lines(found, limit, wanted.takes, max_bytes, follower.position):
            show(line)
        if not found and not follow:
            click.echo(f"There is no log yet in {here().state_dir / 'logs'}.", err=True)
        # Ctrl-C is how one is done with following, wherever it strikes.
        with suppress(KeyboardInterrupt):
            while follow:
                sys.stdout.flush()
                time.sleep(look_ms / 1000)
                for line in filter(wanted.takes, follower.new_lines()):
                    show(line)


@click.command("logs")
@click.option(
    "--channel", type=click.Choice(["imessage", "all"]), default="all", show_default=True, help="Whose lines."
)
@click.option("--account", default="", metavar="ID", help="Only lines about this account.")
@click.option("--lines", type=click.IntRange(1), default=_LIMIT, show_default=True, help="How many.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def channel_logs(channel: str, account: str, lines: int, as_json: bool) -> None:
    """Show what the log says about the phone accounts and the messages that pass through them."""
    wanted = Wanted(channel_only=True, account=account)
    files = files_here()()
    found = [parse_line(raw) for raw in last_lines(files, lines, wanted.takes, _WHOLE_LOG)]
    if as_json:
        file = str(files[-1]) if files else None
        print_json({"file": file, "channel": channel, "lines": [_shape(line) for line in found]})
        return
    if not found:
        click.echo("The log says nothing about it.")
    for line in found:
        click.echo(clean(render_line(line, local_time=True)))


# The lines in question are a part of the log only; this bounds the search to a few seconds.
_WHOLE_LOG = 64 * 1024 * 1024


def files_here() -> Callable[[], list[Path]]:
    """How to find the files of this installation's log; a configuration that cannot be used does not hide them."""
    from openclaw.config.load import load_config

    try:
        fixed = load_config(here(), os.environ).config.logging.file
    except ConfigError:
        fixed = None
    directory = here().logs
    return lambda: log_files(directory, fixed)


def _printer(*, as_json: bool, local_time: bool, colours: bool) -> Callable[[str], None]:
    def show(raw: str) -> None:
        line = parse_line(raw)
        if as_json:
            # What some other program wrote into the file must not break a reader of JSON.
            click.echo(raw if line.time else json.dumps({"raw": raw}))
            return
        text = clean(render_line(line, local_time=local_time))
        click.echo(click.style(text, fg=_COLOURS.get(line.level)) if colours else text)

    return show


def _shape(line: LogLine) -> dict[str, Any]:
    return {
        "time": line.time or None,
        "level": line.level,
        "subsystem": line.subsystem,
        "message": line.event,
        "fields": dict(line.fields),
        "raw": line.raw,
    }
