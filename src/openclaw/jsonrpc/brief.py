"""A command that is run to its end, with a bound on its time and on its output."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from openclaw.errors import ChildFailed
from openclaw.jsonrpc.child import Child

# Help texts and status objects are a few kilobytes.
_OUTPUT_KEPT = 64 * 1024
# What it wrote is in the pipes when it exits; a grandchild may hold them open for ever.
_LAST_WORDS = 0.5


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended. ``exit_code`` is ``None`` when it did not end in time or ``failure`` says it never began."""

    output: str = ""
    stderr: str = ""
    exit_code: int | None = None
    failure: str = ""


class Brief:
    """A command under way. Made by :func:`begun`."""

    def __init__(self, argv: Sequence[str]) -> None:
        self.child = Child(argv, self._keep, lambda: None)
        self.failure = ""
        self._output = bytearray()

    async def outcome(self, limit: float) -> Outcome:
        """How it ended, after waiting at most ``limit`` seconds; one that takes longer is killed."""
        if self.failure:
            return Outcome(failure=self.failure)
        if await self.child.exited_within(limit):
            await self.child.over_within(_LAST_WORDS)
        code = self.child.exit_code
        await self.child.close()
        return Outcome(bytes(self._output).decode("utf-8", "replace"), self.child.stderr_tail, code)

    def _keep(self, chunk: bytes) -> None:
        self._output.extend(chunk[: _OUTPUT_KEPT - len(self._output)])


@asynccontextmanager
async def begun(argv: Sequence[str]) -> AsyncGenerator[Brief]:
    """``argv``, started with no input, so that its outcome can be asked for later. Raises nothing of its own."""
    brief = Brief(argv)
    try:
        try:
            await brief.child.start()
            brief.child.end_input()
        except ChildFailed as error:
            brief.failure = str(error)
        yield brief
    finally:
        # Also when it is called off while it starts: its pipes are open by then.
        await brief.child.close()


async def run_briefly(argv: Sequence[str], limit: float) -> Outcome:
    """Run ``argv`` with no input for at most ``limit`` seconds. Never raises for a command that misbehaves."""
    async with begun(argv) as brief:
        return await brief.outcome(limit)
