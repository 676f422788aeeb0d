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
from tests.schedules.steps import Schedule, written

# Bugs are caught at boundaries and logged; these are caught here. What a full disk does is no bug.
_EXPECTED = ("chat.paused",)
# The other: a gateway that stops opens no lane any more; the message is on disk, and its verdict with it.
_HARMLESS = ("the disk is full", "is shutting down")


class Broken(AssertionError):
    """A promise was broken in a schedule; ``kind`` is the first breach without the numbers that vary."""

    def __init__(self, breaches: Sequence[str], schedule: Schedule) -> None:
        self.schedule = schedule
        self.kind = re.sub(r"'.*?'|[0-9]+", "", breaches[0])
        told = "\n".join(f"- {each}" for each in breaches)
        super().__init__(f"\n{told}\n\nSchedule:\n{written(schedule)}")


def play(disk: Disk, schedule: Schedule) -> None:
    """Play one schedule from an empty ledger on; raises Broken."""
    disk.clear()
    with _listening() as complaints, asyncio.Runner(loop_factory=Clockwork) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, Clockwork)
        breaches = runner.run(_play(loop, disk, schedule))
    found = list(dict.fromkeys([*breaches, *complaints]))
    if found:
        raise Broken(found, schedule)


async def _play(loop: Clockwork, disk: Disk, schedule: Schedule) -> list[str]:
    return await House(loop, disk).play(schedule)


@contextmanager
def _listening() -> Generator[list[str]]:
    """What the gateway logs as errors, but for what a full disk explains."""
    complaints: list[str] = []

    def note(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        error = _current_error(event)
        if event["event"] not in _EXPECTED and not any(each in error for each in _HARMLESS):
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
