"""Playing schedules: one, or as many as are asked for, and what is said when a promise breaks."""

from __future__ import annotations

import asyncio
import logging
import re
import sys
from collections.abc import Generator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from typing import Any

import structlog
from tests.schedules.clockwork import Clockwork
from tests.schedules.disk import Disk
from tests.schedules.house import House
from tests.schedules.promises import AT_EVERY_STEP
from tests.schedules.steps import Schedule, Step, written
from tests.schedules.truth import Question

# Bugs are caught at boundaries and logged; these are caught here. What a full disk does is no bug.
_EXPECTED = ("chat.paused",)
_HARMLESS = "the disk is full"


class Broken(AssertionError):
    """A promise was broken in a schedule; ``kind`` is the first breach without the numbers that vary."""

    def __init__(self, breaches: Sequence[str], schedule: Schedule) -> None:
        self.schedule = schedule
        self.kind = re.sub(r"'.*?'|[0-9]+", "", breaches[0])
        told = "\n".join(f"- {each}" for each in breaches)
        super().__init__(f"\n{told}\n\nSchedule:\n{written(schedule)}")


class Course:
    """A schedule while it is played: what was done so far, in its house. See ``begun``."""

    def __init__(self, house: House, complaints: list[str]) -> None:
        self.house = house
        self._complaints = complaints
        self._done: list[Step] = []

    def do(self, *steps: Step) -> None:
        """Some steps, one after the other."""
        for step in steps:
            self._done.append(step)
            self.house.do(step)

    def check(self, *questions: Question) -> None:
        """Raises Broken if a promise was broken, by what the ledger answers or by what was seen before."""
        for question in questions:
            self.house.check(question)
        found = list(dict.fromkeys([*self.house.breaches, *self._complaints]))
        if found:
            raise Broken(found, self._done)

    def finish(self) -> None:
        """End it: all trouble is over, everything comes to rest, the gateway stops. Raises Broken."""
        self.house.come_to_rest()
        self.house.end()
        self.check()


@contextmanager
def begun(disk: Disk) -> Generator[Course]:
    """The beginning of a schedule, from an empty ledger on."""
    disk.clear()
    with _listening() as complaints, asyncio.Runner(loop_factory=Clockwork) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, Clockwork)
        house = House(loop, disk)
        try:
            house.begin()
            yield Course(house, complaints)
        finally:
            house.end()


def play(disk: Disk, schedule: Schedule) -> None:
    """Play one schedule; raises Broken."""
    with begun(disk) as course:
        for step in schedule:
            course.do(step)
            course.check(*AT_EVERY_STEP)
        course.finish()


def shortened(disk: Disk, broken: Broken) -> Broken:
    """The same breach by as few steps as leaving out finds."""
    size = max(1, len(broken.schedule) // 2)
    while size:
        start, before = 0, len(broken.schedule)
        while start < len(broken.schedule):
            fewer = [*broken.schedule[:start], *broken.schedule[start + size :]]
            try:
                play(disk, fewer)
                start += size
            except Broken as again:
                if again.kind == broken.kind:
                    broken = again
                else:
                    start += size
        if size > 1 or len(broken.schedule) == before:
            size //= 2
    return broken


@contextmanager
def _listening() -> Generator[list[str]]:
    """What the gateway logs as errors, but for what a full disk explains."""
    complaints: list[str] = []

    def note(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        error = _current_error(event)
        if event["event"] not in _EXPECTED and _HARMLESS not in error:
            complaints.append(f"logged: {event['event']} {error}")
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[note], wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    try:
        yield complaints
    finally:
        structlog.configure(**before)


def _current_error(event: Mapping[str, Any]) -> str:
    error = sys.exc_info()[1] if event.get("exc_info") else None
    return "" if error is None else f"{type(error).__name__}: {error}"
