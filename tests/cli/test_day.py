from __future__ import annotations

from datetime import UTC, datetime

import click
import pytest

from openclaw.cli.day import Day


def test_a_day_begins_at_midnight_here():
    """A date without a zone is one of this machine."""
    assert Day().convert("2026-03-01", None, None) == datetime(2026, 3, 1).astimezone()


def test_a_time_with_a_zone_keeps_its_moment():
    """What `--json` prints can be given back."""
    assert Day().convert("2026-03-01T12:00:00.000Z", None, None) == datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "1.3.2026"])
def test_what_is_no_date_says_how_one_is_written(text: str):
    """A message names the fix (style 21)."""
    with pytest.raises(click.BadParameter, match="write 2026-03-01"):
        Day().convert(text, None, None)
