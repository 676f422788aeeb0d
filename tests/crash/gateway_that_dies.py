"""The real gateway in a process that kills itself (-9) at the n-th moment that counts.

    gateway_that_dies.py N TALLY

N is 0 for never; TALLY is a file that gets the number of the last moment and what it was. Four moments count: before
and after each commit of the ledger, before and after each line that goes into the pipe of a child.

This is a fault injector and no stand-in: every part of the gateway is the real one, started by the command line's own
entry. The commits are seen by a listener that SQLAlchemy offers for that; for the pipe nothing is offered, so its class
is exchanged for a subclass, in this process alone, before anything is opened.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from openclaw.cli.main import main
from openclaw.jsonrpc import child
from openclaw.jsonrpc.pipe import InputPipe


class Fuse:
    """Counts the moments, from whatever thread they come, and ends the process at the one it was set to."""

    def __init__(self, at: int, tally: Path) -> None:
        self._at = at
        self._tally = tally
        self._lock = threading.Lock()
        self._count = 0

    def burn(self, moment: str) -> None:
        """One more moment has come."""
        with self._lock:
            self._count += 1
            if self._count == self._at:
                self.tell(moment)
                os.kill(os.getpid(), signal.SIGKILL)

    def tell(self, moment: str) -> None:
        """Write down how far it came."""
        self._tally.write_text(json.dumps({"count": self._count, "moment": moment}))


def watch_commits(fuse: Fuse) -> None:
    """Let every commit of every database of this process burn the fuse twice."""

    def before(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement == "COMMIT":
            fuse.burn("before a commit")

    def after(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement == "COMMIT":
            fuse.burn("after a commit")

    event.listen(Engine, "before_cursor_execute", before)
    event.listen(Engine, "after_cursor_execute", after)


def watch_pipes(fuse: Fuse) -> None:
    """Let every line for a child burn the fuse twice."""

    class Counted(InputPipe):
        async def write_line(self, line: bytes, on_first_byte: Callable[[], None]) -> None:
            method = json.loads(line)["method"]
            fuse.burn(f"before writing {method}")
            await super().write_line(line, on_first_byte)
            fuse.burn(f"after writing {method}")

    child.InputPipe = Counted


def run(at: int, tally: Path) -> None:
    """Run `openclaw gateway` until it dies or is told to stop."""
    fuse = Fuse(at, tally)
    watch_commits(fuse)
    watch_pipes(fuse)
    try:
        main(["gateway"])
    finally:
        fuse.tell("the end")


if __name__ == "__main__":
    run(int(sys.argv[1]), Path(sys.argv[2]))
