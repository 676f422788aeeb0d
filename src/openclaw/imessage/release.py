"""Which release of imsg is installed."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from openclaw.imessage.command import ImsgCommand
from openclaw.imessage.versions import Version, parse_version
from openclaw.jsonrpc.brief import Brief, begun

# Printing a version takes milliseconds, over a new SSH connection a second or two.
VERSION_LIMIT = 10.0


class ReleaseReading:
    """An ``imsg --version`` under way."""

    def __init__(self, brief: Brief) -> None:
        self._brief = brief

    async def version(self) -> Version | None:
        """The version, or ``None`` when it cannot be read in time. Never raises."""
        return parse_version((await self._brief.outcome(VERSION_LIMIT)).output)


@asynccontextmanager
async def reading_release(command: ImsgCommand) -> AsyncGenerator[ReleaseReading]:
    """Begin to read the version, to be asked for when it is needed."""
    async with begun(command.with_arguments("--version")) as brief:
        yield ReleaseReading(brief)
