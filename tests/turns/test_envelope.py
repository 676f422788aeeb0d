"""When a message was written, and how long nobody had spoken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from openclaw.turns.envelope import elapsed, stamp

MOMENT = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        (UTC, "Tue 2026-11-24 13:05 UTC"),
        (ZoneInfo("Europe/Berlin"), "Tue 2026-11-24 14:05 CET"),
        (ZoneInfo("Asia/Kolkata"), "Tue 2026-11-24 18:35 IST"),
        (ZoneInfo("Pacific/Kiritimati"), "Wed 2026-11-25 03:05 +14"),
    ],
)
def test_a_moment_is_told_in_its_zone(zone: ZoneInfo, expected: str) -> None:
    """Behaviour facts D.6: short English weekday, date, time and zone."""
    assert stamp(MOMENT, zone) == expected


@pytest.mark.parametrize(
    ("passed", "expected"),
    [
        (timedelta(seconds=-5), ""),
        (timedelta(seconds=59), ""),
        (timedelta(seconds=60), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=47), "47 h"),
        (timedelta(hours=48), "2 days"),
    ],
)
def test_a_pause_is_told_in_the_unit_that_fits(passed: timedelta, expected: str) -> None:
    """Behaviour facts D.6: minutes, then hours up to 48, then days."""
    assert elapsed(MOMENT - passed, MOMENT) == expected
