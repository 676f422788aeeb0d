import pytest
from hypothesis import given

from openclaw.config.tokens import scan
from openclaw.errors import ConfigRefused

from .written import WILD


@given(WILD)
def test_nothing_is_lost_between_the_words(text):
    """The tokens of a file are the file, in order."""
    tokens = scan(text)
    assert "".join(text[token.start : token.end] for token in tokens) == text


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\u2028", "\u2029"])
def test_each_line_end_of_the_standard_ends_a_comment(end):
    """JSON5, sections 5.1 and 7: five ways, of which a reader that knows two hides the rest of the file."""
    assert [token.kind for token in scan(f"// x{end}a") if token.kind != "space"] == ["line", "word"]


def test_comments_in_texts_and_texts_in_comments_are_what_they_stand_in():
    """Neither begins inside the other."""
    assert [token.kind for token in scan("'/* a */'/* ' */\"// b\"// \"")] == [
        "string",
        "block",
        "string",
        "line",
    ]


def test_a_character_without_a_place_is_refused():
    """A text that the decoder would not take does not get through here either."""
    with pytest.raises(ConfigRefused, match="position 1"):
        scan("{'open}")
