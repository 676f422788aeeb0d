import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.config.environment import parse_dotenv, substitute, variables
from openclaw.errors import ConfigUnreadable


def test_names_are_replaced_anywhere_in_a_text():
    """`${NAME}` works mid-string and at any depth (A.3)."""
    value, issues = substitute({"a": ["x-${A}-${B_2}"], "n": 1}, {"A": "1", "B_2": "2"})
    assert value == {"a": ["x-1-2"], "n": 1}
    assert issues == []


def test_a_doubled_dollar_is_the_text_itself():
    """`$${NAME}` yields `${NAME}` (A.3)."""
    assert substitute("$${A} ${A}", {"A": "1"}) == ("${A} 1", [])


@pytest.mark.parametrize("text", ["${lower}", "$A", "${}", "${1A}", "${A-B}"])
def test_what_is_no_upper_case_name_is_left_alone(text):
    """Only upper-case names are variables (A.3)."""
    assert substitute(text, {}) == (text, [])


@pytest.mark.parametrize("environment", [{}, {"TOKEN": ""}])
def test_a_missing_or_empty_variable_names_itself_and_its_key(environment):
    """A load error that names the variable and the key (ruling 8)."""
    _, issues = substitute({"gateway": {"auth": {"token": "${TOKEN}"}}}, environment)
    assert [issue.path for issue in issues] == ["gateway.auth.token"]
    assert "TOKEN" in issues[0].message


def test_what_is_put_in_is_not_searched_again():
    """A value that looks like a reference stays a value."""
    assert substitute("${A}", {"A": "${B}", "B": "x"}) == ("${B}", [])


@given(
    st.text(), st.dictionaries(st.from_regex(r"[A-Z_][A-Z0-9_]{0,5}", fullmatch=True), st.text(), max_size=3)
)
def test_text_without_references_is_never_changed(text, environment):
    """Substitution touches references only."""
    if "${" not in text:
        assert substitute(text, environment) == (text, [])


def test_the_process_comes_first_then_dotenv_then_the_block(tmp_path):
    """No source overrides one before it (A.3)."""
    (tmp_path / ".env").write_text("A=dotenv\nB=dotenv\n")
    document = {"env": {"A": "block", "B": "block", "vars": {"C": "block"}, "shellEnv": {"enabled": True}}}
    found, issues = variables(document, {"A": "process"}, tmp_path)
    assert (found, issues) == ({"A": "process", "B": "dotenv", "C": "block"}, [])


def test_an_empty_process_variable_does_not_hide_a_fallback(tmp_path):
    """Empty counts as missing."""
    found, _ = variables({"env": {"A": "block"}}, {"A": ""}, tmp_path)
    assert found == {"A": "block"}


def test_the_process_environment_is_not_touched(tmp_path):
    """Loading changes nothing else (style 34)."""
    before = dict(os.environ)
    variables({"env": {"OPENCLAW_TEST_ONLY": "x"}}, os.environ, tmp_path)
    assert dict(os.environ) == before


def test_a_block_that_holds_more_than_texts_is_an_issue(tmp_path):
    """Each wrong value at its place, never the value itself: it may be a secret."""
    _, issues = variables({"env": {"A": 1, "vars": {"B": []}}}, {}, tmp_path)
    assert [issue.path for issue in issues] == ["env.A", "env.vars.B"]
    assert [variables({"env": raw}, {}, tmp_path)[1][0].path for raw in ([], {"vars": 1})] == [
        "env",
        "env.vars",
    ]


def test_a_block_may_use_the_variables_before_it(load):
    """A block value may refer outwards; one that refers to nothing is reported once, where it stands."""
    loaded = load("{env: {FULL: 'x-${OUTER}'}, notify: {owner: '${FULL}'}}", {"OUTER": "1"})
    assert loaded.config.notify.owner == "x-1"


def test_dotenv_lines_are_read_as_people_write_them():
    """export, quotes, comments and noise."""
    text = "# c\nexport A=1\nB='x # y'\nC=\"z\" # c\nD=a b # c\n = 3\nE=\nbad line\n#F=1"
    assert parse_dotenv(text) == {"A": "1", "B": "x # y", "C": "z", "D": "a b", "E": ""}


def test_a_dotenv_that_cannot_be_read_is_an_error(tmp_path):
    """A secret that was meant to be there must not be silently absent."""
    (tmp_path / ".env").write_bytes(b"A=\xff")
    with pytest.raises(ConfigUnreadable, match=r"\.env"):
        variables({}, {}, tmp_path)
