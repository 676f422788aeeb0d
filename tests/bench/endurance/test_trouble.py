"""The schedule of faults comes from its seed and uses only what the simulated Mac knows."""

from __future__ import annotations

from itertools import islice

from bench.endurance.trouble import ends_a_life, troubles

from openclaw.simulator.behaviour import KINDS


def test_one_seed_is_one_schedule() -> None:
    """A soak can be run again by its seed."""
    assert list(islice(troubles(1, 10, KINDS), 40)) == list(islice(troubles(1, 10, KINDS), 40))


def test_a_kind_that_is_not_known_is_not_needed() -> None:
    """An older simulator does without the younger misbehaviours; processes are ended all the same."""
    found = list(islice(troubles(1, 10, ["noise"]), 200))
    assert {trouble.entry["kind"] for trouble in found if trouble.deed == "misbehave"} == {"noise"}
    assert any(map(ends_a_life, found))


def test_every_kind_comes_up_in_the_end() -> None:
    """Nothing that the simulated Mac can do is left out."""
    found = islice(troubles(2, 10, KINDS), 2000)
    assert {trouble.entry["kind"] for trouble in found if trouble.deed == "misbehave"} == set(KINDS)
