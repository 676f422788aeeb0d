"""What is too long keeps its beginning and its end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.domain.shortening import one_line, shortened


@given(st.text(max_size=200), st.integers(0, 200))
def test_a_cut_is_visible_and_tells_how_much_is_missing(text: str, most: int) -> None:
    """Nothing is lost in silence, and what fits stays whole."""
    cut = shortened(text, most)
    if len(text) <= most:
        assert cut == text
    else:
        mark = f" ⟦… {len(text) - most} characters left out⟧ "
        head, tail = cut[: most * 2 // 3], cut[most * 2 // 3 + len(mark) :]
        assert cut == head + mark + tail
        assert (text.startswith(head), text.endswith(tail)) == (True, True)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  two\r\n\tlines ", "two lines"),
        ("one\u2028two\u2029three\x85four", "one two three four"),
        ("safe\u202egpj.exe\u2066\u200b", "safegpj.exe"),
        ("bell\x07 and \x1b[2J", "bell and [2J"),
        ("\ud800\ue000x", "x"),
        ("ümläut 日本 👍", "ümläut 日本 👍"),
        ("", ""),
    ],
)
def test_one_line_has_nothing_that_nobody_sees(text: str, shown: str) -> None:
    """What is read is what stands there."""
    assert one_line(text) == shown
