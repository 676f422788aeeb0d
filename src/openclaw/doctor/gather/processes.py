"""The processes above one: who started whom, up to the first process of the system."""

from __future__ import annotations

from contextlib import suppress

import psutil

from openclaw.doctor.checks.process_chain import Chain, Link

# Deeper than any terminal, multiplexer and shell nest; a circle of numbers that are used anew ends here too.
_DEEPEST = 64


def chain_above(pid: int) -> Chain:
    """From process ``pid`` upwards, without process 1; empty when it is gone."""
    try:
        process = psutil.Process(pid)
        above = [process, *process.parents()[:_DEEPEST]]
    except psutil.Error:
        return ()
    return tuple(link for one in above if one.pid > 1 and (link := _link(one)) is not None)


def _link(process: psutil.Process) -> Link | None:
    program = ""
    try:
        name = process.name()
        with suppress(psutil.AccessDenied, OSError):
            program = process.exe()
    except psutil.NoSuchProcess:
        return None
    except psutil.AccessDenied:
        name = "?"
    return Link(process.pid, name, program)
