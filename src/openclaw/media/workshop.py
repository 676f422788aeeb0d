"""The gateway's side of preparing files: a child for each, few at a time, ended when it takes too long.

Nothing of a file passes through this process but its name.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

from openclaw.media.results import Prepared, Refused, from_line

AT_ONCE = 2
"""Children of one workshop that work at the same time, for all accounts: each may take a core and much memory."""

TIME_S = 60.0
"""By the clock. A large photo takes two seconds on a slow machine; a converter for long recordings takes more."""

# One line, or the beginning of something that is none.
_ANSWER_BYTES = 64 * 1024
# More arenas are more address space, which is what the child's memory is measured by.
_ENVIRON = {"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}


class Workshop:
    """Prepares files; ``time_s`` bounds each."""

    def __init__(self, time_s: float = TIME_S) -> None:
        self._time_s = time_s
        self._places = asyncio.Semaphore(AT_ONCE)

    async def prepare(self, source: Path, into: Path) -> Prepared | Refused:
        """What could be made of the file ``source``; its forms are in the folder ``into``. Never raises for a file.

        Cancelled, it ends the child.
        """
        return await self._made(str(source), str(into))

    async def fit(self, source: Path, into: Path, most_bytes: int) -> Prepared | Refused:
        """The picture ``source`` in a form of at most ``most_bytes``, in the folder ``into``; as :meth:`prepare`."""
        return await self._made(str(source), str(into), str(most_bytes))

    async def _made(self, *asked: str) -> Prepared | Refused:
        async with self._places:
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "openclaw.media.child", *asked),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=_ENVIRON | {"PATH": os.environ.get("PATH", os.defpath)},
                start_new_session=True,
                limit=_ANSWER_BYTES,
            )
            try:
                async with asyncio.timeout(self._time_s):
                    told = await _line(child)
                    ended = await child.wait()
            except TimeoutError:
                return Refused(f"it took longer than {self._time_s:g} s to look at")
            finally:
                await _end(child)
        result = from_line(told)
        if ended or result is None:
            return Refused(
                "the program that looks at files gave up on it; it is broken, or too large unpacked"
            )
        return result


async def _line(child: asyncio.subprocess.Process) -> bytes:
    if child.stdout is None:
        raise RuntimeError("the child was started without a pipe")
    try:
        return await child.stdout.readline()
    except ValueError:
        # Longer than any answer of ours.
        return b""


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        # The whole group: a converter may still run.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        await child.wait()
