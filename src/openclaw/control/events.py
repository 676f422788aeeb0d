"""Events: a stream that says which parts of the gateway's state changed, so that a page knows what to read again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Collection, Generator
from contextlib import contextmanager

from openclaw.store.changes import EVERYTHING, Changes, Listener

MOST_STREAMS = 16
"""A few windows of one operator; more is somebody's mistake."""

_SPACING_S = 0.2
"""Five events a second are more than anybody can see."""

# Something has to be said now and then, so that both ends notice when the other is gone.
_HEARTBEAT_S = 15.0


class Streams:
    """The streams that are open, and whether there may be any."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._closed = False

    @property
    def is_full(self) -> bool:
        """Whether one more would be too many."""
        return self._closed or len(self._listeners) >= MOST_STREAMS

    def look_again(self) -> None:
        """Have every stream see whether it is still welcome."""
        for listener in self._listeners:
            listener.tell(())

    def close(self) -> None:
        """End every stream; for the end of the gateway."""
        self._closed = True
        self.look_again()

    async def stream(self, changes: Changes, is_welcome: Callable[[], bool]) -> AsyncGenerator[bytes]:
        """What is sent to one listener until ``is_welcome`` says no; the first event names everything."""
        with changes.listen() as listener, self._among(listener):
            yield _event(EVERYTHING)
            while not self._closed and is_welcome():
                try:
                    async with asyncio.timeout(_HEARTBEAT_S):
                        topics = await listener.changed()
                except TimeoutError:
                    yield b": still here\n\n"
                    continue
                if topics and is_welcome():
                    yield _event(topics)
                    await asyncio.sleep(_SPACING_S)

    @contextmanager
    def _among(self, listener: Listener) -> Generator[None]:
        self._listeners.add(listener)
        try:
            yield
        finally:
            self._listeners.discard(listener)


def _event(topics: Collection[str]) -> bytes:
    return f"data: {json.dumps({'changed': sorted(topics)})}\n\n".encode()
