"""The crash suite in the small: a spread of all moments. The whole of it is one command, scripts/crash."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from tests.crash.every_moment import Moment, crashes, spread
from tests.crash.script import FIRST_START, SCENARIOS, TRAFFIC

MOST = 12
"""As many as a minute has room for on two processors."""


def shift() -> int:
    """OPENCLAW_CRASH_SHIFT moves all moments by so many, so that repeated runs see others."""
    return int(os.environ.get("OPENCLAW_CRASH_SHIFT", "0"))


async def test_a_gateway_killed_at_any_moment_keeps_every_promise(tmp_path: Path) -> None:
    """Issue 4, crash suite: each message answered once or visibly withheld, in order, none to another chat."""

    def choose(every: Sequence[Moment]) -> Sequence[Moment]:
        return spread(every, MOST, shift())

    outcomes = [outcome async for _, outcome in crashes(tmp_path, choose)]
    broken = [outcome for outcome in outcomes if outcome.complaints]
    assert not broken
    assert len(outcomes) == MOST
    assert {outcome.scenario for outcome in outcomes} == {each.name for each in SCENARIOS}
    assert sum(outcome.moments != ["at rest"] for outcome in outcomes) > MOST / 2


def test_the_spread_reaches_every_scenario_and_shifts_reach_every_moment() -> None:
    """Whoever runs the small suite again and again with another shift has run the whole of it."""
    every = [Moment(FIRST_START, at) for at in range(1, 71)] + [Moment(TRAFFIC, at) for at in range(1, 171)]
    chosen = [spread(every, 12, number) for number in range(20)]
    assert all(len(few) == len({(each.scenario.name, each.at) for each in few}) == 12 for few in chosen)
    assert {(each.scenario.name, each.at) for few in chosen for each in few} == {
        (each.scenario.name, each.at) for each in every
    }


def test_a_few_moments_are_all_taken() -> None:
    """A bound above what there is cuts nothing."""
    every = [Moment(FIRST_START, at) for at in range(1, 4)]
    assert spread(every, 12, 5) == every
