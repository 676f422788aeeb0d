"""Events from a run to its reader, one at a time; the run goes on only when the reader comes back for more.

That is what makes a warning about an effect a warning: the reader has dealt with it before the effect happens. It knows
nothing of models. One run sends, one reader receives.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from openclaw.domain.turns import TurnEvent

Emit = Callable[[TurnEvent], Awaitable[None]]
"""Takes an event of a run; returns when the run may go on."""


class Handover:
    """A place for one event between two tasks. Waits here are bounded by the run's own deadline."""

    def __init__(self) -> None:
        self._event: TurnEvent | None = None
        self._filled = asyncio.Event()
        self._asked = asyncio.Event()
        self._closed = False
        self._failure: Exception | None = None

    async def send(self, event: TurnEvent) -> None:
        """Hand one event over; returns once the reader asked for the next."""
        self._asked.clear()
        self._event = event
        self._filled.set()
        await self._asked.wait()

    def close(self, failure: Exception | None = None) -> None:
        """No more events; with ``failure`` the reader gets that raised."""
        self._closed = True
        self._failure = failure
        self._filled.set()

    def __aiter__(self) -> Handover:
        return self

    async def __anext__(self) -> TurnEvent:
        self._asked.set()
        await self._filled.wait()
        if self._closed:
            if self._failure is not None:
                raise self._failure
            raise StopAsyncIteration
        self._filled.clear()
        event, self._event = self._event, None
        assert event is not None  # noqa: S101 - filled and not closed means an event is there
        return event
