"""The manual's table of chat commands against the one in the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from openclaw.domain.commands import Command
from openclaw.turns.commands.words import COMMANDS

PAGE = (Path(__file__).parents[2] / "docs" / "chat-commands.md").read_text(encoding="utf-8")


def row(command: Command) -> str:
    """The row of the table that a command has."""
    aliases = f" ({', '.join(f'`{alias}`' for alias in command.aliases)})" if command.aliases else ""
    owned = f"; {', '.join(f'`{word}`' for word in command.owner_for)}: owner" if command.owner_for else ""
    flag = command.flag or command.owner_flag
    arguments = command.arguments.replace("|", "\\|").replace("<", "&lt;")
    cells = (
        f"`{command.word}`{aliases}",
        command.summary + (" (groups)" if command.group_only else ""),
        f"{command.who}{owned}",
        f"`{flag}`" if flag else "",
        arguments,
        f"`{command.example}`",
    )
    return f"| {' | '.join(cells)} |"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.word)
def test_each_command_stands_in_the_manual_with_who_flag_arguments_and_example(command: Command) -> None:
    """Habit 36: what exists stands in the manual; a changed command changes its row."""
    assert row(command) in PAGE


def test_the_table_has_nothing_else() -> None:
    """What was taken away is taken out."""
    assert sum(line.startswith("| `/") for line in PAGE.splitlines()) == len(COMMANDS)
