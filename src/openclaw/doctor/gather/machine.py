"""This machine: its Python, its power settings, and the units of the system that start the gateway."""

from __future__ import annotations

import plistlib
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast
from xml.parsers.expat import ExpatError

from openclaw.daemon.launchd import Launchd
from openclaw.daemon.systemd import Systemd
from openclaw.doctor.checks.machine import MachineFacts, Service
from openclaw.doctor.gather.traffic import Traffic
from openclaw.doctor.visit import Visit
from openclaw.jsonrpc.brief import run_briefly

_PMSET_S = 5.0
_LARGEST_UNIT = 64 * 1024


async def machine(visit: Visit, traffic: Traffic) -> MachineFacts:
    """What this machine is like."""
    home = Path(visit.environ.get("HOME") or str(visit.locations.home))
    units = (Systemd(home, visit.environ).path, Launchd(home, visit.environ).path)
    return MachineFacts(
        (sys.version_info.major, sys.version_info.minor),
        sys.executable,
        str(Path(sys.executable).parent / "openclaw"),
        await _power(),
        {account: one.clock for account, one in traffic.signs.items() if one.last_out is not None},
        {account: one.delay for account, one in traffic.signs.items() if one.last_out is None},
        tuple(service for unit in units if (service := read_service(unit))),
        has_services=visit.loaded is not None and visit.loaded.exists,
    )


async def _power() -> str | None:
    if sys.platform != "darwin":
        return None
    return (await run_briefly(["/usr/bin/pmset", "-g"], _PMSET_S)).output or None


def read_service(unit: Path) -> Service | None:
    """The program that ``unit`` starts; ``None`` when there is no such file."""
    try:
        with unit.open("rb") as file:
            content = file.read(_LARGEST_UNIT)
    except OSError:
        return None
    program = _of_launchd(content) if unit.suffix == ".plist" else _of_systemd(content)
    return Service(unit, program, bool(program) and Path(program).is_file())


def _of_systemd(content: bytes) -> str:
    for line in content.decode("utf-8", "replace").splitlines():
        name, equals, value = line.partition("=")
        if equals and name.strip() == "ExecStart":
            # A sign in front changes how systemd takes the exit, not which program it is.
            words = _words(value.strip().lstrip("@-:+!|"))
            return _program(words)
    return ""


def _of_launchd(content: bytes) -> str:
    try:
        document: Any = plistlib.loads(content)
    except (plistlib.InvalidFileException, ExpatError, ValueError, OverflowError):
        return ""
    if not isinstance(document, dict):
        return ""
    entries = cast("Mapping[str, object]", document)
    words = entries.get("ProgramArguments") or [entries.get("Program", "")]
    return _program([str(word) for word in cast("list[object]", words)]) if isinstance(words, list) else ""


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:
        return line.split()


def _program(words: list[str]) -> str:
    return words[0] if words else ""
