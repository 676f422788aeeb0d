"""The shapes of leaks."""

import pytest

from openclaw.outbound.leaks import CALL_START, ENVELOPE, MARKS, WRAPPERS


@pytest.mark.parametrize(
    "text", ["", "plain prose", "a < b", "[1] and [[2]]", "x: y", "{", "| a |", "MEDIA: we love it"]
)
def test_plain_text_has_none_of_them(text: str) -> None:
    """Every pattern is silent on what people write."""
    patterns = (
        [wrapper.tag for wrapper in WRAPPERS] + [mark.pattern for mark in MARKS] + [ENVELOPE, CALL_START]
    )
    assert [pattern.pattern for pattern in patterns if pattern.search(text)] == []


def test_a_tag_says_whether_it_closes_and_what() -> None:
    """What `lint` pairs tags by."""
    reasoning = WRAPPERS[0].tag
    assert [(tag["close"], tag["name"]) for tag in reasoning.finditer("<think a='b'></ns:thinking>")] == [
        ("", "think"),
        ("/", "thinking"),
    ]
    assert reasoning.search("<thinker>") is None
