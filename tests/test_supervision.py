"""When a thing that ended is run again, and what is said meanwhile."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.supervision import Backoff, Ended, Lapse, Pulse, keep_alive

AT_ONCE = Backoff(first=0.0)


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_waits_double_up_to_the_ceiling_within_the_jitter(attempt: int, chance: float) -> None:
    """First retry within a second, ×2, ceiling five minutes, ±10 % (behaviour facts F.5)."""
    plain = min(0.5 * 2 ** min(attempt - 1, 40), 300.0)

    assert plain * 0.9 <= Backoff().delay(attempt, chance) <= plain * 1.1


class Patient:
    """Something to keep alive that behaves as its list of endings says, then rests until cancelled."""

    def __init__(self, endings: list[Exception | None], *, works: bool = False) -> None:
        self.endings = endings
        self.works = works
        self.lapses: list[Lapse] = []
        self.resting = asyncio.Event()

    async def run(self, pulse: Pulse) -> None:
        if not self.endings:
            self.resting.set()
            await asyncio.Event().wait()
        if self.works:
            pulse.healthy()
        if (ending := self.endings.pop(0)) is not None:
            raise ending

    async def treat(self, steady_after: float = 30.0) -> list[Lapse]:
        keeper = asyncio.ensure_future(
            keep_alive(self.run, self.lapses.append, backoff=AT_ONCE, steady_after=steady_after)
        )
        async with asyncio.timeout(10):
            await self.resting.wait()
        keeper.cancel()
        with pytest.raises(asyncio.CancelledError):
            await keeper
        return self.lapses


async def test_each_end_is_reported_with_its_cause_and_number() -> None:
    """Nothing restarts in silence (promise 4), and a bug is a cause like any other."""
    lapses = await Patient([ValueError("bug"), None, OSError("gone")]).treat()

    assert [(type(lapse.cause), lapse.attempt) for lapse in lapses] == [
        (ValueError, 1),
        (Ended, 2),
        (OSError, 3),
    ]
    assert all(lapse.next_try.tzinfo for lapse in lapses)


async def test_a_steady_attempt_starts_the_count_afresh() -> None:
    """Days of work are not charged with the failures before them (behaviour facts F.5 does the opposite)."""
    lapses = await Patient([OSError(), OSError(), OSError()], works=True).treat(steady_after=0.0)

    assert [lapse.attempt for lapse in lapses] == [1, 1, 1]


async def test_working_for_a_moment_does_not_reset_the_count() -> None:
    """A child that connects and dies at once must not be restarted twice a second for ever (demand E1)."""
    lapses = await Patient([OSError(), OSError(), OSError()], works=True).treat()

    assert [lapse.attempt for lapse in lapses] == [1, 2, 3]
