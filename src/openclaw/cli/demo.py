"""What `scripts/demo` runs: a simulated Mac, a gateway on it, and somebody to answer, shown in a browser or a terminal.

Owns the choice of who answers and of how it is shown, and that nothing is left running.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import click

from openclaw.agents.local_child import INSTALL_HINT
from openclaw.cli import demo_page, demo_terminal, surroundings
from openclaw.cli.stage import Stage, StageFailed, open_stage
from openclaw.errors import OpenClawError

# What a shell reports of a program that Ctrl-C ended.
_INTERRUPTED = 130


@click.command("demo")
@click.option("--terminal", is_flag=True, help="Talk here in the terminal instead of in a browser.")
@click.option(
    "--say", "text", metavar="TEXT", help="Say TEXT, be let in, say it again, print the answer, end."
)
@click.option("--no-browser", is_flag=True, help="Print the address and open nothing.")
@click.option(
    "--model", metavar="PROVIDER/NAME", help="Who answers, instead of what is found on this machine."
)
def command(terminal: bool, text: str | None, no_browser: bool, model: str | None) -> None:
    """Show an agent behind a simulated iMessage account: its page, and the phone of somebody who writes to it."""
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    directory = Path(os.environ.get("OPENCLAW_DEMO_DIR") or ".demo").absolute()
    try:
        with open_stage(directory, model or _model()) as stage:
            _perform(stage, terminal, text, no_browser)
    except OpenClawError as error:
        raise click.ClickException(str(error)) from None
    except KeyboardInterrupt:
        click.echo("\nEnded; nothing is left running.")
        if text is not None:
            sys.exit(_INTERRUPTED)


def _perform(stage: Stage, in_terminal: bool, text: str | None, no_browser: bool) -> None:
    if text is not None:
        click.echo(demo_terminal.say_unattended(stage, text))
    elif in_terminal:
        demo_terminal.converse(stage)
    else:
        demo_page.show(stage, with_browser=not no_browser)


def _model() -> str:
    found = surroundings.answerers(os.environ, surroundings.ollama_models())
    if not found:
        raise StageFailed(f"nobody is here to answer: {INSTALL_HINT}")
    best = found[0]
    click.echo(
        f"{best.ref} answers. For another: set ANTHROPIC_API_KEY or OPENAI_API_KEY, start Ollama, or say\n"
        "scripts/demo --model provider/name.",
        err=True,
    )
    return best.ref


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    command()
