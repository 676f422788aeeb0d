"""Where code stands in a text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.outbound.code_spans import code_spans, covers, fenced_blocks, indented_blocks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\n```py\nb\n```\nc", ["```py\nb\n```"]),
        ("````\n```\n````", ["````\n```\n````"]),
        ("~~~\n```\n~~~\n", ["~~~\n```\n~~~"]),
        ("a\n```\nnever closed", ["```\nnever closed"]),
        ("```one line``` and more", []),
        ("- ```\n  a\n  ```\n", ["- ```\n  a\n  ```"]),
        ("> ```\n> a\n> ```", ["> ```\n> a\n> ```"]),
    ],
)
def test_fenced_blocks_are_found(text: str, expected: list[str]) -> None:
    """Fences close by their own kind and length, and may stand in lists and quotes (CommonMark 4.5)."""
    assert [text[start:end] for start, end in fenced_blocks(text)] == expected


def test_indented_blocks_reach_over_blank_lines() -> None:
    """Four columns or a tab; prose ends the block."""
    text = "a\n    b\n\n\tc\n\nd\n    e"
    assert [text[start:end] for start, end in indented_blocks(text)] == ["    b\n\n\tc", "    e"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a `b` c ``d`e`` f", ["`b`", "``d`e``"]),
        ("a ` b\n\nc ` d", []),
        ("`` a ` b ` c", ["` b `"]),
        ("`a` ```\n", ["`a`"]),
        ("`a`\n```\n`b`\n```\n`c`", ["`a`", "```\n`b`\n```", "`c`"]),
    ],
)
def test_backtick_spans_are_found(text: str, expected: list[str]) -> None:
    """Equal runs of backticks within one paragraph (CommonMark 6.1)."""
    assert [text[start:end] for start, end in code_spans(text)] == expected


@given(st.text("`~ \na-", max_size=60))
def test_spans_are_ordered_and_disjoint(text: str) -> None:
    """Property: what a bisection relies on."""
    spans = code_spans(text)
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert all(covers(spans, start) and not covers(spans[:1], spans[-1][1]) for start, _ in spans)
