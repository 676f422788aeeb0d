"""The table of commands."""

from __future__ import annotations

from openclaw.turns.commands.recognise import command_of
from openclaw.turns.commands.words import BY_WORD, COMMANDS, DIRECTIVES, SHORTCUTS


def test_no_word_has_two_meanings() -> None:
    """Aliases included."""
    words = [word for command in COMMANDS for word in (command.word, *command.aliases)]
    assert len(words) == len(set(words)) == len(BY_WORD)
    assert all(word == word.lower() and word.startswith("/") for word in words)


def test_each_example_is_the_command_that_it_shows() -> None:
    """The manual's examples work."""
    for command in COMMANDS:
        found = command_of(command.example)
        assert found is not None
        assert found.word == command.word


def test_what_stands_inside_a_text_is_nobodys_privilege() -> None:
    """Inside a text only those are heard that everybody may give who may command, and that nothing switches off."""
    for word in (*DIRECTIVES, *SHORTCUTS):
        assert (BY_WORD[word].who, BY_WORD[word].flag, BY_WORD[word].in_lane) == (
            "anyone who may command",
            None,
            False,
        )
