"""Generated schedules as a command: so many of them from a seed, drawn or by the state machine, or one written down.

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

from tests.schedules import machine
from tests.schedules.disk import Disk
from tests.schedules.draw import draw
from tests.schedules.play import Broken, play, shortened
from tests.schedules.steps import read

_MEMORY = Path("/dev/shm")


def where() -> str | None:
    """A directory in memory where there is one: each schedule has some hundred commits, and a disk takes its time."""
    return str(_MEMORY) if _MEMORY.is_dir() else None


def run(disk: Disk, count: int, seed: int, longest: int = 10) -> None:
    """Play the first ``count`` schedules of ``seed``. Raises Broken, shortened, at the first that breaks a promise."""
    for number in range(count):
        try:
            play(disk, draw(seed, number, longest))
        except Broken as broken:
            raise shortened(disk, broken) from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    chosen = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=where()) as directory:
        disk = Disk(Path(directory))
        return _many(disk, chosen) if chosen.play is None else _one(disk, chosen.play)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/schedules", description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=500, help="how many (500)")
    parser.add_argument("--seed", type=int, help="the same seed makes the same schedules (a new one)")
    parser.add_argument(
        "--longest", type=int, default=10, help="exchanges and troubles of the longest ones (10)"
    )
    parser.add_argument(
        "--machine", type=int, metavar="COUNT", help="so many by the state machine of hypothesis instead"
    )
    parser.add_argument("--play", type=Path, metavar="FILE", help="play the schedule in FILE instead")
    return parser


def _one(disk: Disk, path: Path) -> int:
    try:
        play(disk, read(path.read_text()))
    except Broken as broken:
        _say(str(broken))
        return 1
    _say(f"{path}: every promise was kept")
    return 0


def _many(disk: Disk, chosen: argparse.Namespace) -> int:
    seed = random.SystemRandom().randrange(1_000_000) if chosen.seed is None else chosen.seed
    count, again = chosen.count, f"{chosen.count} --seed {seed} --longest {chosen.longest}"
    if chosen.machine is not None:
        count, again = chosen.machine, f"--machine {chosen.machine} --seed {seed}"
    began = time.monotonic()
    try:
        if chosen.machine is None:
            _say(f"{count} schedules, seed {seed}")
            run(disk, count, seed, chosen.longest)
        else:
            _say(f"{count} schedules of the state machine, seed {seed}")
            machine.run(disk, count, seed)
    except Broken as broken:
        _say(str(broken))
        _say(f"Again: scripts/schedules {again}")
        _say("Or put the schedule into a file: scripts/schedules --play FILE")
        return 1
    took = time.monotonic() - began
    _say(f"every promise was kept; {took:.0f} s, {count / took:.0f} a second")
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
