"""Whether this machine suits a gateway: its Python, its sleep, its clock, and what starts the gateway. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from openclaw.doctor.findings import Finding, fine, note, warning
from openclaw.doctor.names import Check

# The releases that every test runs under; see requires-python.
OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 14)
# What a clock that is set over the network never shows; a late answer is told from ten minutes on.
NOTICEABLE_OFFSET = timedelta(seconds=30)
_SET_CLOCKS = "let both machines set their clocks over the network (System Settings > General > Date & Time)"
_SLEEP = re.compile(r"^\s*sleep\s+(\d+)", re.MULTILINE)
_POWER_NAP = re.compile(r"^\s*powernap\s+(\d+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Service:
    """A unit that starts the gateway: the file, and the program that it starts."""

    unit: Path
    program: str
    program_exists: bool


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """This machine. ``power`` is what ``pmset -g`` printed, ``None`` where there is none.

    ``offsets`` is what each account's phone shows more than our clock; ``delays``, where that is not known yet, how
    long after it was written the newest message came. ``program`` is the ``openclaw`` that runs.
    """

    python: tuple[int, int]
    python_path: str
    program: str
    power: str | None = None
    offsets: Mapping[str, timedelta] | None = None
    delays: Mapping[str, timedelta] | None = None
    services: tuple[Service, ...] = ()
    has_services: bool = True


def judge(facts: MachineFacts) -> Iterator[Finding]:
    """Python, power, clocks and service."""
    yield _python(facts)
    if facts.power is not None:
        yield from _power(facts.power)
    for account, offset in (facts.offsets or {}).items():
        yield _clock(account, offset)
    for account, delay in (facts.delays or {}).items():
        yield from _delay(account, delay)
    if facts.has_services:
        yield from _services(facts)


def _python(facts: MachineFacts) -> Finding:
    version = ".".join(map(str, facts.python))
    if OLDEST_PYTHON <= facts.python <= NEWEST_PYTHON:
        return fine(Check.MACHINE_PYTHON, facts.python_path, version)
    fix = "install it again with Python 3.11 to 3.14: scripts/setup"
    return warning(
        Check.MACHINE_PYTHON, facts.python_path, f"{version} is not one this program is tried with", fix
    )


def _power(said: str) -> Iterator[Finding]:
    """A Mac that sleeps answers late: its watch stops, and so does everything else (demand C9)."""
    sleep, nap = _SLEEP.search(said), _POWER_NAP.search(said)
    if sleep and int(sleep[1]):
        found = f"this Mac goes to sleep after {sleep[1]} minutes; messages wait until it wakes"
        fix = "sudo pmset -c sleep 0, or run the gateway under: caffeinate -is openclaw gateway"
        yield warning(Check.MACHINE_POWER, "pmset -g", found, fix)
    else:
        yield fine(Check.MACHINE_POWER, "pmset -g", "this Mac does not go to sleep by itself")
    if sleep and int(sleep[1]) and nap and not int(nap[1]):
        fix = "sudo pmset -a powernap 1 lets it fetch messages now and then while it sleeps"
        yield note(Check.MACHINE_POWER, "pmset -g", "Power Nap is off", fix)


def _clock(account: str, offset: timedelta) -> Finding:
    seconds = offset.total_seconds()
    place = f"clock of the phone of account {account}"
    if abs(offset) < NOTICEABLE_OFFSET:
        return fine(Check.MACHINE_CLOCK, place, f"{seconds:+.1f} s against this machine")
    return warning(Check.MACHINE_CLOCK, place, f"{seconds:+.0f} s against this machine", _SET_CLOCKS)


def _delay(account: str, delay: timedelta) -> Iterator[Finding]:
    """Nothing of ours was seen there yet, whose times would prove it: a first message that is old, or will be."""
    seconds = delay.total_seconds()
    if abs(delay) < NOTICEABLE_OFFSET:
        return
    if seconds < 0:
        found = f"the newest message was written {-seconds:.0f} s after it came, so that clock is ahead"
    else:
        found = f"the newest message was written {seconds:.0f} s before it came: it was late, or that clock is behind"
    yield warning(Check.MACHINE_CLOCK, f"clock of the phone of account {account}", found, _SET_CLOCKS)


def _services(facts: MachineFacts) -> Iterator[Finding]:
    if not facts.services:
        found = "the system does not start the gateway; after a restart of the machine nobody does"
        yield note(Check.MACHINE_SERVICE, "services of this user", found, "openclaw gateway install")
    for service in facts.services:
        place = str(service.unit)
        if not service.program_exists:
            found = f"starts {service.program or 'nothing'}, which is not there"
            yield warning(Check.MACHINE_SERVICE, place, found, "openclaw gateway install --force")
        elif facts.program and not _same(service.program, facts.program):
            found = f"starts {service.program}, and this command is {facts.program}"
            yield warning(Check.MACHINE_SERVICE, place, found, "openclaw gateway install --force")
        else:
            yield fine(Check.MACHINE_SERVICE, place, f"starts {service.program}")


def _same(one: str, other: str) -> bool:
    """Whether both programs belong to one installation: the same file, or in the same directory of programs."""
    return one == other or Path(one).parent == Path(other).parent
