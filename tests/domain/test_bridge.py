"""The six tapbacks by whatever they are called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.domain.bridge import TAPBACKS, tapback_of


@pytest.mark.parametrize(
    ("text", "tapback"),
    [
        ("like", "like"),
        (" 👍 ", "like"),
        ("❤️", "love"),
        ("❤", "love"),
        ("HAHA", "laugh"),
        ("‼️", "emphasize"),
        ("👀", None),
    ],
)
def test_a_tapback_is_known_by_word_and_emoji(text: str, tapback: str | None) -> None:
    """What imsg takes (imsg contract 1.5); any other emoji is none of the six."""
    assert tapback_of(text) == tapback


@given(st.text())
def test_any_text_is_one_of_six_or_none(text: str) -> None:
    """Configurations of the original have any emoji here."""
    assert tapback_of(text) in (None, *TAPBACKS)
