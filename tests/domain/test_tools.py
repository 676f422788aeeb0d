"""Names of tools, and what rules about them permit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.domain.tools import (
    EVERY_TOOL,
    NO_TOOLS,
    OWN_TOOLS,
    ToolRights,
    ToolRule,
    allowed_names,
    denied_names,
    is_known,
    remote_name,
    server_prefix,
)

NAMES = st.sampled_from([*OWN_TOOLS, "files__read", "files__write", "web__fetch", "x"])
PATTERNS = st.sampled_from(
    ["*", "files__*", "*__*", "*_file", "conversation", "web__fetch", "read*", "x", "f*s__*d"]
)
SETS = st.frozensets(PATTERNS, max_size=4)
RULES = st.builds(ToolRule, st.none() | SETS, SETS)
RIGHTS = st.builds(ToolRights, st.frozensets(RULES, max_size=3))


@given(RIGHTS, RIGHTS, NAMES)
def test_both_rights_together_permit_what_each_does(one: ToolRights, other: ToolRights, name: str) -> None:
    """An intersection, so that a turn for two people gives neither more than he has (demand: least privilege)."""
    assert (one & other).permits(name) == (one.permits(name) and other.permits(name))


@given(RIGHTS, NAMES)
def test_what_is_permitted_could_be_permitted_by_its_beginning(rights: ToolRights, name: str) -> None:
    """A server whose tools may be used is never left out (servers.py)."""
    if rights.permits(name):
        assert all(rights.may_permit(name[:end]) for end in range(1, len(name)))


@given(SETS, NAMES)
def test_deny_wins(patterns: frozenset[str], name: str) -> None:
    """Facts C.8: deny wins, whatever else allows."""
    rule = ToolRule(patterns, patterns)
    assert not rule.permits(name)


def test_nothing_and_everything() -> None:
    """The two ends."""
    assert not any(NO_TOOLS.permits(name) for name in (*OWN_TOOLS, "a__b"))
    assert all(EVERY_TOOL.permits(name) for name in (*OWN_TOOLS, "a__b"))
    assert not NO_TOOLS.may_permit("a__")


@pytest.mark.parametrize(
    ("words", "name", "allows", "denies"),
    [
        (["read_file"], "read_file", True, True),
        ([" READ_FILE "], "read_file", True, True),
        (["read"], "read_file", True, True),
        (["write"], "write_file", True, True),
        (["edit"], "write_file", False, True),
        (["apply_patch"], "write_file", False, True),
        (["group:fs"], "list_files", True, True),
        (["group:fs"], "conversation", False, False),
        (["group:openclaw"], "conversation", True, True),
        (["bundle-mcp"], "files__read", True, True),
        (["bundle-mcp"], "read_file", False, False),
        (["files__*"], "files__read", True, True),
        (["files__*"], "FILES__Read", True, True),
        (["files__*"], "files2__read", False, False),
        (["[fr]ead_file", "?ead_file"], "read_file", False, False),
        (["*"], "anything", True, True),
        ([], "read_file", False, False),
    ],
)
def test_words_and_the_tools_they_mean(words: list[str], name: str, allows: bool, denies: bool) -> None:
    """Names, wildcards, groups and the original's own names; in doubt a word forbids and does not allow."""
    assert ToolRule(allowed_names(words)).permits(name) is allows
    assert ToolRule(None, denied_names(words)).permits(name) is not denies


@pytest.mark.parametrize(
    ("server", "tool", "name"),
    [
        ("files", "read", "files__read"),
        ("my files", "read/now", "my-files__read-now"),
        ("x" * 40, "y" * 60, "x" * 30 + "__" + "y" * 32),
        ("é", "", "-__-"),
    ],
)
def test_names_of_remote_tools_suit_every_api(server: str, tool: str, name: str) -> None:
    """At most 64 characters of those that all model APIs take, beginning with the server's prefix."""
    assert remote_name(server, tool) == name
    assert name.startswith(server_prefix(server))


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("read_file", True),
        ("*", True),
        ("exec", True),
        ("group:web", True),
        ("files__*", True),
        ("files__anything", True),
        ("fil*", True),
        ("other__*", False),
        ("write_fiel", False),
        ("group:nonsense", False),
    ],
)
def test_a_word_that_means_nothing_is_noticed(word: str, known: bool) -> None:
    """A mistyped deny would forbid nothing."""
    assert is_known(word, ["files"]) is known
