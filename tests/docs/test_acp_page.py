"""The manual's page on outside agents against the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from openclaw.turns.commands.acp import ACTIONS
from openclaw.turns.commands.acp.actions import Action
from openclaw.turns.commands.words import COMMANDS, KEPT

PAGE = (Path(__file__).parents[2] / "docs" / "acp.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.word)
def test_each_action_stands_in_the_manual_with_what_is_the_owners(action: Action) -> None:
    """Habit 36: what exists stands in the manual; a changed action changes its row."""
    usage = action.usage.replace("|", "\\|")
    assert f"| `{usage}` | {action.summary} | {action.owner} |" in PAGE


def test_the_table_has_nothing_else() -> None:
    """What was taken away is taken out."""
    assert sum(line.startswith("| `/acp ") for line in PAGE.splitlines()) == len(ACTIONS)


def test_the_commands_that_stay_ours_are_told() -> None:
    """Each, and no other."""
    told = PAGE.partition("these stay the gateway's:")[2].partition("Everything else")[0]
    assert {one.word for one in COMMANDS if f"`{one.word}`" in told} == KEPT
