"""Memory that grows without end is told from memory that settles."""

from __future__ import annotations

from bench.endurance.vitals import Sample, growth


def _life(mib: list[float], life: int = 1) -> list[Sample]:
    return [Sample(at * 5.0, life, at * 5.0, each, each, 20, 5, 3) for at, each in enumerate(mib)]


def test_a_life_that_is_too_short_is_not_judged() -> None:
    """What a start loads is no leak."""
    assert growth(_life([float(at) for at in range(60)])).minutes == 0


def test_a_line_upwards_is_steady_growth() -> None:
    """Each quarter above the one before and the last ten percent above the first (README)."""
    assert growth(_life([100 + at * 0.2 for at in range(300)])).memory_grows


def test_what_settles_or_jumps_once_does_not_grow() -> None:
    """A cache that fills up and a single large message are no leak."""
    assert not growth(_life([100.0] * 100 + [130.0] * 200)).memory_grows
    assert not growth(_life([100.0 + at % 7 for at in range(300)])).memory_grows


def test_the_longest_life_is_judged() -> None:
    """After a restart memory begins anew; lives are not put together."""
    grown = growth([*_life([50.0] * 80), *_life([100.0] * 300, life=2)])
    assert grown.quarters_mib == (100.0,) * 4
