"""A command that is run to its end, with a bound on its time and on its output."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from openclaw.errors import ChildFailed
from openclaw.jsonrpc.child import Child, running

# Help texts and status objects are a few kilobytes.
_OUTPUT_KEPT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended. ``exit_code`` is ``None`` when it did not end in time or ``failure`` says it never began."""

    output: str = ""
    stderr: str = ""
    exit_code: int | None = None
    failure: str = ""


async def run_briefly(argv: Sequence[str], limit: float) -> Outcome:
    """Run ``argv`` with no input for at most ``limit`` seconds. Never raises for a command that misbehaves."""
    output = bytearray()
    ended = asyncio.Event()

    def keep(chunk: bytes) -> None:
        output.extend(chunk[: _OUTPUT_KEPT - len(output)])

    try:
        async with running(Child(argv, keep, ended.set)) as child:
            child.end_input()
            if await child.exited_within(limit):
                await ended.wait()  # follows the exit in bounded time
            code = child.exit_code
    except ChildFailed as error:
        return Outcome(failure=str(error))
    return Outcome(bytes(output).decode("utf-8", "replace"), child.stderr_tail, code)
