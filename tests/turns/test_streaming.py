"""Which parts of an answer may leave before its end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from openclaw.turns.streaming import Blocks, Streaming, cuts

FENCE = "```python\nx = 1\n\ny = 2\n```\n"
LIST = "1. one\n\n   more of one\n\n2. two\n"
PIECES = st.sampled_from(
    [
        "Words.",
        "Some more words here.",
        "\n",
        "\n\n",
        FENCE,
        LIST,
        "- item\n",
        "  indented\n",
        "~~~\n",
        "```\n",
        "# T\n",
    ]
)
TEXTS = st.lists(PIECES, max_size=14).map("".join)
SMALL = Streaming(min_chars=10, max_chars=60)


def told(text: str, how: Streaming, step: int = 3) -> tuple[list[str], str]:
    """The blocks of a text that comes in pieces of ``step`` characters, and what is left of it."""
    blocks = Blocks(how)
    said: list[str] = []
    for start in range(0, len(text), step):
        said += blocks.add(text[start : start + step])
    return said, blocks.left


@given(TEXTS, st.integers(1, 40), st.sampled_from(["paragraph", "newline", "sentence"]))
def test_nothing_is_lost_repeated_or_reordered(text: str, step: int, breaks: str) -> None:
    """The end of the answer does not say again what was streamed."""
    how = Streaming(min_chars=10, max_chars=60, breaks=breaks)  # type: ignore[arg-type]
    said, left = told(text, how, step)
    assert "".join(said) + left == text
    assert all(block.strip() for block in said)


@given(TEXTS, st.integers(1, 40), st.sampled_from(["paragraph", "newline", "sentence"]))
def test_no_fence_is_torn(text: str, step: int, breaks: str) -> None:
    """A block of code leaves whole or not yet."""
    how = Streaming(min_chars=10, max_chars=60, breaks=breaks)  # type: ignore[arg-type]
    said, _ = told(text, how, step)
    for block in said:
        opened = ""
        for line in block.splitlines():
            run = line.strip()[:3]
            if run in ("```", "~~~"):
                is_plain = not line.strip().strip("`~")
                opened = run if not opened else "" if run == opened and is_plain else opened
        assert opened == ""


@given(TEXTS)
def test_a_paragraph_that_is_over_stays_over(text: str) -> None:
    """More text never makes a place wrong at which was cut."""
    for end in range(len(text)):
        assert set(cuts(text[:end])) <= set(cuts(text))


def test_an_item_of_a_list_is_not_torn_from_what_belongs_to_it() -> None:
    """A blank line inside a list ends nothing; text against the margin does."""
    assert cuts(LIST + "\n") == []
    text = LIST + "\nAfter it.\n"
    assert cuts(text) == [len(LIST) + 1]


def test_small_paragraphs_are_sent_together_and_large_ones_alone() -> None:
    """Coalescing by minChars and maxChars."""
    small = "One.\n\nTwo.\n\nThree.\n\nFour.\n\n"
    assert told(small, SMALL)[0] == ["One.\n\nTwo.\n\n", "Three.\n\nFour.\n\n"]
    large = "word " * 40 + "\n\n"
    assert told(large + small, SMALL)[0][0] == large
    assert told("a" * 500, SMALL) == ([], "a" * 500)


def test_a_long_paragraph_is_cut_finer_where_that_is_preferred() -> None:
    """breakPreference: at lines, or at sentences as well."""
    lines = "A line of words here.\n" * 4
    assert told(lines, Streaming(min_chars=10, max_chars=60))[0] == []
    assert told(lines, Streaming(min_chars=10, max_chars=60, breaks="newline"))[0] == [
        "A line of words here.\n" * 2
    ]
    prose = "A sentence of words. " * 4
    assert told(prose, Streaming(min_chars=10, max_chars=60, breaks="sentence"))[0] == []
    assert told(prose + "\n", Streaming(min_chars=10, max_chars=60, breaks="sentence"))[0] == [
        "A sentence of words. " * 2
    ]


def test_silence_says_what_is_finished_however_short() -> None:
    """idleMs: a reader does not wait for minChars when nothing more comes."""
    blocks = Blocks(SMALL)
    assert blocks.add("Hi.\n\nUnfin") == []
    assert blocks.pause() == ["Hi.\n\n"]
    assert blocks.pause() == []
    assert blocks.left == "Unfin"


def test_a_turn_to_a_tool_ends_what_was_written() -> None:
    """The text before a tool call is a whole; an open fence is not."""
    blocks = Blocks(SMALL)
    blocks.add("Let me look.")
    assert blocks.turn_away() == ["Let me look."]
    blocks.add("```\nx")
    assert blocks.turn_away() == []


def test_what_may_be_internal_is_left_for_the_end() -> None:
    """Nothing is cut where something internal is open."""
    how = Streaming(
        min_chars=1, max_chars=60, is_closed=lambda text: text.count("<think>") == text.count("</think>")
    )
    said, left = told("Fine.\n\n<think>\n\nhm\n\n</think>\n\nYes.\n\nmore", how)
    assert said == ["Fine.\n\n", "<think>\n\nhm\n\n</think>\n\n", "Yes.\n\n"]
    assert left == "more"


def test_at_the_end_of_a_message_only_is_nothing_said_before() -> None:
    """blockStreamingBreak message_end."""
    how = Streaming(min_chars=1, at_once=False)
    blocks = Blocks(how)
    assert blocks.add("One.\n\nTwo.\n\n") == blocks.pause() == []
    assert blocks.turn_away() == ["One.\n\nTwo.\n\n"]
