"""What is too long keeps its beginning and its end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from openclaw.domain.shortening import shortened


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
