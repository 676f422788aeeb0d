from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.errors import BadRequest
from openclaw.outbound.dictation import LONGEST_TEXT, dictated


def test_what_the_operator_says_is_not_touched():
    """Marks of Markdown, words that a model must not say and spaces in a line are the operator's own."""
    text = "**Hi**  there\n\n```\nthinking: NO_REPLY\n```"
    assert dictated(text, limit=4000, mode="length") == [text]


def test_a_text_is_cut_as_the_account_says():
    """By length, or a message for each paragraph (requirements: outbound chunking)."""
    assert dictated("one\n\ntwo", limit=4000, mode="newline") == ["one", "two"]
    assert dictated("one two three", limit=8, mode="length") == ["one two", "three"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        ("\u200b", "empty"),
        ("x" * (LONGEST_TEXT + 1), str(LONGEST_TEXT)),
        ("a\0b", "no text"),
        ("caf\udce9", "UTF-8"),
    ],
)
def test_what_cannot_be_sent_is_refused(text: str, said: str):
    """Nothing to say, too much, or bytes that the phone's programs would cut the message at (promise 4)."""
    with pytest.raises(BadRequest, match=said):
        dictated(text, limit=4000, mode="length")


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=200))
def test_no_word_is_lost(text: str):
    """However it is cut, the words arrive in their order."""
    try:
        parts = dictated(text, limit=40, mode="length")
    except BadRequest:
        return
    assert "".join("".join(parts).split()) == "".join(text.split())
