"""The words before each reply."""

import pytest

from openclaw.outbound.prefix import prefix, prefixed

VARIABLES = {"model": "gpt", "modelFull": "openai/gpt", "thinkingLevel": "low", "identity.name": "Samantha"}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (None, ""),
        ("", ""),
        ("  🦞 ", "🦞"),
        ("[{MODEL} {modelfull}]", "[gpt openai/gpt]"),
        ("{think}/{ThinkingLevel}", "low/low"),
        ("{Identity.Name}:", "Samantha:"),
        ("{unknown} {}", "{unknown} {}"),
        ("auto", "[Samantha]"),
        ("AUTO", "[Samantha]"),
    ],
)
def test_a_template_is_filled_in(template: str | None, expected: str) -> None:
    """Variables in any case, unknown ones as written, `auto` from the identity (facts A.11)."""
    assert prefix(template, VARIABLES) == expected


def test_auto_without_a_name_adds_nothing() -> None:
    """An agent without identity has no name to show (facts A.11)."""
    assert prefix("auto", {}) == ""


def test_a_reply_is_prefixed_once() -> None:
    """A prefix that is there already is not added again; nothing to say stays nothing."""
    assert prefixed("hello", "[S]") == "[S] hello"
    assert prefixed("[S] hello", "[S]") == "[S] hello"
    assert prefixed("hello", "S:\n") == "S:\nhello"
    assert prefixed("hello", "") == "hello"
    assert prefixed("", "[S]") == ""
