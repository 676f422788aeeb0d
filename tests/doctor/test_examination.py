"""One look that fails or hangs keeps nobody from being told the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator

from openclaw.doctor.examination import Theme, examine
from openclaw.doctor.findings import Finding, Severity, fine
from openclaw.doctor.names import Check

BOUND_S = 60.0
GOOD = fine(Check.MACHINE_PYTHON, "python", "3.12")


async def works() -> Iterable[Finding]:
    return [GOOD]


async def breaks() -> Iterable[Finding]:
    raise ZeroDivisionError("nobody foresaw it")


async def breaks_while_judging() -> Iterator[Finding]:
    def findings() -> Iterator[Finding]:
        yield GOOD
        raise KeyError("accountId")

    return findings()


async def hangs() -> Iterable[Finding]:
    await asyncio.Event().wait()
    return []


async def test_a_crash_is_a_finding_of_its_own() -> None:
    """In its place, with its cause, and the others around it."""
    parts = [
        Theme("one", works),
        Theme("two", breaks),
        Theme("three", breaks_while_judging),
        Theme("four", works),
    ]
    found = await examine(parts, BOUND_S)
    assert [one.check for one in found] == [
        Check.MACHINE_PYTHON,
        Check.CRASHED,
        Check.CRASHED,
        Check.MACHINE_PYTHON,
    ]
    assert (found[1].looked_at, found[1].severity) == ("two", Severity.WARNING)
    assert "ZeroDivisionError: nobody foresaw it" in found[1].found


async def test_what_takes_too_long_is_given_up() -> None:
    """A look at a machine that is gone must end."""
    found = await examine([Theme("gone", hangs), Theme("one", works)], 0.01)
    assert [one.check for one in found] == [Check.CRASHED, Check.MACHINE_PYTHON]
    assert "given up" in found[0].found


async def test_looks_go_on_at_the_same_time() -> None:
    """Two that wait for each other both end."""
    met = asyncio.Barrier(2)

    async def meets() -> Iterable[Finding]:
        await met.wait()
        return [GOOD]

    assert await examine([Theme("one", meets), Theme("two", meets)], BOUND_S) == [GOOD, GOOD]
