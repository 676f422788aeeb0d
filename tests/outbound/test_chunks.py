"""Where a text is cut into bubbles."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.outbound.chunks import ChunkMode, chunk
from openclaw.outbound.graphemes import is_boundary, utf16_length

DATA = Path(__file__).parent / "data"

pieces = st.sampled_from(
    ["word ", "longer-word", " ", "\n", "\n\n", "\t", "(", ")", "👨‍👩‍👧‍👦", "🇩🇪", "e\u0301", "```\n",
     "    code\n", "\r\n", "https://x.org/a_b", "한국어", "\u00a0", "\ud83d", "."]
)  # fmt: skip
texts = st.lists(pieces, max_size=80).map("".join) | st.text(max_size=120)
modes: st.SearchStrategy[ChunkMode] = st.sampled_from(["length", "newline"])


def without_space(text: str) -> str:
    return "".join(text.split())


@given(texts, st.integers(16, 60), modes)
def test_bubbles_hold_the_text_and_keep_the_limit(text: str, limit: int, mode: ChunkMode) -> None:
    """Property: none too long, none blank, nothing lost but white space, order kept (facts E.3)."""
    bubbles = chunk(text, limit=limit, mode=mode)
    assert all(bubble.strip() and utf16_length(bubble) <= limit for bubble in bubbles)
    assert without_space("".join(bubbles)) == without_space(text)


@given(
    st.lists(st.sampled_from(["👨‍👩‍👧", "🇩🇪", "e\u0301", "क्षि", "a"]), max_size=40).map("".join),
    st.integers(16, 30),
)
def test_no_visible_character_is_torn(text: str, limit: int) -> None:
    """Property: cuts fall between grapheme clusters, even without any white space."""
    position = 0
    for bubble in chunk(text, limit=limit, mode="length"):
        assert is_boundary(text, position)
        position += len(bubble)


@given(st.lists(st.text("abc (.", min_size=1, max_size=30), max_size=8).map("\n\n".join))
def test_without_need_nothing_is_cut(text: str) -> None:
    """Property: a text within the limit is one bubble, trimmed at its end."""
    assert chunk(text, limit=4000, mode="length") == ([text.rstrip()] if text.strip() else [])


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("one two\nthree four", 16, ["one two", "three four"]),
        ("one two three four", 10, ["one two", "three four"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("say it (one two) now", 12, ["say it", "(one two)", "now"]),
        ("sad :( but then it went on", 14, ["sad :( but", "then it went", "on"]),
        ("(all of this is inside)", 12, ["(all of this", "is inside)"]),
        ("read:https://x.org/abc", 20, ["read:", "https://x.org/abc"]),
        ("👍👍👍", 4, ["👍👍", "👍"]),
        ("a\n    b\n    c", 9, ["a\n    b", "    c"]),
        ("x" * 8 + "\n" + " " * 20 + "y", 8, ["x" * 8, "y"]),
        ("one\r\ntwo", 4, ["one", "two"]),
        ("   \n\n ", 5, []),
    ],
)
def test_length_cuts_at_the_last_good_place(text: str, limit: int, expected: list[str]) -> None:
    """Newline, else white space outside parentheses, else a hard cut, in UTF-16 units (facts E.3)."""
    assert chunk(text, limit=limit, mode="length") == expected


def test_length_cuts_before_a_block_of_code_rather_than_in_it() -> None:
    """A block that fits into a bubble is moved into one as a whole."""
    text = "Intro line\nanother\n```\na = 1\nb = 2\n```\nend"
    assert chunk(text, limit=30, mode="length") == ["Intro line\nanother", "```\na = 1\nb = 2\n```\nend"]


def test_newline_makes_a_bubble_of_each_paragraph() -> None:
    """Paragraph first, never packed (ruling 10)."""
    assert chunk("one\ntwo\n \nthree\n\n\n\nfour  ", limit=100, mode="newline") == [
        "one\ntwo",
        "three",
        "four",
    ]


def test_newline_falls_back_to_length_for_a_long_paragraph() -> None:
    """Only what does not fit is cut (ruling 10)."""
    assert chunk("short\n\none two three four", limit=10, mode="newline") == [
        "short",
        "one two",
        "three four",
    ]


@pytest.mark.parametrize("block", ["```\na\n\nb\n```", "~~~\na\n\nb", "    a\n\n    b", "\ta\n\n\tb"])
def test_newline_does_not_tear_code_at_its_blank_lines(block: str) -> None:
    """Fenced and indented blocks are one paragraph (ruling 10)."""
    assert chunk(f"Look:\n\n{block}", limit=100, mode="newline") == ["Look:", block]


def test_newline_keeps_code_that_only_the_caller_knows_of() -> None:
    """The renderer drops fences and names the range instead."""
    text = "Look:\n\na\n\nb\n\nend"
    assert chunk(text, limit=100, mode="newline", code=[(7, 11)]) == ["Look:", "a\n\nb", "end"]


def test_an_essay_keeps_its_parentheses_and_sentences() -> None:
    """A long answer at the default limit reads on across bubbles (page: outbound chunking)."""
    essay = (DATA / "essay.txt").read_text()
    bubbles = chunk(essay, limit=4000, mode="length")
    assert len(bubbles) == 3
    assert all(bubble.startswith(("On length", "Paragraph")) and bubble.endswith(".") for bubble in bubbles)
    paragraphs = chunk(essay, limit=4000, mode="newline")
    assert paragraphs == re.split(r"\n\n", essay.strip())


@pytest.mark.parametrize("text", ["a" * 300_000, "(" * 300_000, "a\n" * 150_000, "🇩🇪" * 100_000])
def test_a_huge_text_is_cut_in_one_go(text: str) -> None:
    """No shape of a long text makes the work grow with its square (it would not end here)."""
    assert without_space("".join(chunk(text, limit=4000, mode="length"))) == without_space(text)


def test_a_limit_that_holds_nothing_is_refused() -> None:
    """The message names the key to change."""
    with pytest.raises(ValueError, match="textChunkLimit"):
        chunk("a", limit=0, mode="length")
