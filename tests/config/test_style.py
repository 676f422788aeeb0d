import pyjson5
from hypothesis import given
from hypothesis import strategies as st

from openclaw.config.proof import same
from openclaw.config.style import Style

from .written import VALUES

OURS = Style(newline="\n", unit="  ", quote='"', key_quote="", colon=": ", trailing_comma=True, padding=" ")


@given(
    VALUES | st.text(),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from("\"'"),
    st.sampled_from(["", '"', "'"]),
    st.sampled_from([":", ": "]),
    st.booleans(),
    st.sampled_from([None, "", "\t"]),
)
def test_a_value_reads_back_the_same_in_every_style(value, newline, quote, key_quote, colon, comma, indent):
    """However it is written."""
    style = Style(newline, "  ", quote, key_quote, colon, comma, " ")
    assert same(pyjson5.decode(style.value(value, indent)), value)


def test_short_lists_stand_in_a_line_and_objects_over_lines():
    """As in the files that `openclaw init` writes."""
    assert OURS.value({"a": ["x", 1], "b-c": {}}, "") == '{\n  a: ["x", 1],\n  "b-c": {},\n}'
    assert OURS.value({"a": 1}, None) == "{ a: 1 }"
    assert OURS.value(["x"], "", spread=True) == '[\n  "x",\n]'


def test_line_ends_of_unicode_are_written_as_escapes():
    """Raw, they would tear the line apart in an editor."""
    assert OURS.value("a\u2028b", None) == '"a\\u2028b"'
