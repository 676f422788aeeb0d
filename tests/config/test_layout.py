from openclaw.config.layout import first_newline, indentation, is_spread, line_start
from openclaw.config.spans import outline


def test_a_line_begins_after_whatever_ends_the_one_before():
    """All three kinds of line ends that people's editors write."""
    text = "a\n b\r\n\tc\r  d"
    assert [indentation(text, text.index(name)) for name in "abcd"] == ["", " ", "\t", "  "]
    assert line_start(text, text.index("c")) == text.index("\t")


def test_a_byte_order_mark_is_no_indentation():
    """It stands once, at the beginning of the file."""
    assert indentation("\ufeff{", 1) == ""


def test_the_next_line_end_counts_and_else_the_first_of_the_file():
    """A file with mixed ends keeps each where it is."""
    assert first_newline("a\r\nb\nc") == "\r\n"
    assert first_newline("a\r\nb\nc", 3) == "\n"
    assert first_newline("a\r\nb", 3) == "\r\n"
    assert first_newline("a") == "\n"


def test_a_container_is_spread_when_its_first_entry_has_a_line_of_its_own():
    """What comes after says nothing."""
    assert is_spread("{\n a: 1}", outline("{\n a: 1}").root)
    assert not is_spread("{a: 1,\n b: 2}", outline("{a: 1,\n b: 2}").root)
    assert is_spread("{\n}", outline("{\n}").root)
