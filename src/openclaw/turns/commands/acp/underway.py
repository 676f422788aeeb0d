"""What ``/acp`` is doing just now: whose turn it is in each conversation, and the steers that are not answered yet.

A steer is no turn of a lane, so whoever stops a session ends its steers here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import ExitStack, asynccontextmanager

from openclaw.domain.ids import MessageId, SessionKey
from openclaw.errors import AgentError
from openclaw.turns.commands.order import Order


class Underway:
    """The orders and steers of all conversations, while they last."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], asyncio.Lock] = {}
        self._steers: list[tuple[SessionKey, asyncio.Timeout]] = []
        self._closing: dict[MessageId, SessionKey] = {}

    @asynccontextmanager
    async def turn(
        self, order: Order, meanwhile: Coroutine[object, object, None] | None = None
    ) -> AsyncGenerator[None]:
        """The turn of ``order``: those of its conversation that take long come one after the other, as they were said.

        ``meanwhile``, which raises nothing, is done while it waits.
        """
        message = order.held.message
        place = (message.account, message.chat.key if message.chat else "")
        lock = self._places.setdefault(place, asyncio.Lock())
        with ExitStack() as stack:
            stack.callback(self._closing.pop, order.held.id, None)
            async with asyncio.TaskGroup() as group:
                if meanwhile is not None:
                    group.create_task(meanwhile, name=f"before {order.held.id}")
                # In line before anything is awaited, or what was said later could come first.
                await lock.acquire()
                stack.callback(lock.release)
            yield

    async def steer(self, session: SessionKey, ask: Callable[[], Awaitable[str]]) -> str | None:
        """What comes of ``ask``; ``None`` when it was stopped, or ``session`` is about to be closed.

        Raises:
            AgentError: it failed.
        """
        if session in self._closing.values():
            return None
        scope = asyncio.timeout(None)
        running = (session, scope)
        self._steers.append(running)
        try:
            async with scope:
                return await ask()
        except (TimeoutError, AgentError):
            # An agent that is stopped in its turn may tell that as a failure.
            if not scope.expired():
                raise
            return None
        finally:
            self._steers.remove(running)

    def stop(self, session: SessionKey) -> bool:
        """End what agents of ``session`` are told by steers; whether there was any."""
        scopes = [scope for key, scope in self._steers if key == session and not scope.expired()]
        for scope in scopes:
            scope.reschedule(asyncio.get_running_loop().time())
        return bool(scopes)

    def close(self, session: SessionKey, by: Order) -> None:
        """The same, and let none begin until the turn of ``by`` is over."""
        self._closing[by.held.id] = session
        self.stop(session)
