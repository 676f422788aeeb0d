"""Recognising commands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.turns.commands import COMMANDS, command_of, rest_of


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("/new", "/new"),
        ("/NEW", "/new"),
        (" /new ", "/new"),
        ("/new:", "/new"),
        ("/new tell me", "/new"),
        ("/reset\nand go on", "/reset"),
        ("/status", "/status"),
        ("/id", "/whoami"),
        ("/commands", "/help"),
        ("\ufffc/stop", "/stop"),
    ],
)
def test_a_command_is_the_whole_message(text: str, word: str) -> None:
    """Behaviour facts I.1: a command starts the message; a colon may follow; case does not matter."""
    command = command_of(text)
    assert command is not None
    assert command.word == word


@pytest.mark.parametrize(
    "text", ["hello /new", "new", "/newer", "/status of the world", "", "//new", "/ new", "/stop it"]
)
def test_anything_else_is_text(text: str) -> None:
    """A command inside a text, or one with words it does not take, is an ordinary message."""
    assert command_of(text) is None


def test_configured_triggers_mean_reset() -> None:
    """session.resetTriggers."""
    command = command_of("forget it", ["forget it"]) or command_of("Vergiss", ["vergiss"])
    assert command is not None
    assert command.word == "/reset"


def test_the_rest_of_a_command_keeps_its_words() -> None:
    """The text after /new becomes the first message."""
    assert rest_of("/new  what  is\nthe time?") == "what  is\nthe time?"


@given(st.text())
def test_recognising_never_fails(text: str) -> None:
    """Whatever people write, it is a command or it is not."""
    command = command_of(text)
    assert command is None or command in COMMANDS
