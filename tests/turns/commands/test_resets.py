"""What follows /new and /reset."""

from __future__ import annotations

import pytest
from tests.rig import configure

from openclaw.turns.commands.resets import ResetWords, reset_words
from openclaw.turns.commands.rules import command_rules

from .house import house


@pytest.mark.parametrize(
    ("command", "text", "words"),
    [
        ("/new", "/new", ResetWords()),
        ("/new", "/new plan my week", ResetWords(text="plan my week")),
        ("/new", "/new opus plan", ResetWords(model="test/grand", text="plan")),
        ("/new", "/new opus\nplan", ResetWords(model="test/grand", text="plan")),
        ("/new", "/new test/other", ResetWords(model="test/other")),
        ("/new", "/new test plan", ResetWords(model="test/echo", text="plan")),
        ("/new", "/new 2 eggs", ResetWords(text="2 eggs")),
        ("/new", "/new soft", ResetWords(text="soft")),
        ("/reset", "/reset soft", ResetWords(soft=True)),
        ("/reset", "/reset SOFT go on", ResetWords(soft=True, text="go on")),
        ("/reset", "/reset opus", ResetWords(text="opus")),
    ],
)
def test_a_known_model_is_one_and_anything_else_is_the_first_message(
    command: str, text: str, words: ResetWords
) -> None:
    """Behaviour facts I.2."""
    assert reset_words(command, text, command_rules(configure(house()))) == words
