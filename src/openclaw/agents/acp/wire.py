"""The line to an agent: messages of the protocol as lines of its pipes. Imported with the protocol's library alone.

The library's own pipes read without a bound and wait for ever on a program that is gone; these do neither.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast

import structlog
from pydantic_core import from_json, to_json

from openclaw.agents.child_lines import ChildLines, Program

log = structlog.get_logger("openclaw.acp")

MAX_LINE = 48 * 1024 * 1024
"""A message with a picture of the largest size, in base64."""

MOST_NOISE = 1000
"""An agent that writes so many lines which are no messages is none."""


class LineTransport:
    """The library's view of a child's pipes. ``room`` returns when there is room for another message."""

    def __init__(self, harness: str, program: Program, room: Callable[[], Awaitable[None]]) -> None:
        self._harness = harness
        self._room = room
        self._noise = 0
        self.is_babbling = False
        self.lines = ChildLines(program, "acp.stderr", {"agent": harness}, MAX_LINE)

    async def send(self, message: dict[str, Any]) -> None:
        """Write one message. Raises ConnectionError when nobody reads any more."""
        try:
            await self.lines.child.write_line(to_json(message) + b"\n", lambda: None)
        except BrokenPipeError as error:
            raise ConnectionError("the agent takes no more input") from error

    async def receive(self) -> dict[str, Any] | None:
        """The next message, ``None`` when there will be no more; what is no message is logged and left out."""
        while True:
            await self._room()
            line = await self.lines.next()
            if line is None:
                return None
            if not line.strip():
                continue
            message = _message(line)
            if message is not None:
                return message
            log.debug("acp.noise", agent=self._harness, line=line[:200].decode("utf-8", "replace"))
            self._noise += 1
            if self._noise > MOST_NOISE:
                self.is_babbling = True
                return None

    async def close(self) -> None:
        """Nothing: whoever opened the child ends it."""


def _message(line: bytes) -> dict[str, Any] | None:
    try:
        found = from_json(line)
    except ValueError:
        return None
    message = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    return message if "method" in message or "id" in message else None
