"""Proof that a process was started by a gateway that is gone, and its end.

A child of a killed gateway may ignore the end of its input and run for days. Each child carries a mark in its
environment naming the gateway by process id and start time; nothing without that proof is ever touched.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping

import psutil

MARK = "OPENCLAW_CHILD_OF"
MARK_OF_AGENT = "OPENCLAW_CHILD_OF_AGENT"
"""What everything bears that one outside agent has started."""

# Start times are floats read from the kernel in different ways; a second apart is another process.
_SAME_START = 1.0


@functools.cache
def _mark(pid: int) -> str:
    return f"{pid}:{psutil.Process(pid).create_time():.2f}"


def mark_of_this_process() -> dict[str, str]:
    """The environment entry that every child of this process gets."""
    return {MARK: _mark(os.getpid())}


def reap_orphans() -> list[int]:
    """Kill the marked processes whose gateway is gone; their process ids. Takes some milliseconds: call in a thread."""
    reaped: list[int] = []
    for process in psutil.process_iter():
        try:
            mark = process.environ().get(MARK)
            if mark and process.pid != os.getpid() and not _alive(mark):
                process.kill()
                reaped.append(process.pid)
        except (psutil.Error, OSError):
            continue  # not ours to read, or gone meanwhile: no proof, no touch
    return reaped


def end_marked(mark: Mapping[str, str]) -> list[int]:
    """Kill the processes whose environment has all of ``mark``; their process ids. Call in a thread, like the other."""
    ended: list[int] = []
    for pid in psutil.pids():
        try:
            process = psutil.Process(pid)
            if mark.items() <= process.environ().items() and pid != os.getpid():
                process.kill()
                ended.append(pid)
        except (psutil.Error, OSError):
            continue
    return ended


def _alive(mark: str) -> bool:
    pid, _, started = mark.partition(":")
    try:
        return abs(psutil.Process(int(pid)).create_time() - float(started)) < _SAME_START
    except (psutil.NoSuchProcess, ValueError):
        return False
