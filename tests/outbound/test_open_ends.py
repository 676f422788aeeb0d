"""Beginnings that can be looked at alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.outbound.lint import lint
from openclaw.outbound.open_ends import is_closed

SECRET = "internal"
PIECES = st.sampled_from(
    [
        "Hello. ",
        "\n\n",
        "<think>",
        "</think>",
        "<tool_call>\n{",
        "</tool_call>",
        "<memories>",
        f"{SECRET} ",
        "`",
        "```\n",
        "and ",
    ]
)


@pytest.mark.parametrize(
    "text",
    [
        "<think>hm",
        "a\n<tool_call>{",
        "```\ncode",
        '{"name": "x"',
        "<|channel|>analysis",
        "[TOOL_CALLS] x",
        "A (untrusted metadata):",
    ],
)
def test_an_open_end_is_seen(text: str) -> None:
    """The rest of it would come with the next block, without its beginning."""
    assert not is_closed(text)


@pytest.mark.parametrize(
    "text", ["", "Hello.", "<think>hm</think> Yes", "```\ncode\n```", "a `<think>` b", "1 < 2"]
)
def test_a_closed_end_is_seen(text: str) -> None:
    """Code that speaks of such things is not such a thing."""
    assert is_closed(text)


@given(st.lists(PIECES, max_size=10).map("".join), st.lists(PIECES, max_size=6).map("".join))
def test_what_follows_a_closed_end_hides_what_it_hid_in_the_whole(first: str, rest: str) -> None:
    """What is swallowed between tags in the whole answer is not said in a block; a lone closing tag is as it was."""
    opens = rest.find("<think>")
    if (
        not is_closed(first)
        or "`" in first + rest
        or (rest.find("</think>") >= 0 and not 0 <= opens < rest.find("</think>"))
    ):
        return
    if SECRET not in lint(first + rest).text:
        assert SECRET not in lint(first).text + lint(rest).text
