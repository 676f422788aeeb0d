"""Patterns: what people write is made usable, whatever its script."""

from __future__ import annotations

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from openclaw.domain.patterns import (
    PatternFault,
    compile_pattern,
    name_pattern,
    sign_pattern,
    visible_text,
)


def found_in(pattern: re2.Pattern | PatternFault | None, text: str) -> bool:
    """Whether a usable pattern is found in what somebody wrote."""
    assert pattern is not None
    assert not isinstance(pattern, PatternFault)
    return pattern.search(visible_text(text)) is not None


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"\bклешня\b", "Эй, КЛЕШНЯ!", True),
        (r"\bклешня\b", "клешнями", False),
        (r"\bклешня\b", "подклешня", False),
        (r"\b@?мари\b", "привет @мари", True),
        (r"\bzoë\b", "ZOË?", True),
        (r"\bzoë\b", "zoëlle", False),
        (r"\b🦞\b", "hey 🦞 there", True),
        (r"\bクロー\b", "ねえクローさん", True),
        (r"क्लॉ\b", "क्लॉ, सुनो", True),
        (r"\\bклешня", r"\bклешня", True),
        ("❤\ufe0f", "with ❤", True),
        ("👩\u200d💻", "ask 👩\u200d💻 now", True),
        ("soft", "so\u00adft", True),
    ],
)
def test_a_boundary_is_one_in_every_script(pattern: str, text: str, found: bool) -> None:
    r"""RE2 knows ``\b`` between ASCII letters only; a name in another script must be found all the same."""
    assert found_in(compile_pattern(pattern), text) is found


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("クロー", "ねえクロー、元気?", True),
        ("小龙虾", "你好小龙虾在吗", True),
        ("Клешня", "а клешня тут?", True),
        ("Клешня", "клешнями", False),
        ("मोल्टी", "मोल्टी कहाँ", True),
        ("मोल्ट", "मोल्टी कहाँ", False),
        ("Molty", "@molty❤", True),
    ],
)
def test_a_name_is_a_whole_word_where_its_script_has_words(name: str, text: str, found: bool) -> None:
    """Scripts without spaces have no boundary to look for; combining signs belong to their word."""
    assert found_in(name_pattern(name), text) is found


@pytest.mark.parametrize("nothing", ["", "  ", "\u200b\u200d", "\ufe0f"])
def test_nothing_to_see_is_no_pattern(nothing: str) -> None:
    """A name of marks alone would match every text."""
    assert name_pattern(nothing) is None
    assert sign_pattern(nothing) is None
    assert isinstance(compile_pattern(nothing), PatternFault)


@pytest.mark.parametrize("pattern", ["(", "(?=a)", r"(a)\1", "a{5000}", "[z-a]"])
def test_what_the_engine_refuses_is_told_with_a_way_on(
    pattern: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """A fault is a value with its fix, and nothing is printed beside it."""
    fault = compile_pattern(pattern)

    assert isinstance(fault, PatternFault)
    assert "not a usable pattern" in fault.message
    assert fault.fix
    assert capfd.readouterr().err == ""


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_pattern_and_no_text_can_break_the_search(pattern: str, text: str) -> None:
    """Whatever people write is a pattern or a fault, never a crash."""
    usable = compile_pattern(pattern)
    if not isinstance(usable, PatternFault):
        usable.search(visible_text(text))


def test_a_long_text_is_searched_in_time_that_grows_with_it_alone() -> None:
    """A pattern on which backtracking would never end; 100 kB of text are a moment's work."""
    assert not found_in(compile_pattern(r"((a|aa)+)+$"), "a" * 100_000 + "!")
