import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.config.paths import parse_path, read_path, render_path
from openclaw.errors import NotFound

keys = st.text(max_size=12)
paths = st.lists(st.one_of(keys, st.integers(0, 99)), max_size=5).map(tuple)


@given(paths)
def test_every_path_reads_back_from_its_text(path):
    """render_path and parse_path are each other's inverse, whatever the keys hold."""
    assert parse_path(render_path(path)) == path


def test_a_path_is_written_with_dots_and_brackets():
    """The form that issues and `config get` share (J.4)."""
    assert render_path(("agents", "list", 0, "id")) == "agents.list[0].id"
    assert render_path(("models", "openai/gpt-4.1")) == 'models["openai/gpt-4.1"]'


def test_both_quotes_are_understood():
    """A shell user writes whichever quote is free."""
    assert parse_path("a['x.y']") == parse_path('a["x.y"]') == ("a", "x.y")


@pytest.mark.parametrize(
    "text", ["a..b", "a[", "a b", "[x]", "a[-1]", f"a[{'9' * 5000}]", 'a["\\q"]', 'a["\\ud800"]', "a\ud800"]
)
def test_what_is_no_path_is_refused_by_name(text):
    """A malformed path is not "not set": it is named as malformed."""
    with pytest.raises(NotFound, match="not a key path"):
        parse_path(text)


def test_reading_follows_objects_and_lists():
    """`config get` reads the defaults-filled view by path (J.4)."""
    document = {"agents": {"list": [{"id": "a"}, {"id": "b"}]}}
    assert read_path(document, "agents.list[1].id") == "b"
    assert read_path(document, "agents.list.1.id") == "b"
    assert read_path(document, "") == document


@pytest.mark.parametrize(
    ("text", "missing"), [("agents.lost.id", r"agents\.lost"), ("agents.list[7]", r"list\[7\]")]
)
def test_the_first_missing_step_is_named(text, missing):
    """The operator sees where the path leaves the document."""
    with pytest.raises(NotFound, match=missing):
        read_path({"agents": {"list": []}}, text)
