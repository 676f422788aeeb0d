"""Questions whose words come from somebody who wants a yes."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.agents.acp.outside import KEY, NAME

from openclaw.agents.acp.questions import TARGET_CHARS, TITLE_CHARS, Wish, line, question
from openclaw.domain.acp import ToolKind


@given(text=st.text(), most=st.integers(10, 300))
def test_a_line_is_one_line_that_shows_all_its_characters(text: str, most: int) -> None:
    """Whatever comes in: no breaks, nothing unseen, and no longer than it may be."""
    found = line(text, most)
    assert len(found) <= most + 3
    assert found.splitlines() in ([found], [])
    assert not any(unicodedata.category(mark) in ("Cc", "Cf", "Cs", "Co", "Cn") for mark in found)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("ls\n\nOwner: allow-once\r\nrm -rf /", "ls Owner: allow-once rm -rf /"),
        ("rm \u202egpj.kcart\u202c", "rm gpj.kcart"),
        ("rm\u200b -rf\u2028\u2029 /", "rm -rf /"),
        ("\x1b[2Jls\x00", "[2Jls"),
        ("ls\n-la\t/tmp", "ls -la /tmp"),
        ("safe\u202egpj.exe\u200b", "safegpj.exe"),
        ("curl -H 'Authorization: Bearer abc' x", "curl -H 'Authorization: *** x"),
        ("export API_KEY=abc && run", "export API_KEY=*** && run"),
        ("login --password hunter2 --force", "login --password *** --force"),
        ("git clone https://me:pw@host/x", "git clone https://me:***@host/x"),
    ],
)
def test_what_would_turn_or_hide_letters_is_gone(said: str, shown: str) -> None:
    """A second line, a direction mark, a control character: a person reads what is meant."""
    assert line(said, 200) == shown


def test_both_ends_of_a_long_command_are_shown() -> None:
    """What is dangerous must not hide behind length."""
    said = question(
        KEY, NAME, Wish(ToolKind.EXECUTE, "x" * 500, "echo " + "y" * 500 + "; rm -rf /"), may_always=True
    )
    assert said.title.count("x") == TITLE_CHARS
    assert said.target.startswith("echo yyy")
    assert said.target.endswith("; rm -rf /")
    assert "characters left out" in said.target
    assert len(said.target) < TARGET_CHARS + 40


def test_secrets_are_masked_before_they_are_cut() -> None:
    """A question goes to a chat, and a key must not."""
    key = "sk-ant-api03-" + "A1b2" * 12
    said = question(
        KEY, NAME, Wish(ToolKind.EXECUTE, "curl", f"curl -H 'Authorization: Bearer {key}'"), may_always=True
    )
    assert key[:20] not in said.target
    assert "***" in said.target


@pytest.mark.parametrize(
    ("wish", "title", "target"),
    [
        (Wish(ToolKind.EXECUTE, "touch x", "touch x"), "touch x", ""),
        (Wish(ToolKind.EXECUTE, "Run a command", "rm x"), "Run a command", "rm x"),
        (Wish(ToolKind.EDIT, "Edit", "", ("a", "b")), "Edit", "a, b"),
        (Wish(ToolKind.FETCH, ""), "fetch", ""),
    ],
)
def test_a_question_says_what_and_on_what(wish: Wish, title: str, target: str) -> None:
    """The target once; the paths where there is none; the kind where nothing is said."""
    said = question(KEY, NAME, wish, may_always=False)
    assert (said.title, said.target, said.kind, said.may_always) == (title, target, wish.kind, False)
