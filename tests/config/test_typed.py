import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from openclaw.config.paths import render_path
from openclaw.config.typed import parse_argument, parse_value, split_assignment, typed_path
from openclaw.errors import BadRequest


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("4000", 4000),
        ("-1.5", -1.5),
        ("+15551234567", "+15551234567"),
        ("0123", "0123"),
        ("1e3", "1e3"),
        ("Infinity", "Infinity"),
        ("plain words, and more", "plain words, and more"),
        ('"true"', "true"),
        ("'4000'", "4000"),
        ("“quoted by a phone”", "quoted by a phone"),
        ("it's", "it's"),
        ('"unclosed', '"unclosed'),
        ('{"a": [1, "+1"]}', {"a": [1, "+1"]}),
        ("[“a”, “b”]", ["a", "b"]),
        ("  open ", "open"),
        ("", ""),
    ],
)
def test_a_value_in_a_chat_is_json_or_what_it_looks_like(text, value):
    """Facts I.3; a phone's curly quotes count as quotes."""
    assert repr(parse_value(text)) == repr(value)


@pytest.mark.parametrize("text", ["{a: 1}", "[1,", "{", '{"a": NaN}'])
def test_a_brace_or_bracket_promises_json(text):
    """And nothing is guessed when it is broken (facts I.3)."""
    with pytest.raises(BadRequest, match="not JSON"):
        parse_value(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4000", 4000),
        ("0x10", 16),
        ("-.5", -0.5),
        ("1e3", 1000.0),
        ("+15551234567", "+15551234567"),
        ("1_000", "1_000"),
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
        ("pairing", "pairing"),
        ("{a: ['x',], /* c */}", {"a": ["x"]}),
        ("'4000'", "4000"),
        ("a: b", "a: b"),
        ("", ""),
        ("true", True),
    ],
)
def test_a_value_on_the_command_line_is_json5_or_a_text(text, value):
    """Facts J.4, and phone numbers are texts."""
    assert repr(parse_argument(text)) == repr(value)


def test_strict_takes_json_only():
    """Facts J.4: `--strict-json`."""
    assert parse_argument('{"a": 1}', strict=True) == {"a": 1}
    for text in ("pairing", "{a: 1}", "“x”", "NaN"):
        with pytest.raises(BadRequest):
            parse_argument(text, strict=True)


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("messages.queue.mode=followup", ("messages", "queue", "mode"), "followup"),
        (" a.b = c=d ", ("a", "b"), "c=d"),
        ('groups["a=b"].x=1', ("groups", "a=b", "x"), "1"),
        ("groups[“iMessage;+;x”].x=1", ("groups", "iMessage;+;x", "x"), "1"),
        ("a=", ("a",), ""),
    ],
)
def test_an_assignment_is_split_at_its_first_equals_sign(text, path, value):
    """Facts I.3; one inside a quoted key is a part of the key."""
    assert split_assignment(text) == (path, value)


@pytest.mark.parametrize("text", ["a.b", "=1", "a..b=1", "a[=1", '["\\x"]=1', ""])
def test_what_is_no_assignment_is_refused(text):
    """With how to write one."""
    with pytest.raises(BadRequest):
        split_assignment(text)


@given(st.lists(st.text(min_size=1, max_size=6) | st.integers(0, 99), min_size=1, max_size=4))
@example(["“a”", "b"])
def test_a_path_is_read_as_it_is_shown(path):
    """What an answer names can be typed again."""
    assert typed_path(render_path(tuple(path))) == tuple(path)
