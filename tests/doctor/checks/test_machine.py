"""The machine that the gateway runs on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from openclaw.doctor.checks.machine import MachineFacts, Service, judge
from openclaw.doctor.findings import Finding, Severity
from openclaw.doctor.names import Check

PROGRAM = "/home/ann/.venv/bin/openclaw"
UNIT = Path("/home/ann/.config/systemd/user/openclaw-gateway.service")
AWAKE = " standby  1\n powernap  1\n sleep  0 (sleep prevented by caffeinate)\n disksleep  10\n"
ASLEEP = " standby  1\n powernap  0\n sleep  15\n disksleep  10\n"


def judged(**facts: Any) -> list[Finding]:
    given = {
        "python": (3, 12),
        "python_path": "/usr/bin/python3",
        "program": PROGRAM,
        "has_services": False,
    } | facts
    return list(judge(MachineFacts(**given)))


@pytest.mark.parametrize(
    ("python", "severity"),
    [
        ((3, 10), Severity.WARNING),
        ((3, 11), Severity.OK),
        ((3, 14), Severity.OK),
        ((3, 15), Severity.WARNING),
    ],
)
def test_the_python_is_one_that_is_tried(python: tuple[int, int], severity: Severity) -> None:
    """requires-python, and nothing beyond the newest release that the tests ran under."""
    assert [one.severity for one in judged(python=python)] == [severity]


@pytest.mark.parametrize(
    ("power", "expected"),
    [(AWAKE, [Severity.OK]), (ASLEEP, [Severity.WARNING, Severity.INFO]), ("nothing known", [Severity.OK])],
)
def test_a_mac_that_goes_to_sleep_is_told(power: str, expected: list[Severity]) -> None:
    """Demand C9: messages come late while it sleeps; caffeinate helps, or pmset."""
    found = [one for one in judged(power=power) if one.check is Check.MACHINE_POWER]
    assert [one.severity for one in found] == expected
    assert all("caffeinate" in one.fix for one in found if one.severity is Severity.WARNING)


@pytest.mark.parametrize(
    ("seconds", "severity"), [(2, Severity.OK), (-90, Severity.WARNING), (3600, Severity.WARNING)]
)
def test_clocks_that_differ_are_told(seconds: int, severity: Severity) -> None:
    """Whether a message is late is judged by both."""
    found = judged(offsets={"default": timedelta(seconds=seconds)})
    assert found[-1].severity is severity
    assert "account default" in found[-1].looked_at


@pytest.mark.parametrize(("seconds", "says"), [(3, ""), (3600, "behind"), (-90, "ahead")])
def test_before_anything_was_sent_the_newest_message_tells_of_the_clocks(seconds: int, says: str) -> None:
    """A phone whose clock is an hour behind has its first messages refused as old, and nothing else shows why."""
    found = [
        one
        for one in judged(delays={"default": timedelta(seconds=seconds)})
        if one.check is Check.MACHINE_CLOCK
    ]
    assert [(one.severity, says in one.found) for one in found] == (
        [(Severity.WARNING, True)] if says else []
    )


@pytest.mark.parametrize(
    ("services", "severity"),
    [
        ((), Severity.INFO),
        ((Service(UNIT, PROGRAM, True),), Severity.OK),
        ((Service(UNIT, "/home/ann/.venv/bin/python", True),), Severity.OK),
        ((Service(UNIT, "/old/.venv/bin/openclaw", True),), Severity.WARNING),
        ((Service(UNIT, "/gone/openclaw", False),), Severity.WARNING),
        ((Service(UNIT, "", False),), Severity.WARNING),
    ],
)
def test_the_unit_starts_this_program_or_it_is_told(
    services: tuple[Service, ...], severity: Severity
) -> None:
    """A unit of an installation that was moved starts nothing, or the old release."""
    assert judged(services=services, has_services=True)[-1].severity is severity


def test_services_are_not_spoken_of_before_there_is_a_configuration() -> None:
    """One thing after the other."""
    assert [one.check for one in judged()] == [Check.MACHINE_PYTHON]
