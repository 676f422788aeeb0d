"""How the gateway's processes fare: memory, descriptors and threads over time, and whether memory keeps growing.

Owns the samples and the judgement; the processes are somebody else's.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..processes import descriptors, resident_mib, threads

# One life is judged from its third minute on, when everything has been loaded, and only if ten minutes are left.
_WARM_S, _ENOUGH_S = 120.0, 600.0
# It grows steadily when each quarter of that time lies above the one before, and the last this far above the first.
_STEP, _WHOLE, _WHOLE_MIB = 1.005, 1.10, 10.0
_MORE_DESCRIPTORS = 10


@dataclass(frozen=True, slots=True)
class Sample:
    """One look. ``life`` counts the gateway's starts, ``age`` is since the last of them; memory is resident MiB."""

    at: float
    life: int
    age: float
    gateway_mib: float
    tree_mib: float
    descriptors: int
    threads: int
    processes: int


@dataclass(frozen=True, slots=True)
class Growth:
    """What the longest life shows. ``minutes`` is 0 where none was long enough to judge."""

    minutes: float
    quarters_mib: tuple[float, ...]
    quarters_descriptors: tuple[float, ...]
    memory_grows: bool
    descriptors_grow: bool


def look(pids: Sequence[int], at: float, life: int, age: float) -> Sample | None:
    """A sample of the gateway's tree, its own process first; ``None`` while there is none."""
    if not pids:
        return None
    return Sample(
        at,
        life,
        age,
        resident_mib(pids[:1]),
        resident_mib(pids),
        descriptors(pids[0]),
        threads(pids[0]),
        len(pids),
    )


def growth(samples: Sequence[Sample]) -> Growth:
    """Whether the longest life's memory or descriptors keep growing."""
    warm = [sample for sample in samples if sample.age >= _WARM_S]
    lives = {sample.life: [each for each in warm if each.life == sample.life] for sample in warm}
    longest = max(lives.values(), key=lambda life: life[-1].age - life[0].age, default=[])
    if not longest or longest[-1].age - longest[0].age < _ENOUGH_S:
        return Growth(0, (), (), memory_grows=False, descriptors_grow=False)
    memory = _quarters([sample.gateway_mib for sample in longest])
    files = _quarters([float(sample.descriptors) for sample in longest])
    return Growth(
        minutes=(longest[-1].age - longest[0].age) / 60,
        quarters_mib=memory,
        quarters_descriptors=files,
        memory_grows=_grows(memory, _STEP, max(memory[0] * _WHOLE, memory[0] + _WHOLE_MIB)),
        descriptors_grow=_grows(files, 1.0, files[0] + _MORE_DESCRIPTORS),
    )


def _quarters(values: Sequence[float]) -> tuple[float, ...]:
    size = len(values) // 4
    return tuple(statistics.median(values[at * size : (at + 1) * size]) for at in range(4))


def _grows(quarters: Sequence[float], step: float, limit: float) -> bool:
    pairs = pairwise(quarters)
    return quarters[-1] > limit and all(later > before * step for before, later in pairs)
