"""What a tree of processes holds and has used, read from ``/proc``. Linux only."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
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
