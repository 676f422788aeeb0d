"""What a reader sees as one character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.outbound.graphemes import fit, is_boundary, utf16_length


@pytest.mark.parametrize(
    "cluster",
    ["e\u0301", "👨‍👩‍👧‍👦", "👍🏽", "🇩🇪", "❤\ufe0f", "1\ufe0f\u20e3", "🏴\U000e0067\U000e0062\U000e007f", "क्षि",
     "ก\u0e33", "\r\n", "\u1112\u1161\u11ab", "가\u11a8", "각\u11a8", "\u1161\u11a8"],
)  # fmt: skip
def test_a_cluster_has_no_boundary_inside(cluster: str) -> None:
    """Marks, joined emoji, flags, keycaps and syllables stay whole (UAX #29)."""
    assert not any(is_boundary(cluster, position) for position in range(1, len(cluster)))


@pytest.mark.parametrize("text", ["ab", "a👍", "👍👍", "가나", "각가", "\n\n", "a "])
def test_two_characters_may_be_parted(text: str) -> None:
    """There is a boundary between neighbours that do not combine."""
    assert is_boundary(text, 1)


def test_flags_part_in_pairs() -> None:
    """Four regional letters are two flags."""
    assert [is_boundary("🇩🇪🇫🇷", position) for position in range(5)] == [True, False, True, False, True]


@given(st.text(max_size=40), st.integers(0, 40), st.integers(1, 20))
def test_fit_is_the_longest_that_fits(text: str, start: int, limit: int) -> None:
    """Property: one character more would exceed the limit in UTF-16 units (facts E.3)."""
    start = min(start, len(text))
    end = fit(text, start, limit)
    assert utf16_length(text[start:end]) <= limit
    assert end == len(text) or utf16_length(text[start : end + 1]) > limit
