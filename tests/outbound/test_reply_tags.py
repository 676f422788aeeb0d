"""By which tags an answer becomes a threaded reply."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.outbound.lint import lint
from openclaw.outbound.reply_tags import CURRENT, reply_tag


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[[reply_to_current]] Yes", CURRENT),
        ("Yes [[ Reply_To_Current ]]", CURRENT),
        ("[[reply_to:2]] Yes", "2"),
        ("[[reply_to: 0E6F-12 ]] Yes", "0E6F-12"),
        ("[[reply_to:1]] and [[reply_to:2]]", "1"),
        ("Write `[[reply_to_current]]` for that", None),
        ("[[audio_as_voice]] Yes", None),
        ("[[reply_to:]] Yes", None),
        ("Yes", None),
    ],
)
def test_the_first_tag_outside_code_counts(text: str, named: str | None) -> None:
    """Behaviour facts: inline tags; decision table."""
    assert reply_tag(text) == named


@given(st.text(alphabet="[]reply_to:current 12`", max_size=60))
def test_what_is_acted_on_is_never_said(text: str) -> None:
    """A tag that counts is cut from what leaves."""
    if reply_tag(text) is not None:
        assert lint(text).text != text.strip()
