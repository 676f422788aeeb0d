"""The command `openclaw`: which commands there are, and what becomes of their errors.

The modules of the commands are imported when one is chosen (decision 001), so that `--version`, `--help` and quick
commands load nothing they do not need.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

import click

from openclaw import __version__
from openclaw.cli.failures import expected, report
from openclaw.cli.lazy import Entry, LazyGroup
from openclaw.cli.original import advised
from openclaw.errors import OpenClawError

COMMANDS: Mapping[str, Entry] = {
    "init": Entry("openclaw.cli.init", "command", "Make a first configuration, step by step."),
    "gateway": Entry("openclaw.cli.gateway", "group", "Run the gateway: answer messages until stopped."),
    "status": Entry(
        "openclaw.cli.status", "command", "Show the gateway, its accounts, agents and open work."
    ),
    "page": Entry("openclaw.cli.page", "command", "Open the gateway's page in a browser."),
    "attention": Entry("openclaw.cli.attention", "attention", "List what needs a person."),
    "health": Entry("openclaw.cli.attention", "health", "Show the last hours in numbers."),
    "channels": Entry(
        "openclaw.cli.channels", "group", "See the phone accounts and whether they work; add, remove one."
    ),
    "approvals": Entry("openclaw.cli.approvals", "group", "Answer agents that ask for permission."),
    "pairing": Entry("openclaw.cli.pairing", "group", "Let in people who wrote and are not known yet."),
    "contacts": Entry("openclaw.cli.contacts", "group", "See who is known; forget somebody."),
    "chats": Entry("openclaw.cli.chats", "group", "See the conversations that wrote to this gateway."),
    "message": Entry("openclaw.cli.message", "group", "Write to somebody yourself."),
    "messages": Entry("openclaw.cli.messages", "group", "See what became of each message, and decide."),
    "explain": Entry("openclaw.cli.explain", "command", "Tell why a message was answered, or ignored."),
    "deliveries": Entry("openclaw.cli.deliveries", "group", "See what waits to be sent, or did not arrive."),
    "turns": Entry("openclaw.cli.turns", "group", "See the runs of the agents; retry or cancel one."),
    "sessions": Entry("openclaw.cli.sessions", "group", "See the agents' conversations; reset or stop one."),
    "agents": Entry(
        "openclaw.cli.groups", "agents", "See the agents and what they answer; add, bind, name one."
    ),
    "acp": Entry(
        "openclaw.cli.acp", "group", "Serve an agent to editors that speak the Agent Client Protocol."
    ),
    "logs": Entry("openclaw.cli.logs", "command", "Show the gateway's log, and follow it."),
    "pause": Entry("openclaw.cli.pause", "pause", "Stop answering a chat, an account, or everybody."),
    "resume": Entry("openclaw.cli.pause", "resume", "Answer again, beginning with what came meanwhile."),
    "backup": Entry("openclaw.cli.backup", "backup", "Copy the ledger to a file, and check the copy."),
    "restore": Entry("openclaw.cli.backup", "restore_command", "Put a copy of the ledger back."),
    "doctor": Entry("openclaw.cli.doctor", "command", "Find out what is wrong, and mend what can be mended."),
    "security": Entry("openclaw.cli.groups", "security", "Find out who could get in, or at what."),
    "config": Entry("openclaw.cli.groups", "config", "Look at the configuration, check it, change it."),
    "simulator": Entry("openclaw.cli.simulator", "group", "A simulated Mac: try the gateway without one."),
}


class _Program(LazyGroup):
    """The one place that ends errors in a message."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note whether the caller is a program, before any option can be wrong."""
        ctx.meta[_AS_JSON] = "--json" in args
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            self._end(ctx, error)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error that was to be expected becomes a message and exit code 1."""
        as_json = bool(ctx.meta[_AS_JSON])
        try:
            return super().invoke(ctx)
        except (OpenClawError, BaseExceptionGroup, OSError) as error:
            failure = expected(error)
            if failure is None:
                raise
            report(failure, as_json=as_json)
            ctx.exit(1)
        except click.ClickException as error:
            self._end(ctx, error)

    @staticmethod
    def _end(ctx: click.Context, error: click.ClickException) -> NoReturn:
        """End with ``error``: as click shows it, or as JSON."""
        told = advised(error) if isinstance(error, click.UsageError) else error
        if not ctx.meta[_AS_JSON]:
            raise told from error
        report(told, as_json=True)
        ctx.exit(told.exit_code)


_AS_JSON = "openclaw.as_json"


@click.group(
    cls=_Program,
    entries=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Every command has its own --help. Most have --json, which prints nothing but JSON.",
)
@click.version_option(__version__, "-V", "--version", prog_name="openclaw", message="%(prog)s %(version)s")
def main() -> None:
    """A gateway that puts AI agents behind an iMessage account.

    First steps: `openclaw init`, then `openclaw gateway`. When something does not work: `openclaw doctor` says what and
    why.
    """
