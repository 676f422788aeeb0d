"""Reading a model's arguments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.agents.tools.tool import count_argument, text_argument
from openclaw.errors import ToolFailed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)


@given(JSON)
def test_only_a_text_is_a_text_and_only_a_count_is_a_count(value: object) -> None:
    """Whatever JSON a model sends, a tool gets what it asked for or nothing."""
    if isinstance(value, str):
        assert text_argument({"x": value}, "x") == value
    else:
        with pytest.raises(ToolFailed, match='"x" must be a text'):
            text_argument({"x": value}, "x")
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        assert count_argument({"x": value}, "x", 1) == value
    else:
        with pytest.raises(ToolFailed, match='"x" must be a whole number'):
            count_argument({"x": value}, "x", 1)


def test_what_is_not_passed_has_its_default() -> None:
    """Optional arguments may be left out."""
    assert text_argument({}, "path", ".") == "."
    assert count_argument({}, "from_line", 3) == 3
