"""What an agent answers to our requests, and how it went when it answers no more. Its errors become ours here.

Imported with the protocol's library alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import structlog
from acp import RequestError
from pydantic import ValidationError

from openclaw.agents.acp.ports import Opening
from openclaw.agents.acp.replies import refusal
from openclaw.agents.acp.wire import LineTransport
from openclaw.errors import AgentFailed

log = structlog.get_logger("openclaw.acp")

T = TypeVar("T")


class Exchange:
    """The requests to one agent. ``is_closing`` is set by whoever ends it."""

    def __init__(self, opening: Opening, transport: LineTransport) -> None:
        self._opening = opening
        self._transport = transport
        self.is_closing = False

    async def answer(self, doing: Awaitable[T], *, bounded: bool = True) -> T:
        """What the agent answers to a request. Raises AgentFailed; ``Refused`` where it answered with an error."""
        opening = self._opening
        try:
            async with asyncio.timeout(opening.seconds if bounded else None):
                return await doing
        except TimeoutError:
            raise AgentFailed(f"{opening.harness} did not answer within {opening.seconds:g} s") from None
        except ConnectionError:
            self._transport.over.set()
            raise AgentFailed(f"{opening.harness} {await self.obituary()}") from None
        except RequestError as error:
            raise refusal(opening.harness, error) from None
        except ValidationError as error:
            problem = f"{error.error_count()} faults in what it answered"
            raise AgentFailed(f"{opening.harness} broke the protocol: {problem}") from None
        # What an agent answers must not end more than its own turn, whatever the library makes of it.
        except Exception as error:
            log.warning("acp.library_failed", session=opening.key, error=type(error).__name__)
            raise AgentFailed(f"{opening.harness} broke the protocol: {type(error).__name__}") from None

    async def obituary(self) -> str:
        """How it went; a moment is waited for its last words."""
        if self._transport.is_babbling:
            return "writes what is no message of the protocol, without end"
        if self._transport.lines.is_gone:
            return await self._transport.lines.obituary()
        return "was ended" if self.is_closing else "was left in the middle of a turn"
