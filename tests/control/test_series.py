from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from openclaw.control import series

from .conftest import NOW, Running

TIMES = st.lists(st.timedeltas(timedelta(), timedelta(hours=1)), min_size=1, max_size=60)


@given(TIMES)
def test_nineteen_of_twenty_are_not_above_the_high_time(times: list[timedelta]):
    """What the chart calls 95 % is a time that occurred, with at most one in twenty above it."""
    high = series.high(times)
    assert high in times
    assert sum(one > high for one in times) * 20 <= len(times)


async def test_hours_are_whole_and_the_last_one_runs(running: Running):
    """As many buckets as hours; an hour in which nothing was measured has no times (issue: health charts)."""
    await running.ann_wrote()
    told = await running.ledger.read(lambda tx: series.health(tx, NOW + timedelta(minutes=20), 3))
    buckets = told["buckets"]
    assert isinstance(buckets, list)
    assert [one["received"] for one in buckets] == [0, 0, 1]
    assert (buckets[0]["readLagSeconds"], buckets[-1]["readLagSeconds"]) == (None, 60.0)
    assert told["now"] == {"oldestQueuedSeconds": None, "queued": 0, "waiting": 0}
