"""Freshness: how old a message was when we first saw it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.making import NOON

from openclaw.inbound.freshness import is_late

TEN = timedelta(minutes=10)


@pytest.mark.parametrize(
    ("age", "late"),
    [
        (timedelta(0), False),
        (TEN, False),
        (TEN + timedelta(milliseconds=1), True),
        (timedelta(days=3000), True),
        (timedelta(minutes=-3), False),
    ],
)
def test_late_is_older_than_the_limit_at_first_sight(age: timedelta, late: bool) -> None:
    """Judged by age when first stored, more than ten minutes (design section 5); a fast phone clock is not late."""
    assert is_late(NOON - age, NOON, TEN, timedelta) is late
