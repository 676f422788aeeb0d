"""Which processes a gateway has started, alive or dead: by the mark in their environment, whoever their parent is."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import psutil

from openclaw.jsonrpc.orphans import MARK

# As in the proof of an orphan: start times are read in different ways.
_SAME_START_S = 1.0


@dataclass(frozen=True, slots=True)
class Start:
    """One start of a gateway, by which its children are known; a process number alone may be somebody else's."""

    pid: int
    at: float

    @classmethod
    def of(cls, pid: int) -> Start:
        """The start of the process that has this number now."""
        return cls(pid, psutil.Process(pid).create_time())

    def children(self) -> list[int]:
        """The processes that carry its mark now. Takes some milliseconds."""
        found: list[int] = []
        for process in psutil.process_iter():
            try:
                pid, _, at = process.environ().get(MARK, "").partition(":")
                if pid == str(self.pid) and abs(float(at) - self.at) < _SAME_START_S:
                    found.append(process.pid)
            except (psutil.Error, OSError):
                continue  # gone meanwhile, or not ours to read
        return found

    async def is_childless(self) -> bool:
        """Whether no such process is left."""
        return not await asyncio.to_thread(self.children)
