"""The questions about people and models: what each flag or answer becomes."""

from __future__ import annotations

import click
import pytest

from openclaw.cli.answers import Access, Model
from openclaw.cli.interview import Flags, ask_access, ask_model
from openclaw.cli.questions import Talk

QUIET = Talk(assume=True, aside=True)


def test_defaults_for_people() -> None:
    """Nothing said: a personal account, silent pairing, the country of the language, nobody listed."""
    assert ask_access(QUIET, Flags(), {"LANG": "fr_FR"}) == Access("personal", "pairing", True, "FR", "", ())


def test_people_named_twice_are_listed_once() -> None:
    """The owner comes first, and spellings of one person are one (ruling 4)."""
    flags = Flags(owner="+1 555 010 0001", allow=("(555) 010-0001", "Bob@Example.com"), dm_policy="allowlist")
    assert ask_access(QUIET, flags, {}).allowed == ("+15550100001", "bob@example.com")


def test_an_allowlist_of_nobody_is_refused() -> None:
    """The configuration would not load, so it is not offered (ruling 3)."""
    with pytest.raises(click.UsageError, match="--allow"):
        ask_access(QUIET, Flags(dm_policy="allowlist"), {})


def test_no_model_is_an_answer() -> None:
    """Nobody yet is a choice of its own."""
    assert ask_model(QUIET, Flags(agent="none"), {}) == Model()


def test_a_model_of_ollama_is_taken_by_name() -> None:
    """Whether it runs just now or not."""
    assert ask_model(QUIET, Flags(agent="ollama", model="llama3"), {}) == Model("ollama", "llama3")


def test_a_key_in_the_environment_is_enough() -> None:
    """It is known to be there, and not carried along."""
    model = ask_model(QUIET, Flags(agent="openrouter"), {"OPENROUTER_API_KEY": "sk-1"})
    assert model == Model("openrouter", "openrouter/auto", keyed=True)
