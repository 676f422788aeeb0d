"""The crash suite as a command: count the moments of each scenario, then let a gateway die at each of them.

Prints a line for each crash and a summary. The exit code is 1 when a promise was broken, and then those houses are
kept.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.agents.model_server import open_model_server
from tests.crash.crashing import Outcome, Stage, count, crash, prepare
from tests.crash.script import SCENARIOS, Scenario

BROKEN = "broken"
"""Where the houses are kept in which a promise was broken: the phone, the ledger and the log."""

WORKERS = 2
"""How many crashes run beside each other; more than the machine has processors makes each of them late."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The ``at``-th moment of a scenario."""

    scenario: Scenario
    at: int


def spread(moments: Sequence[Moment], most: int, shift: int) -> list[Moment]:
    """At most ``most`` of them, evenly spread; each ``shift`` gives the neighbours of the one before."""
    if len(moments) <= most:
        return list(moments)
    stride = len(moments) / most
    return [moments[int(number * stride + shift) % len(moments)] for number in range(most)]


async def crashes(
    directory: Path,
    choose: Callable[[Sequence[Moment]], Sequence[Moment]],
    *,
    again: int = 0,
    workers: int = WORKERS,
) -> AsyncGenerator[tuple[int, Outcome]]:
    """The crashes at the moments that ``choose`` takes from all, as they end, each with the number of all moments.

    ``again`` is when the gateway after each crash dies as well (0: never).
    """
    async with open_model_server() as server:
        stages = [await _stages(directory / f"worker-{number}", server.url) for number in range(workers)]
        every = [
            Moment(stage.scenario, at)
            for stage in stages[0].values()
            for at in range(1, await count(stage) + 1)
        ]
        chosen = choose(every)
        waiting, ended = list(reversed(chosen)), asyncio.Queue[Outcome]()
        async with asyncio.TaskGroup() as group:
            for own in stages:
                group.create_task(_work(own, waiting, again, ended, directory / BROKEN))
            for _ in chosen:
                yield len(every), await ended.get()


async def _stages(directory: Path, model_url: str) -> dict[str, Stage]:
    return {each.name: await prepare(directory / each.name, each, model_url) for each in SCENARIOS}


async def _work(
    stages: dict[str, Stage],
    waiting: list[Moment],
    again: int,
    ended: asyncio.Queue[Outcome],
    broken: Path,
) -> None:
    while waiting:
        moment = waiting.pop()
        stage = stages[moment.scenario.name]
        outcome = await crash(stage, moment.at, again)
        if outcome.complaints:
            kept = broken / f"{outcome.scenario}-{outcome.at}"
            await asyncio.to_thread(shutil.copytree, stage.house.root, kept)
        ended.put_nowait(outcome)


def say(line: str) -> None:
    """Print at once, also into a file."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def run(given: argparse.Namespace, directory: Path) -> int:
    """Run what was asked for; how many crashes broke a promise."""
    failed, withheld = 0, Counter[str]()

    def choose(every: Sequence[Moment]) -> Sequence[Moment]:
        wanted = [each for each in every if given.scenario in (None, each.scenario.name)]
        wanted = [each for each in wanted if not given.at or each.at in given.at]
        return spread(wanted, given.most or len(wanted), given.shift)

    total = done = 0
    async for all_of_them, outcome in crashes(directory, choose, again=given.again, workers=given.workers):
        total, done = all_of_them, done + 1
        failed += bool(outcome.complaints)
        withheld[outcome.scenario] += bool(outcome.withheld)
        verdict = "BROKEN" if outcome.complaints else f"ok, {len(outcome.withheld)} withheld"
        where = f"{outcome.scenario:<12}{outcome.at:>4}  {', '.join(outcome.moments):<32}"
        say(f"{where}{outcome.seconds:6.1f} s  {verdict}")
        for complaint in outcome.complaints:
            say(f"      {complaint}")
    say(f"{total} moments, {done} crashes, {failed} broke a promise, {withheld.total()} withheld something")
    return failed


def main() -> int:
    """The command; see --help."""
    parser = argparse.ArgumentParser(prog="scripts/crash", description=__doc__)
    names = [each.name for each in SCENARIOS]
    parser.add_argument("--scenario", choices=names, help="only this one")
    parser.add_argument("--at", type=int, nargs="+", metavar="N", help="only these moments")
    parser.add_argument("--most", type=int, metavar="COUNT", help="only so many, evenly spread")
    parser.add_argument("--shift", type=int, default=0, metavar="N", help="with --most: the N-th neighbours")
    parser.add_argument(
        "--again", type=int, default=0, metavar="N", help="kill the next gateway as well, at its N-th moment"
    )
    parser.add_argument(
        "--workers", type=int, default=WORKERS, metavar="N", help="side by side (%(default)s)"
    )
    given = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="openclaw-crash-"))
    failed = asyncio.run(run(given, directory))
    if failed:
        say(f"The houses of these crashes are in {directory / BROKEN}.")
    else:
        shutil.rmtree(directory)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
