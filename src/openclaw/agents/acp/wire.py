"""The line to an agent: messages of the protocol as lines of its pipes. Imported with the protocol's library alone.

The library's own pipes read without a bound and wait for ever on a program that is gone; these do neither. Only what
has the shape of a message reaches the library, which stops reading at anything else.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, cast

import structlog
from pydantic_core import from_json, to_json

from openclaw.agents.child_lines import ChildLines, Program
from openclaw.config.secrets import mask_text

log = structlog.get_logger("openclaw.acp")

MAX_LINE = 48 * 1024 * 1024
"""A message with a picture of the largest size, in base64."""

MOST_NOISE = 1000
"""An agent that writes so many lines in a row which are no messages is none."""

MOST_REQUESTS = 64
"""What an agent may ask of us at a time; more is refused, so that a flood of questions is not held in memory."""

AT_A_TIME = 50
"""So many messages are read before others get their turn: what they start shows only then whether there is room."""

_TOO_MANY = {"code": -32000, "message": f"{MOST_REQUESTS} requests wait for their answers; no more at a time"}


class LineTransport:
    """The library's view of a child's pipes. ``room`` returns when there is room for another message.

    ``over`` is set once nothing more is to be had from the agent; ``begun`` counts the messages of which it may have
    seen something.
    """

    def __init__(self, harness: str, program: Program, room: Callable[[], Awaitable[None]]) -> None:
        self._harness = harness
        self._room = room
        self._noise = 0
        self._read = 0
        self._asked = 0
        self.begun = 0
        self.is_babbling = False
        self.over = asyncio.Event()
        self.lines = ChildLines(program, "acp.stderr", {"agent": harness}, MAX_LINE, self.over.set)

    async def send(self, message: dict[str, Any]) -> None:
        """Write one message. Raises ConnectionError when nobody reads any more."""
        try:
            line = to_json(message, serialize_unknown=True) + b"\n"
            await self.lines.child.write_line(line, self._begin)
        except BrokenPipeError as error:
            raise ConnectionError("the agent takes no more input") from error
        finally:
            if "method" not in message:
                self._asked -= 1

    async def receive(self) -> dict[str, Any] | None:
        """The next message, ``None`` when there will be no more; what is no message is logged and left out."""
        while True:
            await self._room()
            line = await self.lines.next()
            if line is None:
                return None
            self._read += 1
            if self._read % AT_A_TIME == 0:
                await asyncio.sleep(0)
            message = _message(line)
            if message is not None:
                self._noise = 0
                if await self._is_served(message):
                    return message
            elif self._is_too_much(line):
                return None

    async def close(self) -> None:
        """Nothing: whoever opened the child ends it."""

    def _begin(self) -> None:
        self.begun += 1

    def _is_too_much(self, line: bytes) -> bool:
        """Whether a line that is no message is one too many."""
        log.debug("acp.noise", agent=self._harness, line=mask_text(line[:200].decode("utf-8", "replace")))
        self._noise += 1
        if self._noise > MOST_NOISE:
            self.is_babbling = True
            self.over.set()
        return self.is_babbling

    async def _is_served(self, message: dict[str, Any]) -> bool:
        """Whether a message is for the library; a request beyond what we hold is refused here."""
        if "method" not in message or "id" not in message:
            return True
        self._asked += 1
        if self._asked <= MOST_REQUESTS:
            return True
        with contextlib.suppress(ConnectionError):
            await self.send({"jsonrpc": "2.0", "id": message["id"], "error": _TOO_MANY})
        return False


def _message(line: bytes) -> dict[str, Any] | None:
    try:
        found = from_json(line)
    except ValueError:
        return None
    message = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    match message:
        case {"method": str()} | {"id": int() | str(), "error": dict()}:
            return message
        case {"id": int() | str(), "error": error}:
            return {"id": message["id"], "error": {"code": -32603, "message": str(error)}}
        case {"id": int() | str()}:
            return message
        case _:
            return None
