"""The demonstration in a browser: one address with a one-time code, and a contact who has just written.

Owns what is printed beside it and when a fresh address is made. What the page shows is the gateway's.
"""

from __future__ import annotations

import json
import os
import select
import sys
import webbrowser
from collections.abc import Iterator

import click

from openclaw.cli.stage import Stage
from openclaw.simulator import phone
from openclaw.simulator.page.people import new_contact

CONTACT, NAME = "+15550100001", "Ann"
HELLO = "Hello! Who is this?"

# How soon a gateway that has ended is noticed while nobody presses a key.
_LOOK_S = 1.0

_GUIDE = f"""
1. "Needs you" on the page: {NAME} ({CONTACT}), a stranger to the gateway, has just written. Approve her.
2. "Open the phone" on the page: you are {NAME} there. Write again, and the agent answers.
   New contacts and groups are made there too; in a group, the agent answers whoever writes the word "agent".

Enter prints a fresh address, Ctrl-C ends everything."""


def show(stage: Stage, *, with_browser: bool) -> None:
    """Greet as a stranger, print the address of the page, and a fresh one at each Enter; ends by Ctrl-C alone.

    Raises StageFailed when the gateway ends.
    """
    chat = new_contact(stage.database, NAME, CONTACT, "iMessage")
    phone.say(stage.database, CONTACT, HELLO, chat=chat)
    address = _print_address(stage)
    click.echo(_GUIDE)
    if "SSH_CONNECTION" in os.environ:
        click.echo(
            f"For a browser on the machine you come from: ssh -L {stage.port}:127.0.0.1:{stage.port} here"
        )
    if with_browser and _has_windows():
        webbrowser.open(address)
    for _ in _presses(stage):
        _print_address(stage)


def _print_address(stage: Stage) -> str:
    made = json.loads(stage.openclaw("page", "--json").stdout)
    address = str(made["address"])
    click.echo(f"\n  {address}\n\nIt logs one browser in, once, within {made['expiresInSeconds']} seconds.")
    return address


def _has_windows() -> bool:
    # Without a desktop a browser of the terminal would be started, and take this terminal for itself.
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _presses(stage: Stage) -> Iterator[None]:
    """One item for each Enter; when the input ends it goes on without. Raises StageFailed when the gateway ends."""
    # A program that is started with its input closed has no stdin at all.
    inputs = [sys.stdin] if sys.stdin else []
    while True:
        ready, _, _ = select.select(inputs, [], [], _LOOK_S)
        stage.check()
        if ready and sys.stdin.readline():
            yield
        elif ready:
            inputs = []
