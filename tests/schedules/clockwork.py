"""An event loop whose time passes only when somebody asks for it: hours cost nothing, and every run is the same.

Knows nothing of phones. Nothing that runs in it may use a thread: what a thread does has no place in its time.
"""

from __future__ import annotations

import asyncio
import selectors

# No schedule comes near; whatever turns round more often than that is a circle that waits for nothing.
_MOST_ROUNDS = 400_000


class Clockwork(asyncio.SelectorEventLoop):
    """A loop with a time of its own, in seconds from 0."""

    def __init__(self) -> None:
        self._passed = 0.0
        self._until = 0.0
        self._asked: asyncio.Future[None] | None = None
        self._rounds = 0
        super().__init__(_Gears(self))

    def time(self) -> float:
        """The seconds that have passed."""
        return self._passed

    async def let_pass(self, seconds: float) -> None:
        """Let everybody do what there is to do, and then so many seconds pass. 0: until all are at rest."""
        self._until = self._passed + seconds
        self._asked = self.create_future()
        await self._asked

    def turn(self, timeout: float | None) -> None:
        """Nobody has anything to do for ``timeout`` seconds, or ever."""
        asked = self._asked
        if timeout is not None and (asked is None or self._passed + timeout <= self._until):
            self._passed += timeout
            return
        if asked is None:
            raise AssertionError("everybody waits for somebody else, for ever")
        self._passed, self._asked = max(self._passed, self._until), None
        asked.set_result(None)

    def count_round(self) -> None:
        """Each turn of the loop is counted; one too many ends it."""
        self._rounds += 1
        if self._rounds > _MOST_ROUNDS:
            raise AssertionError("it goes round and round, and never comes to rest")


class _Gears(selectors.DefaultSelector):
    def __init__(self, clockwork: Clockwork) -> None:
        super().__init__()
        self._clockwork = clockwork

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self._clockwork.count_round()
        found = super().select(0)
        if not found and (timeout is None or timeout > 0):
            self._clockwork.turn(timeout)
        return found
