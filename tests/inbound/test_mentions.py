"""Mentions: was the agent called?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.errors import ConfigInvalid
from openclaw.inbound.mentions import MentionPatterns, compile_mentions, derive_mentions


def occurs(pattern: str, text: str) -> bool:
    """Whether one configured pattern finds itself called."""
    return compile_mentions([pattern], "messages.groupChat.mentionPatterns").occur_in(text)


@pytest.mark.parametrize(
    ("pattern", "text", "called"),
    [
        (r"\bclaw\b", "Hey CLAW, are you there?", True),
        (r"\bCLAW\b", "hey claw", True),
        (r"\bclaw\b", "clawless", False),
        ("\bclaw\b", "hey claw", True),
        ("@?openclaw", "ask @openclaw", True),
        ("claw|lobster", "a LOBSTER", True),
        ("claw", "c\u200bl\u2060aw", True),
        ("claw", "\u202eclaw\u202c", True),
        ("caf\u00e9", "cafe\u0301", True),
        ("cafe\u0301", "caf\u00e9", True),
        (r"(?i)claw", "CLAW", True),
        ("claw", "", False),
    ],
)
def test_a_pattern_ignores_case_and_invisible_characters(pattern: str, text: str, called: bool) -> None:
    """Behaviour facts C.5 and A.10; a backspace from a JSON "\\b" is the word boundary that was meant."""
    assert occurs(pattern, text) is called


@pytest.mark.parametrize(
    ("text", "behind"),
    [
        ("claw /new", "/new"),
        ("@Claw, /new tell me /all of it", "/new tell me /all of it"),
        ("c\u200blaw: /new a\u200db", "/new a\u200db"),
        ("claw claw /new", "/new"),
        ("claw/new", "/new"),
        ("hey claw /new", ""),
        ("/new claw", ""),
        (", /new", ""),
        ("clawless /new", ""),
        ("claw new", ""),
        ("claw" + " " * 100 + "/new", ""),
    ],
)
def test_a_command_may_stand_behind_a_name_and_nothing_else(text: str, behind: str) -> None:
    """As people call somebody in a group (behaviour facts D.12); what stands behind it stays as it was written."""
    assert compile_mentions([r"@?\bclaw\b"], "x").after_call(text) == behind


def test_no_pattern_means_that_mentions_cannot_be_told() -> None:
    """None at all is not "never mentioned" (ruling 14)."""
    assert compile_mentions([], "x").is_empty
    assert not compile_mentions(["claw"], "x").is_empty
    assert not MentionPatterns(()).occur_in("claw")


def test_every_bad_pattern_is_named_at_once() -> None:
    """Bad patterns are refused when the configuration is loaded, each with its place and cause (demand H5)."""
    with pytest.raises(ConfigInvalid) as refused:
        compile_mentions(
            ["claw", "(claw", "(?=claw)", r"(a)\1", " "], "agents.list[0].groupChat.mentionPatterns"
        )

    issues = refused.value.issues
    assert [issue.path for issue in issues] == [
        f"agents.list[0].groupChat.mentionPatterns[{n}]" for n in (1, 2, 3, 4)
    ]
    assert [issue.value for issue in issues] == ["(claw", "(?=claw)", r"(a)\1", " "]
    assert all(issue.fix and "usable" in issue.message for issue in issues[:3])
    assert "missing )" in issues[0].message
    assert "every text" in issues[3].message


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(a|a)*b", r"(.*)*x", r"(a?){30}a{30}"])
def test_a_pattern_that_explodes_elsewhere_is_linear_here(pattern: str) -> None:
    """Whoever writes to us must not be able to stop us: RE2 finishes where backtracking would outlive the universe."""
    assert occurs(pattern, "a" * 20_000 + "!") in (True, False)


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("Molty Claw, hello", True),
        ("hi @molty  claw!", True),
        ("MOLTY\nCLAW", True),
        ("(molty claw)", True),
        ("moltyclaw", False),
        ("smolty claw", False),
        ("molty claws", False),
        ("molty_claw", False),
        ("just 🦞", True),
        ("just 👩\u200d💻", False),
    ],
)
def test_an_identity_makes_patterns(text: str, called: bool) -> None:
    """Derived from name and emoji: words by any space, an optional @, whole words (behaviour facts A.10)."""
    assert derive_mentions("Molty Claw", "🦞").occur_in(text) is called


@pytest.mark.parametrize(
    ("name", "emoji", "text"),
    [
        ("C.L.A.W. (beta)", "", "hey c.l.a.w. (beta)"),
        ("", "👩\u200d💻", "👩\u200d💻?"),
        ("Zoe\u0308", "", "ZOË!"),
    ],
)
def test_names_and_emoji_are_taken_literally(name: str, emoji: str, text: str) -> None:
    """Dots and brackets of a name are no pattern, and joined emoji are found although joiners are ignored."""
    patterns = derive_mentions(name, emoji)

    assert patterns.occur_in(text)
    assert not patterns.occur_in("cxlxaxwx beta")


def test_an_agent_without_identity_has_no_patterns() -> None:
    """Nothing to be called by: gating cannot be enforced (ruling 14)."""
    assert derive_mentions("", " ").is_empty
    assert derive_mentions("  ", "").is_empty


@given(st.text(min_size=1, max_size=20), st.text(max_size=40))
def test_any_name_makes_a_usable_pattern(name: str, text: str) -> None:
    """No name of an agent can break the gate, and what is written never raises."""
    derive_mentions(name, name).occur_in(text)
