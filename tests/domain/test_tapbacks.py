"""Tapbacks as one word."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from openclaw.domain.bridge import TAPBACKS
from openclaw.domain.tapbacks import STICKER, Tapback, read, written

kinds = st.sampled_from([*TAPBACKS, "🎉", "👨‍👩‍👧", STICKER, ""])


@given(st.builds(Tapback, kinds, st.booleans()))
def test_the_word_of_a_tapback_says_all_of_it(tapback: Tapback) -> None:
    """What is kept as a text comes back as it was."""
    assert read(written(tapback)) == tapback
