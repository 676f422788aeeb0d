"""The units of the system that start the gateway, as people and programs write them."""

from __future__ import annotations

import plistlib
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from tests.doctor.installing import NOW, install, visit_to

from openclaw.doctor.gather.machine import machine, read_service
from openclaw.doctor.gather.traffic import Traffic
from openclaw.domain.ids import AccountId
from openclaw.store.signs import Signs


@pytest.mark.parametrize(
    "line",
    [
        "ExecStart={}  gateway run",
        'ExecStart="{}" gateway',
        "ExecStart=-{} gateway",
        " ExecStart = {} gateway",
    ],
)
def test_the_program_of_a_systemd_unit(tmp_path: Path, line: str) -> None:
    """With quotes, and with the signs that change how systemd takes its end."""
    unit = tmp_path / "openclaw-gateway.service"
    unit.write_text(f"[Unit]\nDescription=x\n[Service]\n{line.format(sys.executable)}\nRestart=always\n")
    service = read_service(unit)
    assert service is not None
    assert (service.program, service.program_exists) == (sys.executable, True)


@pytest.mark.parametrize(
    "keys", [{"ProgramArguments": ["/gone/openclaw", "gateway"]}, {"Program": "/gone/openclaw"}]
)
def test_the_program_of_a_launch_agent(tmp_path: Path, keys: dict[str, object]) -> None:
    """In either of the two keys; one that is gone is seen to be."""
    unit = tmp_path / "ai.openclaw.gateway.plist"
    unit.write_bytes(plistlib.dumps({"Label": "ai.openclaw.gateway", **keys}))
    service = read_service(unit)
    assert service is not None
    assert (service.program, service.program_exists) == ("/gone/openclaw", False)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.service", b"ExecStart='unfinished"),
        ("x.service", b"\xff"),
        ("x.plist", b"<plist"),
        ("x.plist", plistlib.dumps([])),
    ],
)
def test_a_unit_that_says_nothing_usable_starts_nothing(tmp_path: Path, name: str, content: bytes) -> None:
    """It never raises, and the check tells it."""
    (tmp_path / name).write_bytes(content)
    service = read_service(tmp_path / name)
    assert service is not None
    assert service.program_exists is False


SYSTEMD_UNIT = Path(".config/systemd/user/openclaw-gateway.service")
LAUNCH_AGENT = Path("Library/LaunchAgents/ai.openclaw.gateway.plist")


async def test_units_are_looked_for_at_the_standard_places(tmp_path: Path) -> None:
    """Of the user whose gateway it is; clocks count once a bubble was seen."""
    _, environ = install(tmp_path, {})
    for place in (SYSTEMD_UNIT, LAUNCH_AGENT):
        (tmp_path / place).parent.mkdir(parents=True)
        (tmp_path / place).touch()
    seen = {
        AccountId("home"): Signs(NOW, NOW, "", timedelta(seconds=40)),
        AccountId("new"): Signs(NOW, None, "", timedelta()),
    }
    facts = await machine(visit_to(environ), Traffic(signs=seen))
    assert [one.unit for one in facts.services] == [tmp_path / SYSTEMD_UNIT, tmp_path / LAUNCH_AGENT]
    assert facts.offsets == {"home": timedelta(seconds=40)}
    assert facts.python == sys.version_info[:2]


async def test_a_unit_is_looked_for_where_it_was_installed(tmp_path: Path) -> None:
    """XDG_CONFIG_HOME moves the units of systemd."""
    _, environ = install(tmp_path, {})
    moved = tmp_path / "elsewhere"
    unit = moved / "systemd" / "user" / SYSTEMD_UNIT.name
    unit.parent.mkdir(parents=True)
    unit.touch()
    facts = await machine(visit_to(environ | {"XDG_CONFIG_HOME": str(moved)}), Traffic())
    assert [one.unit for one in facts.services] == [unit]


def test_no_unit_is_no_service(tmp_path: Path) -> None:
    """Nothing is made up."""
    assert read_service(tmp_path / "none.service") is None
