"""What commands answer."""

from __future__ import annotations

from dataclasses import replace

from tests.making import ANN, NOON

from openclaw.turns.commands import COMMANDS, answer
from openclaw.turns.commands.answers import Situation

CALM = Situation("+1 555 010 0001", ANN, "main", "test/echo", False, NOON, 4, 0, running=False)


def test_help_lists_every_command() -> None:
    """Requirements: /help from an allowed sender."""
    assert [line.partition(":")[0] for line in answer("/help", CALM).splitlines()] == [
        one.word for one in COMMANDS
    ]


def test_whoami_shows_both_spellings_of_the_sender() -> None:
    """Behaviour facts I.2: the raw sender and the form that lists compare."""
    assert CALM.sender in answer("/whoami", CALM)
    assert ANN in answer("/whoami", CALM)
    assert answer("/whoami", replace(CALM, sender=ANN)) == f"You write as {ANN}."


def test_status_speaks_of_agent_conversation_and_what_waits() -> None:
    """Requirements: /status."""
    text = answer("/status", replace(CALM, running=True, waiting=2))
    assert "main (test/echo)" in text
    assert "2026-03-04" in text
    assert "being written" in text
    assert "Waiting: 2" in text


def test_status_says_when_no_model_is_set_up() -> None:
    """Design section 8: messages wait, visibly to those who may ask."""
    assert "No model" in answer("/status", replace(CALM, model="", since=None))


def test_stop_tells_whether_there_was_anything_to_stop() -> None:
    """Requirements: /stop."""
    assert answer("/stop", replace(CALM, stopped=True)) == "Stopped."
    assert answer("/stop", CALM) == "There is nothing to stop."


def test_a_reset_is_answered_whatever_the_situation() -> None:
    """Requirements: /new and /reset."""
    assert answer("/new") == answer("/reset") == "A new conversation has begun."
