"""A simple script as its commands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.config.shell_words import Unreadable, Word, read_commands


def texts(script: str) -> list[list[str]]:
    commands = read_commands(script, "/h")
    assert not isinstance(commands, Unreadable)
    return [[word.text for word in command] for command in commands]


@pytest.mark.parametrize(
    ("script", "commands"),
    [
        ("a 'b c' \"d e\" f\\ g", [["a", "b c", "d e", "f g"]]),
        ("a'b'\"c\"d", [["abcd"]]),
        ("a \\\n b # c\nd", [["a", "b"], ["d"]]),
        ("a#b '#c'", [["a#b", "#c"]]),
        ("a; b && c || d & e | f", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"]]),
        ("a 2>/dev/null >x b 2>&1", [["a", "b"]]),
        ('~/x "~/x" $HOME/x "${HOME}/x" \'$HOME\'', [["/h/x", "~/x", "/h/x", "/h/x", "$HOME"]]),
        ('"a\\"b\\$c\\n"', [['a"b$c\\n']]),
        ("''", [[""]]),
    ],
)
def test_words_are_what_a_shell_makes_of_them(script: str, commands: list[list[str]]) -> None:
    """The shell command language of POSIX, sections 2.2, 2.3 and 2.7, as far as wrappers need it."""
    assert texts(script) == commands


def test_a_word_that_only_a_shell_knows_says_so() -> None:
    """Its first variable is named."""
    assert read_commands('"a$B" $1 "$(x)"', "/h") == [
        [Word("a$B", "$B"), Word("$1", "$1"), Word("$(x)", "$(")]
    ]


@given(st.text(alphabet="ab '\"\\$`#;&|<>(){}~\n", max_size=40))
def test_every_text_has_an_end(script: str) -> None:
    """Commands, or one reason."""
    found = read_commands(script, "/h")
    assert isinstance(found, Unreadable) or all(found)
