"""What children use of the computer, each together with everything that it has started."""

from __future__ import annotations

from collections.abc import Sequence

import psutil

Figures = tuple[float | None, int | None]
"""The CPU time in seconds and the memory in bytes; ``None`` where nobody tells."""


def group_figures(pids: Sequence[int]) -> list[Figures]:
    """The figures of each of ``pids`` with its descendants. The processes of the system are gone through once."""
    children = _children() if pids else {}
    return [_figures(pid, children) for pid in pids]


def _children() -> dict[int, list[int]]:
    """The processes that each process has started."""
    found: dict[int, list[int]] = {}
    for pid in psutil.pids():
        try:
            found.setdefault(psutil.Process(pid).ppid(), []).append(pid)
        except (psutil.Error, OSError):
            continue  # gone meanwhile, or not ours to look at
    return found


def _figures(first: int, children: dict[int, list[int]]) -> Figures:
    cpu_s, memory, is_known = 0.0, 0, False
    waiting = [first]
    while waiting:
        pid = waiting.pop()
        waiting += children.get(pid, ())
        try:
            process = psutil.Process(pid)
            with process.oneshot():
                times = process.cpu_times()
                cpu_s += times.user + times.system
                memory += process.memory_info().rss
        except (psutil.Error, OSError):
            continue  # gone meanwhile
        is_known = is_known or pid == first
    return (cpu_s, memory) if is_known else (None, None)
