"""Generated schedules as a command: so many of them from a seed, or one that was written down.

Prints what ran. When a promise breaks it prints the shortest schedule that breaks it, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from tests.schedules.disk import Disk
from tests.schedules.play import Broken, play
from tests.schedules.steps import Step, read, schedules

_MEMORY = Path("/dev/shm")


def where() -> str | None:
    """A directory in memory where there is one: each schedule has some hundred commits, and a disk takes its time."""
    return str(_MEMORY) if _MEMORY.is_dir() else None


def run(disk: Disk, count: int, number: int, longest: int = 12, *, shrinks: bool = True) -> int:
    """Play ``count`` schedules made from the seed ``number``; how many were played. Raises Broken."""
    played = 0
    phases = [Phase.generate, Phase.shrink] if shrinks else [Phase.generate]

    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=phases,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(schedules(longest=longest))
    def each(schedule: list[Step]) -> None:
        nonlocal played
        played += 1
        play(disk, schedule)

    each()
    return played


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/schedules", description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=500, help="how many (500)")
    parser.add_argument("--seed", type=int, help="the same seed makes the same schedules (a new one)")
    parser.add_argument(
        "--longest", type=int, default=12, help="exchanges and troubles of the longest ones (12)"
    )
    parser.add_argument("--play", type=Path, metavar="FILE", help="play the schedule in FILE instead")
    chosen = parser.parse_args(arguments)
    number = random.SystemRandom().randrange(1_000_000) if chosen.seed is None else chosen.seed
    with tempfile.TemporaryDirectory(dir=where()) as directory:
        disk = Disk(Path(directory))
        began = time.monotonic()
        try:
            if chosen.play is not None:
                play(disk, read(chosen.play.read_text()))
                _say(f"{chosen.play}: every promise was kept")
                return 0
            _say(f"{chosen.count} schedules, seed {number}")
            played = run(disk, chosen.count, number, chosen.longest)
        except Broken as broken:
            _say(str(broken))
            if chosen.play is None:
                _say(f"Again: scripts/schedules {chosen.count} --seed {number} --longest {chosen.longest}")
                _say("Or put the schedule into a file: scripts/schedules --play FILE")
            return 1
    took = time.monotonic() - began
    _say(f"{played} schedules, every promise was kept; {took:.0f} s, {played / took:.0f} a second")
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
