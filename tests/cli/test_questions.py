"""Asking: numbers and words, defaults, checks, and typed words."""

from __future__ import annotations

from collections.abc import Callable

import click
import pytest
from click.testing import CliRunner

from openclaw.cli.questions import Option, Talk

OPTIONS = (Option("tea", "Tea", "It is hot."), Option("milk", "Milk"))


def ask(question: Callable[[Talk], object], typed: str = "", *, assume: bool = False) -> tuple[object, str]:
    """What a question returned, and all that was shown."""
    returned: list[object] = []

    @click.command()
    def command() -> None:
        returned.append(question(Talk(assume=assume, aside=False)))

    result = CliRunner().invoke(command, input=typed, catch_exceptions=False)
    return (returned[0] if returned else result.exit_code), result.output


@pytest.mark.parametrize(
    ("typed", "chosen"), [("2\n", "milk"), ("milk\n", "milk"), ("\n", "tea"), ("7\n1\n", "tea")]
)
def test_a_choice_is_made_by_number_word_or_enter(typed: str, chosen: str) -> None:
    """Every way of answering leads to the word; an answer outside is asked again."""
    answer, shown = ask(lambda talk: talk.choose("--drink", "Which?", OPTIONS, "tea"), typed)
    assert answer == chosen
    assert "It is hot." in shown


def test_assuming_asks_nothing_and_says_nothing() -> None:
    """With --yes every default is taken, in silence."""
    assert ask(lambda talk: talk.choose("--drink", "Which?", OPTIONS, "milk"), assume=True) == ("milk", "")
    assert ask(lambda talk: talk.agree("Sure?", default=True), assume=True) == (True, "")


def test_assuming_names_the_flag_when_a_default_will_not_do() -> None:
    """Where nobody can be asked, the message says which flag answers."""
    code, shown = ask(lambda talk: talk.text("--name", "Name", "", lambda _: "a name is needed"), assume=True)
    assert code == 2
    assert "a name is needed; use --name" in shown


def test_a_checked_text_is_asked_until_it_passes() -> None:
    """The reason is shown each time."""
    answer, shown = ask(
        lambda talk: talk.text("--n", "Digits", "", lambda text: None if text.isdigit() else "digits only"),
        "x\n 42 \n",
    )
    assert answer == "42"
    assert shown.count("digits only") == 1


@pytest.mark.parametrize(
    ("typed", "meant"), [("yes\n", True), (" YES \n", True), ("\n", False), ("y\n", False)]
)
def test_a_typed_word_is_the_whole_word(typed: str, meant: bool) -> None:
    """An abbreviation or Enter is not consent."""
    assert ask(lambda talk: talk.typed("yes", "Sure?", None, "--confirm"), typed)[0] is meant


def test_a_typed_word_may_be_given_beforehand() -> None:
    """The flag says it; without it, nobody to ask means no."""
    assert ask(lambda talk: talk.typed("all", "Sure?", "ALL", "--confirm"), assume=True)[0] is True
    assert ask(lambda talk: talk.typed("all", "Sure?", None, "--confirm"), assume=True)[0] == 2


def test_a_secret_may_be_declined() -> None:
    """Enter means no secret."""
    assert ask(lambda talk: talk.secret("Key"), "\n")[0] == ""
    assert ask(lambda talk: talk.secret("Key"), "sk-1\n")[0] == "sk-1"


def test_the_end_of_the_input_aborts() -> None:
    """Nothing is taken for granted when nobody answers."""
    assert ask(lambda talk: talk.agree("Sure?", default=True))[0] == 1
