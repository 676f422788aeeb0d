"""An ``imsg rpc`` child that is opened when it is needed and proved to work before anything is asked of it.

Owns the child's life: opening, resting after a failure, ending after idleness or on demand. One line reads, another
one sends; neither knows what it carries.
"""

from __future__ import annotations

import asyncio
import random
from typing import Any, NoReturn

import structlog

from openclaw.domain.health import ProbeCode
from openclaw.errors import ChildFailed, OpenClawError
from openclaw.imessage.command import ImsgCommand
from openclaw.imessage.connection import START_LIMIT, handshake, open_imsg
from openclaw.imessage.diagnosis import unusable
from openclaw.jsonrpc.peer import Peer
from openclaw.supervision import Backoff

# A request in flight keeps its child; how soon after it the idleness is judged again matters to nobody.
_LOOK_AGAIN = 1.0

_log = structlog.get_logger("openclaw.imessage")


class Line:
    """Requests to a child that may not be there yet. ``run`` must be running for anything to be answered.

    A child is ended after ``idle`` seconds without a request, and after ``age`` seconds in any case; never while it
    owes an answer.
    """

    def __init__(
        self,
        command: ImsgCommand,
        name: str,
        backoff: Backoff,
        idle: float | None = None,
        age: float | None = None,
    ) -> None:
        self._command = command
        self._name = name
        self._backoff = backoff
        self._idle = idle
        self._age = age
        self._wanted = asyncio.Event()
        self._opening: asyncio.Future[Peer] = asyncio.get_running_loop().create_future()
        self._in_flight = 0
        self._last_used = 0.0
        self._failures = 0

    def warm(self) -> None:
        """Open the child now, so that the first request finds it ready."""
        self._wanted.set()

    def recycle(self) -> None:
        """Give the present child up; who waits for it is told, and the next request gets a new one."""
        if self._opening.done() and not self._opening.exception():
            self._opening.result().end()

    async def request(self, method: str, params: dict[str, Any], timeout: float) -> Any:
        """The result of ``method``; raises ``WireError``, or ``PhoneUnusable`` when no child can be opened.

        ``timeout`` counts from the moment the child is there.
        """
        self._in_flight += 1
        try:
            peer = await self.opened()
            while peer.is_closed:  # it ended between its opening and our turn
                peer = await self.opened()
            return await peer.request(method, params, timeout)
        finally:
            self._in_flight -= 1
            self._last_used = asyncio.get_running_loop().time()

    async def run(self) -> NoReturn:
        """Open a child whenever one is wanted, until cancelled."""
        while True:
            await self._wanted.wait()
            # Listed boundary: a bug in one line ends neither the gateway nor the tries.
            try:
                await self._serve()
            except OpenClawError as error:
                await self._rest(error)
            except Exception as error:
                _log.exception("line.broken", line=self._name)
                await self._rest(ChildFailed(f"the {self._name} broke: {error}"))

    async def opened(self) -> Peer:
        """The present child, for requests that must all go to the same one; opens one when there is none.

        Raises ``PhoneUnusable`` or the ``WireError`` for which none can be opened.
        """
        if self._opening.done() and not self._opening.exception():
            if not self._opening.result().is_closed:
                return self._opening.result()
            self._renew()
        if not self._opening.done():
            self._wanted.set()
        try:
            async with asyncio.timeout(START_LIMIT):
                return await asyncio.shield(self._opening)
        except TimeoutError as error:
            late = f"imsg did not answer within {START_LIMIT:g} s of its start"
            raise unusable(ProbeCode.NOT_RESPONDING, late, "Run the configured cliPath by hand") from error

    async def _serve(self) -> None:
        """One life of a child: opened, proved, offered to all who wait, and ended."""
        async with open_imsg(self._command) as peer:
            await handshake(peer)
            self._failures = 0
            self._last_used = asyncio.get_running_loop().time()
            # Everybody who wants one is served now; a later child is opened for a later request only.
            self._wanted.clear()
            if self._opening.done():
                self._renew()
            self._opening.set_result(peer)
            await self._until_over(peer)

    async def _until_over(self, peer: Peer) -> None:
        """Return when the child is gone, given up, or too old, or has had nothing to do for long enough."""
        clock = asyncio.get_running_loop().time
        too_old = None if self._age is None else clock() + self._age
        while not peer.is_closed:
            idle_at = None if self._idle is None else self._last_used + self._idle
            ends = [moment for moment in (idle_at, too_old) if moment is not None]
            rest = min(ends) - clock() if ends else None
            if rest is not None and rest <= 0:
                if not self._in_flight:
                    return
                rest = _LOOK_AGAIN
            try:
                async with asyncio.timeout(rest):
                    await peer.closed()
            except TimeoutError:
                continue

    async def _rest(self, error: OpenClawError) -> None:
        """Tell those who wait, and let nobody try again for a while."""
        self._failures += 1
        delay = self._backoff.delay(self._failures, random.random())  # noqa: S311 - jitter is no secret
        _log.warning("line.failed", line=self._name, cause=str(error), retry_in_s=round(delay, 1))
        self._wanted.clear()
        if self._opening.done():
            self._renew()
        self._opening.set_exception(error)
        self._opening.exception()  # seen, even when nobody waits
        await asyncio.sleep(delay)
        self._renew()

    def _renew(self) -> None:
        self._opening = asyncio.get_running_loop().create_future()
