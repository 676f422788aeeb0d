"""Dates, tapbacks, references and the group flag."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.simulator import objects
from openclaw.simulator.versions import version


@pytest.mark.parametrize(
    ("date", "text"),
    [
        (None, "2001-01-01T00:00:00.000Z"),
        (1_500_000, "2001-01-01T00:00:00.002Z"),
        (721_692_800 * 10**9, "2023-11-14T22:13:20.000Z"),
    ],
)
def test_dates_have_three_digits_and_null_is_the_epoch(date: int | None, text: str) -> None:
    """Dates on the wire (imsg contract 1.6, 3.3)."""
    assert objects.iso(date) == text


@given(st.integers(0, 2**41))
def test_a_date_comes_back_from_its_text(milliseconds: int) -> None:
    """`start` and `end` take what `created_at` shows, to the millisecond."""
    assert objects.from_iso(objects.iso(milliseconds * 10**6)) == pytest.approx(
        milliseconds * 10**6, abs=10**5
    )


@pytest.mark.parametrize("text", ["", "2026-01-01", "2026-01-01T00:00:00", "soon", "20260101 000000Z"])
def test_a_date_needs_time_and_zone(text: str) -> None:
    """Anything else is a bad date (imsg contract 1.3)."""
    with pytest.raises(objects.BadDate, match="Invalid ISO8601 date"):
        objects.from_iso(text)


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        (2000, "", ("love", "❤️")),
        (3004, "", ("emphasis", "‼️")),
        (2006, "Reacted 🦄 to “x”", ("custom", "🦄")),
        (3006, "🦄 was taken from", ("custom", "🦄")),
        (2006, "take 5", ("custom", "5")),
        (2006, "nothing", None),
        (2007, "", None),
    ],
)
def test_tapbacks_have_a_word_and_an_emoji(kind: int, text: str, found: tuple[str, str] | None) -> None:
    """Types, and the emoji from the text (imsg contract 3.6)."""
    assert objects.tapback(kind, text) == found


@pytest.mark.parametrize(
    ("kind", "is_one"),
    [(1999, False), (2000, True), (2006, True), (2007, False), (3000, True), (3007, False)],
)
def test_sticker_tapbacks_and_polls_are_no_tapbacks(kind: int, is_one: bool) -> None:
    """2007 and 3007 are emitted as plain messages (imsg contract 3.6)."""
    assert objects.is_tapback(kind) is is_one


def test_references_lose_what_stands_before_the_slash_only() -> None:
    """`bp:` stays (imsg contract 3.6)."""
    assert [objects.bare_reference(each) for each in ("p:0/G", "G", "bp:G", None)] == ["G", "G", "bp:G", ""]


@pytest.mark.parametrize(
    ("number", "identifier", "guid", "flag"),
    [
        ("0.5.0", "chat1", "iMessage;+;chat1", True),
        ("0.5.0", "+1555", "any;-;+1555", False),
        ("0.4.0", "chat1", "iMessage;+;chat1", False),
        ("0.4.0", "iMessage;-;+1555", "iMessage;-;+1555", True),
    ],
)
def test_the_group_flag_is_wrong_before_0_5(number: str, identifier: str, guid: str, flag: bool) -> None:
    """It looked at the identifier, and for either mark (imsg contract 1.10)."""
    assert objects.is_group(identifier, guid, version(number)) is flag
