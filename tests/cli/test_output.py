from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.cli.output import clean, clean_lines, local_time, print_table, shorten


@given(st.text())
def test_cleaned_text_holds_nothing_a_terminal_obeys(text: str):
    """One line, no control and no direction characters, whatever a contact wrote."""
    shown = clean(text)
    assert not any(
        letter < " " or "\x7f" <= letter <= "\x9f" or "\u202a" <= letter <= "\u202e" for letter in shown
    )
    assert clean(shown) == shown
    assert "\x1b" not in clean_lines(text)
    assert len(shorten(text, 10)) <= 10


def test_tables_keep_a_row_on_one_line_in_a_pipe(capsys: pytest.CaptureFixture[str]):
    """What is piped into grep must not be wrapped, and a cell is never markup."""
    print_table(("A", "B"), [("x" * 300, "[bold]not markup[/bold]"), (None, 5)])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert "x" * 300 in lines[1]
    assert "[bold]not markup[/bold]" in lines[1]


@pytest.mark.parametrize("nothing", [None, "", 5])
def test_no_time_is_an_empty_cell(nothing: object):
    """A field that is not there is not an error of the reader."""
    assert local_time(nothing) == ""
