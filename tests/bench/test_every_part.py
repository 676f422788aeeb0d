"""Every part of the bench can be loaded: one that the program has left behind would be found when it is needed."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"
PARTS = sorted(
    ".".join(path.relative_to(BENCH.parent).with_suffix("").parts)
    for path in BENCH.rglob("*.py")
    if path.name != "__init__.py" and "results" not in path.parts
)


@pytest.mark.parametrize("part", PARTS)
def test_it_can_be_loaded(part: str) -> None:
    """Nothing is measured by that."""
    assert importlib.import_module(part)
