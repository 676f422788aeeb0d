"""Times as the ledger keeps them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.store.clock import from_ms, to_ms


@given(st.integers(0, 4_102_444_800_000))
def test_a_kept_time_comes_back_to_the_millisecond(value: int) -> None:
    """No float takes a millisecond away between two looks at one row."""
    assert to_ms(from_ms(value)) == value


def test_the_zone_of_a_moment_does_not_matter() -> None:
    """The ledger keeps moments, not wall clocks."""
    tokyo = datetime(2026, 3, 4, 21, 0, tzinfo=timezone(timedelta(hours=9)))

    assert to_ms(tokyo) == to_ms(datetime(2026, 3, 4, 12, 0, tzinfo=UTC))
    assert from_ms(to_ms(tokyo)) == tokyo


def test_a_time_without_a_zone_is_refused() -> None:
    """A naive time would silently mean the zone of whatever machine runs this."""
    with pytest.raises(TypeError):
        to_ms(datetime(2026, 3, 4))  # noqa: DTZ001
