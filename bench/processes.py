"""What a tree of processes holds and has used, read from ``/proc``. Linux only."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """One line of ``/proc/PID/stat``; ``cpu`` in seconds, with that of children it has seen end."""

    pid: int
    parent: int
    cpu: float


def tree(root: int) -> list[Process]:
    """``root`` and all that descend from it, now; empty when it is gone."""
    everything = {process.pid: process for process in _all()}
    found = [everything[root]] if root in everything else []
    for process in found:  # grows while it is walked
        found.extend(each for each in everything.values() if each.parent == process.pid)
    return found


def memory_mib(pids: Iterable[int]) -> float:
    """The proportional share of memory of these processes, in MiB; those that have ended count nothing."""
    return sum(map(_pss_kib, pids)) / 1024


def resident_mib(pids: Iterable[int]) -> float:
    """What these processes have in memory, in MiB, shared pages counted for each of them."""
    return sum(_fields(pid, "statm", 1) for pid in pids) * _PAGE / (1 << 20)


def peak_mib(pid: int) -> float:
    """The most that a process has had in memory since its start, in MiB; 0 when it has ended."""
    try:
        lines = (_PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0) / 1024


def descriptors(pid: int) -> int:
    """How many files, pipes and sockets a process has open; 0 when it has ended."""
    try:
        return len(os.listdir(_PROC / str(pid) / "fd"))
    except OSError:
        return 0


def threads(pid: int) -> int:
    """How many threads a process has; 0 when it has ended."""
    try:
        return len(os.listdir(_PROC / str(pid) / "task"))
    except OSError:
        return 0


def of_environment(name: str, value: str) -> set[int]:
    """The processes that were started with ``name=value`` in their environment."""
    wanted = f"{name}={value}".encode()
    found = set[int]()
    for folder in _PROC.iterdir():
        if folder.name.isdigit():
            try:
                entries = (folder / "environ").read_bytes().split(b"\0")
            except OSError:
                continue  # it has ended, or is somebody else's
            if wanted in entries:
                found.add(int(folder.name))
    return found


def _fields(pid: int, file: str, at: int) -> int:
    try:
        return int((_PROC / str(pid) / file).read_text().split()[at])
    except (OSError, IndexError):
        return 0


def _all() -> Iterable[Process]:
    for folder in _PROC.iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has ended since the listing
            yield Process(int(folder.name), int(fields[1]), sum(map(int, fields[11:15])) / _TICKS)


def _pss_kib(pid: int) -> int:
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
