"""Mention patterns: usable, and able to match what people write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.doctor.checks.patterns import PatternFacts, judge
from openclaw.doctor.findings import Severity
from openclaw.inbound.mentions import compile_mentions


def severities(pattern: str) -> list[Severity]:
    return [
        finding.severity for finding in judge(PatternFacts("messages.groupChat.mentionPatterns", (pattern,)))
    ]


@pytest.mark.parametrize(
    "pattern",
    [
        r"\bagent\b",
        "\x08agent\x08",
        "@?agent",
        r"\b(bot|agent)\b",
        r"@bot\b",
        "🦞",
        "🦞\\b",
        r"\bägent",
        r"\bbot-1\b",
    ],
)
def test_a_usable_pattern_is_not_spoken_of(pattern: str) -> None:
    """Words, choices, emoji, any script, and the backspace that a single \\b in JSON becomes."""
    assert severities(pattern) == []


@pytest.mark.parametrize("pattern", [r"(?=bot)", r"(bot)\1", "(bot", "   "])
def test_a_pattern_that_the_engine_refuses_is_an_error(pattern: str) -> None:
    """The gateway would not start with it (demand H5: bad patterns are rejected loudly)."""
    assert severities(pattern) == [Severity.ERROR]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"\b@bot\b", "hey @bot"),
        (r"\\bagent\\b", "hey agent"),
        ("$agent", "agent"),
        ("agent^", "agent"),
    ],
)
def test_a_pattern_that_misses_what_it_is_meant_for_is_told(pattern: str, text: str) -> None:
    """A word boundary beside @ is none; four backslashes in the file are one too many."""
    assert severities(pattern) == [Severity.WARNING]
    assert not compile_mentions([pattern], "patterns").occur_in(text)


@given(st.from_regex(r"[a-z]{1,8}", fullmatch=True))
def test_plain_words_between_boundaries_are_never_doubted(word: str) -> None:
    """The form that the manual recommends."""
    assert severities(rf"\b{word}\b") == []


def test_the_pattern_is_named_by_its_position() -> None:
    """Whoever corrects it finds it in the file."""
    [finding] = judge(PatternFacts("agents.list[1].groupChat.mentionPatterns", ("ok", "(bad")))
    assert finding.looked_at == "agents.list[1].groupChat.mentionPatterns[1]"
