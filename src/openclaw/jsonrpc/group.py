"""What a child uses of the computer, together with everything that it has started."""

from __future__ import annotations

import psutil


def group_figures(pid: int) -> tuple[float | None, int | None]:
    """The CPU time in seconds and the memory in bytes of ``pid`` and its descendants; ``None`` where nobody tells."""
    try:
        first = psutil.Process(pid)
        processes = [first, *first.children(recursive=True)]
    except (psutil.Error, OSError):
        return None, None
    cpu_s, memory = 0.0, 0
    for process in processes:
        try:
            with process.oneshot():
                times = process.cpu_times()
                cpu_s += times.user + times.system
                memory += process.memory_info().rss
        except (psutil.Error, OSError):
            continue  # gone meanwhile
    return cpu_s, memory
