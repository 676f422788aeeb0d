"""The challenge: codes and words."""

from __future__ import annotations

import itertools
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making import ANN

from openclaw.domain.handles import Handle
from openclaw.inbound.pairing import ALPHABET, CODE_LENGTH, challenge_text, make_code


@given(st.sets(st.text(ALPHABET, min_size=CODE_LENGTH, max_size=CODE_LENGTH)))
def test_a_code_is_eight_readable_characters_and_new(taken: set[str]) -> None:
    """Without I, O, 0 and 1, and never one of an open request (behaviour facts B.1)."""
    code = make_code(taken, secrets.choice)

    assert len(code) == 8
    assert not set(code) & set("IO01")
    assert code == code.upper()
    assert code not in taken
    assert len(set(ALPHABET)) == 32


def test_a_taken_code_is_drawn_again() -> None:
    """A collision is not an error, it is another draw."""
    letters = itertools.chain("AAAAAAAA", "BBBBBBBB")

    assert make_code({"AAAAAAAA"}, lambda _alphabet: next(letters)) == "BBBBBBBB"


def test_a_stuck_source_of_randomness_ends_in_an_error() -> None:
    """At most five hundred draws (behaviour facts B.1): then something is broken, and it says so."""
    with pytest.raises(ValueError, match="randomness"):
        make_code({"A" * 8}, lambda alphabet: alphabet[0])


def test_the_standard_words_show_the_code_and_name_no_product() -> None:
    """A stranger learns neither the product nor a command line (ruling 12, demand I5)."""
    text = challenge_text(None, Handle(ANN), "ABCDEFGH")

    assert "Pairing code: ABCDEFGH" in text
    assert not {"openclaw", "claw", "agent", "ai", "bot"} & set(text.lower().replace(".", " ").split())


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("Hi {handle}, your code is {code}.", f"Hi {ANN}, your code is ABCDEFGH."),
        ("Ask Zoë to let you in.", "Ask Zoë to let you in.\n\nABCDEFGH"),
        ("{code} {code}", "ABCDEFGH ABCDEFGH"),
        ("{other} {code} {", "{other} ABCDEFGH {"),
    ],
)
def test_a_configured_text_is_filled_in(template: str, text: str) -> None:
    """The code always shows; unknown braces are the owner's own words."""
    assert challenge_text(template, Handle(ANN), "ABCDEFGH") == text
