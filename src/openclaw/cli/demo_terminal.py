"""The demonstration in a terminal: a conversation with the agent, typed, from a pipe, or unattended.

Owns what a person types and reads there. The stage it plays on is in ``stage``.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from openclaw.cli.stage import Stage, StageFailed
from openclaw.simulator import phone, terminal

CONTACT = "+15550100001"
ANSWER_S = 120.0
"""The first answer loads the agent's code and a model, perhaps from a cold disk."""

_CODE_S = 30.0
_LOOK_S = 0.05
_APPROVE = "/approve"


def say_unattended(stage: Stage, text: str) -> str:
    """Write as a stranger, approve the request, write again; return the answer. Raises StageFailed past a bound."""
    asked = phone.say(stage.database, CONTACT, text)
    _next_bubble(stage, asked.row_id, _CODE_S, "no pairing code came")
    _approve(stage)
    said = phone.say(stage.database, CONTACT, text)
    return _next_bubble(stage, said.row_id, ANSWER_S, "no answer came")


def _next_bubble(stage: Stage, after: int, bound_s: float, problem: str) -> str:
    deadline = time.monotonic() + bound_s
    while time.monotonic() < deadline:
        for bubble in phone.read_thread(stage.database, CONTACT, after):
            if bubble.from_me:
                return bubble.text
        stage.check()
        time.sleep(_LOOK_S)
    raise StageFailed(f"{problem} within {bound_s:g} seconds; the gateway's log is {stage.log}")


def converse(stage: Stage) -> None:
    """Talk with whoever types until the input ends; raises StageFailed when a pipe gets no last answer."""
    click.echo(
        f"You are {CONTACT} now, a stranger to this account. Type a message; Ctrl-D ends everything.\n"
        "To look behind the scenes from another terminal, and then with `openclaw status` and others:\n"
        f'  export OPENCLAW_STATE_DIR="{stage.state_dir}" PATH="{Path(sys.executable).parent}:$PATH"'
    )
    offered: set[str] = set()

    def show(line: str) -> None:
        click.echo(line)
        # This is the phone's own thread: what goes wrong is told with the next line that is typed.
        with contextlib.suppress(StageFailed):
            for code in set(_requests(stage)) - offered:
                offered.add(code)
                click.echo(
                    f"  The owner lets you in with: openclaw pairing approve imessage {code}\n"
                    f"  Press Enter, or type {_APPROVE}, to do that now."
                )

    # A person at a terminal who has typed Ctrl-D waits for nothing any more; a pipe wants its last answer.
    patience = 0.0 if sys.stdin.isatty() else ANSWER_S
    person = terminal.Person(CONTACT)
    if not terminal.converse(stage.database, person, _lines(stage, sys.stdin), show, patience) and patience:
        raise StageFailed(f"no answer came within {patience:g} seconds; the gateway's log is {stage.log}")
    click.echo("Ended; nothing is left running.")


def _lines(stage: Stage, typed: Iterable[str]) -> Iterator[str]:
    """The lines that are meant for the account; an empty one, or the word for it, approves instead."""
    for line in typed:
        stage.check()
        if line.strip() in ("", _APPROVE):
            click.echo(f"  {_approve(stage)}")
        else:
            yield line


def _requests(stage: Stage) -> list[str]:
    """The codes that can be approved now."""
    listed = stage.openclaw("pairing", "list", "imessage", "--json")
    return [str(request["code"]) for request in json.loads(listed.stdout)["requests"]]


def _approve(stage: Stage) -> str:
    """Let in whoever asked, as the owner would; returns a sentence for the person."""
    codes = _requests(stage)
    for code in codes:
        stage.openclaw("pairing", "approve", "imessage", code)
    return "You are let in. Write again." if codes else "Nobody waits to be let in."
