"""Lanes: one for each session, in which things happen one after the other. Lanes know nothing of each other.

A lane exists while there is something to do in it. A bug in one is logged and leaves the others alone; the lane is
tried again after a rest, longer each time, so that what waits in it is not forgotten.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext

import structlog

from openclaw.domain.ids import SessionKey

log = structlog.get_logger("openclaw.turns")

# After a lane broke: a full disk or a locked ledger passes by itself, a bug does not and must not fill the log.
_FIRST_REST_S = 1.0
_LONGEST_REST_S = 300.0


class Lanes:
    """The lanes of all sessions, as tasks of ``group``.

    ``step`` does the next thing of a session and says in how many seconds there may be more to do, ``None`` for not
    before it is woken; at most ``at_once`` of them run at a time, beside those of sessions that are ``unbounded``,
    whose number is bounded elsewhere. ``debounce_s`` is how long a session's lane waits,
    after a turn, for more of what arrived during it; ``first_rest_s`` how long after it broke for the first time.
    """

    def __init__(
        self,
        group: asyncio.TaskGroup,
        step: Callable[[SessionKey], Awaitable[float | None]],
        *,
        at_once: int,
        debounce_s: Callable[[SessionKey], float],
        first_rest_s: float = _FIRST_REST_S,
        unbounded: Callable[[SessionKey], bool] = lambda key: False,
    ) -> None:
        self._group = group
        self._step = step
        self._slots = asyncio.Semaphore(at_once)
        self._debounce_s = debounce_s
        self._first_rest_s = first_rest_s
        self._unbounded = unbounded
        self._open: set[SessionKey] = set()
        self._woken: set[SessionKey] = set()
        self._alarms: dict[SessionKey, asyncio.TimerHandle] = {}

    def wake(self, key: SessionKey) -> None:
        """Something is waiting in the session ``key``. Does nothing once the group of the lanes ends."""
        self._woken.add(key)
        if alarm := self._alarms.pop(key, None):
            alarm.cancel()
        if key not in self._open:
            lane = self._run(key)
            try:
                self._group.create_task(lane, name=f"lane {key}")
            except RuntimeError:
                # The gateway stops: what waits is on disk, and its next start opens the lane.
                lane.close()
                return
            self._open.add(key)

    def adopt(self, *, at_once: int, unbounded: Callable[[SessionKey], bool] = lambda key: False) -> None:
        """Go by other settings; a step that runs counts among those of before."""
        self._slots = asyncio.Semaphore(at_once)
        self._unbounded = unbounded

    def is_open(self, key: SessionKey) -> bool:
        """Whether the lane has something to do at this moment."""
        return key in self._open

    async def _run(self, key: SessionKey) -> None:
        rest_s = self._first_rest_s
        try:
            while not await self._drained(key):
                await asyncio.sleep(rest_s)
                rest_s = min(rest_s * 2, _LONGEST_REST_S)
        finally:
            self._open.discard(key)

    async def _drained(self, key: SessionKey) -> bool:
        # Listed boundary: a bug in one lane must not stop the other conversations.
        try:
            await self._drain(key)
        except Exception:
            log.exception("lane.broken", session=key)
            return False
        return True

    async def _drain(self, key: SessionKey) -> None:
        more_in_s: float | None = 0.0
        while more_in_s == 0.0 or key in self._woken:
            self._woken.discard(key)
            # A turn of an outside agent may wait for a person, or work for hours: nobody else is to wait for that.
            async with nullcontext() if self._unbounded(key) else self._slots:
                more_in_s = await self._step(key)
            if key in self._woken:
                await self._settle(key)
        if more_in_s is not None:
            # Nothing holds the lane open meanwhile, and whoever wakes it before need not wait for this.
            self._alarms[key] = asyncio.get_running_loop().call_later(more_in_s, self.wake, key)

    async def _settle(self, key: SessionKey) -> None:
        """Wait until nothing has arrived for a moment: people send a thought in several messages."""
        while key in self._woken:
            self._woken.discard(key)
            await asyncio.sleep(self._debounce_s(key))
        self._woken.add(key)
