import pyjson5
import pytest
from hypothesis import given

from openclaw.config.paths import look_up
from openclaw.config.spans import outline
from openclaw.errors import ConfigRefused

from .written import WILD, paths_of


@given(WILD)
def test_each_span_holds_the_value_at_its_path(text):
    """What is cut out of the file at a span decodes to what the whole file has there."""
    document = pyjson5.decode(text)
    found = outline(text)
    for path in paths_of(document):
        way = found.find(path)
        assert len(way) == len(path)
        span = way[-1][1].value
        assert repr(pyjson5.decode(text[span.start : span.end])) == repr(look_up(document, path)[1])


def test_a_path_is_followed_as_far_as_the_file_has_it():
    """The way ends where the first step is missing."""
    found = outline("{a: {b: [1, 2]}}")
    assert [entry.key for _, entry in found.find(("a", "b", 1))] == ["a", "b", 1]
    assert [entry.key for _, entry in found.find(("a", "b", 7))] == ["a", "b"]
    assert found.find(("x", "y")) == []


def test_a_position_names_a_key_of_digits_in_an_object():
    """`groups[123]` and `groups["123"]` are the same group."""
    assert [entry.key for _, entry in outline('{groups: {"123": {}}}').find(("groups", 123))] == [
        "groups",
        "123",
    ]


@pytest.mark.parametrize("text", ['{a: 1,\n "a": 2}', "{a: 1,\n \\u0061: 2}", "{a: 1,\n 'a': 1}"])
def test_a_key_that_stands_twice_is_refused_with_both_lines(text):
    """Only the last one counts, and nobody can say which is meant; spelling does not make two keys of it."""
    with pytest.raises(ConfigRefused, match="a stands twice, in line 1 and in line 2"):
        outline(text)
