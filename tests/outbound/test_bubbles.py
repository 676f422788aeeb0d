"""Markdown to bubbles, end to end."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from openclaw.outbound.bubbles import bubbles
from openclaw.outbound.chunks import ChunkMode
from openclaw.outbound.graphemes import utf16_length
from openclaw.outbound.tables import TableMode

DATA = Path(__file__).parent / "data"


def test_code_without_fences_is_still_one_bubble() -> None:
    """Blank lines in code make no new bubble although the fences are gone (ruling 10)."""
    sent = bubbles((DATA / "code.md").read_text(), tables="code", limit=4000, mode="newline")
    assert [bubble.partition("\n")[0] for bubble in sent] == [
        "You're reading the file twice. Use a generator instead:",
        "def lines(path):",
        "Then run it with python -m count, not python count.py:",
        "$ python -m count",
        "Note that __init__.py must exist, and that 2*3*4 is still 24.",
    ]


def test_a_prefix_leaves_code_in_one_piece() -> None:
    """The ranges of code move with the words in front of them (facts A.11)."""
    sent = bubbles("Hi\n\n```\na\n\nb\n```\n\nend", tables="code", limit=100, mode="newline", prefix="[S]")
    assert sent == ["[S] Hi", "a\n\nb", "end"]


def test_an_answer_of_nothing_is_no_bubble() -> None:
    """A rule alone says nothing."""
    assert bubbles("---\n\n<!-- note -->", tables="code", limit=4000, mode="length", prefix="[S]") == []


@given(
    st.text("ab*_`#>-|[]() \n\t1.~<🇩🇪", max_size=200),
    st.sampled_from(["off", "code", "bullets"]),
    st.sampled_from(["length", "newline"]),
)
def test_every_bubble_keeps_the_limit(markdown: str, tables: TableMode, mode: ChunkMode) -> None:
    """Property: whatever the markup, no bubble is blank or too long."""
    sent = bubbles(markdown, tables=tables, limit=20, mode=mode)
    assert all(bubble.strip() and utf16_length(bubble) <= 20 for bubble in sent)
