"""``bench/soak``: hours of mixed traffic at a set rate with faults, a line for each interval, a table at the end."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import signal
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from ..model import open_model
from .answers import soak_answer
from .crowd import gather
from .installation import Installation, dump, last_words
from .report import as_data, line, render
from .soak import Plan, Soak
from .verdict import ILLS, Tally, lost_in_the_end
from .vitals import growth

_VERSIONS = ("0.5.0", "0.8.2", "0.9.0", "0.14.0")


def main() -> int:
    """Run what the command line asks for; 1 when a promise was broken."""
    return asyncio.run(_run(_options()))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench/soak", description="Mixed traffic with faults; counts what became of it."
    )
    parser.add_argument("--minutes", type=float, default=5, help="how long people write (5)")
    parser.add_argument("--rate", type=float, default=60, help="messages a minute (60)")
    parser.add_argument("--seed", type=int, default=1, help="of the words and of the faults (1)")
    parser.add_argument("--chats", type=int, default=20, help="conversations (20)")
    parser.add_argument(
        "--fault-every",
        type=float,
        default=30,
        metavar="SECONDS",
        help="from one fault to the next, about (30)",
    )
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        metavar="KIND",
        help="leave out this misbehaviour (repeatable)",
    )
    parser.add_argument("--no-faults", action="store_true", help="nothing goes wrong")
    parser.add_argument(
        "--as",
        dest="version",
        metavar="VERSION",
        help="be this imsg all the time, instead of another at each start",
    )
    parser.add_argument("--report-every", type=float, default=60, metavar="SECONDS", help="(60)")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write everything here")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="keep Mac, ledger and logs here, a new folder"
    )
    return parser.parse_args()


async def _run(options: argparse.Namespace) -> int:
    root = Path(tempfile.mkdtemp(prefix="soak-"))
    crowd = gather(options.chats)
    try:
        async with open_model(soak_answer) as model:
            house = Installation(root, crowd, model.base_url)
            house.build()
            soak = Soak(_plan(options), house, notes=_note)
            try:
                tally = await _soak(soak, options.report_every)
            finally:
                await house.clear()
        return _told(soak, tally, options.json)
    finally:
        if options.keep:
            shutil.move(root, options.keep)
        shutil.rmtree(root, ignore_errors=True)


def _plan(options: argparse.Namespace) -> Plan:
    every = 0.0 if options.no_faults else options.fault_every
    versions = (options.version,) if options.version else _VERSIONS
    return Plan(options.minutes * 60, options.rate, options.seed, every, versions, tuple(options.without))


async def _soak(soak: Soak, report_every: float) -> Tally:
    """Start, let everything run, and wait until nothing moves any more. Interrupted, it counts what there is."""
    await soak.start()
    if not soak.house.ready_s:
        raise SystemExit(f"the gateway did not come up; its last words:\n{last_words(soak.house)}")
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    soak.begun = time.monotonic()
    async with asyncio.TaskGroup() as group:
        watching = [
            group.create_task(work) for work in (soak.parrot(), soak.keep(), _report(soak, report_every))
        ]
        wrong = group.create_task(soak.go_wrong())
        talking = group.create_task(soak.talk())
        await _first(talking, stop)
        talking.cancel()
        if not stop.is_set():
            await _first(wrong, stop)
        wrong.cancel()
        await asyncio.wait([wrong])
        _note(f"{soak.elapsed:7.1f} s  no more is said; waiting until nothing moves")
        tally = await soak.settled(stop)
        for task in watching:
            task.cancel()
    if not stop.is_set():
        lost_in_the_end(tally)
    await soak.house.end(signal.SIGTERM)
    soak.strays |= soak.house.strays()
    return tally


async def _first(task: asyncio.Task[None], stop: asyncio.Event) -> None:
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait((task, stopped), return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()


async def _report(soak: Soak, every: float) -> None:
    while True:
        await asyncio.sleep(every)
        with suppress(OSError):
            print(line(soak, await soak.tally()), flush=True)


def _told(soak: Soak, tally: Tally, path: Path | None) -> int:
    grown = growth(soak.samples)
    print(render(soak, tally, grown))
    if path:
        dump(path, as_data(soak, tally, grown))
    broken = any(tally.count(ill) for ill in ILLS) or soak.crashes or soak.strays
    return int(bool(broken or grown.memory_grows or grown.descriptors_grow))


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
