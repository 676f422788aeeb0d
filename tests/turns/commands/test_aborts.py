"""Abort words."""

from __future__ import annotations

import pytest

from openclaw.turns.commands.aborts import ABORT_WORDS, abort_of


@pytest.mark.parametrize(
    "text",
    [
        "stop",
        "STOP!!",
        " Please stop. ",
        "esc",
        "wait…",
        "Stopp!",
        "hör auf",
        "стоп",
        "停止。",
        "やめて",
        "/stop!",
    ],
)
def test_words_of_many_languages_end_an_answer(text: str) -> None:
    """Behaviour facts D.12: case and trailing punctuation do not matter."""
    command = abort_of(text)
    assert command is not None
    assert command.word == "/stop"


@pytest.mark.parametrize("text", ["", "stop the car", "don't stop", "s t o p", "st\u200bop", "?", "please"])
def test_anything_longer_is_talk(text: str) -> None:
    """Only the whole message counts."""
    assert abort_of(text) is None


def test_each_is_kept_as_it_is_compared() -> None:
    """A word that is written otherwise in the list would never be recognised."""
    assert all(abort_of(word) is not None for word in ABORT_WORDS)
