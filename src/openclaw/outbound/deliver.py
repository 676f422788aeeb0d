"""The deliverer: takes one account's bubbles to its phone, in order, once, and writes down what is known of each.

``sending`` is on disk before the first byte leaves; what is not proven to have stayed here is never sent again. A chat
whose last bubble is in doubt waits for the verdict; the others go on.

    queued ──claim──> sending ──> sent ──own row──> confirmed
      ^                  │
      │ never left       ├──> unknown ──own row──> confirmed      (reconcile looks for it)
      └──────────────────┤      ├──proven miss──> queued
                         │      └──10 minutes───> parked
                         └──> failed
    parked, expired, failed: the rest of that answer waits behind it, other answers of the chat go on
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from openclaw.domain.delivery import Delivery, DeliveryState, NotSent, SendResult, Sent, Unknown
from openclaw.domain.ids import AccountId, DeliveryId
from openclaw.errors import StoreError
from openclaw.outbound.abandoned import recover
from openclaw.outbound.claim import claim
from openclaw.outbound.fuses import Fuses
from openclaw.outbound.lent import Lent
from openclaw.outbound.pacing import Pacing
from openclaw.outbound.ports import Channel
from openclaw.outbound.reconcile import Reconciler
from openclaw.store import Ledger, Tx, deliveries, delivery_lists

log = structlog.get_logger("openclaw.outbound")

# A disk that is full now may not be in a second, and hardly in a minute.
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0

# A request that hangs must not hold up the other chats of its account for its whole two minutes; one is let hang.
_SLOW_AFTER_S = 15.0

# A bubble whose own row was seen has left; an answer that is not here by then is lost, and others wait.
_ANSWER_AFTER_ROW_S = 10.0


@dataclass(frozen=True, slots=True)
class _Landed:
    """The end of a sending: the bubble that was claimed after it, or what went wrong."""

    next: Delivery | None
    error: Exception | None = None


class Deliverer:
    """The sending side of one account. ``ticks`` counts seconds that really passed; it does not jump."""

    def __init__(
        self,
        ledger: Ledger,
        account: AccountId,
        channel: Channel,
        now: Callable[[], datetime],
        fuses: Fuses = Fuses(),  # noqa: B008 - a frozen value
        ticks: Callable[[], float] = time.monotonic,
        answer_after_row_s: float = _ANSWER_AFTER_ROW_S,
        slow_after_s: float = _SLOW_AFTER_S,
    ) -> None:
        self._ledger = ledger
        self._account = account
        self._channel = channel
        self._now = now
        self._fuses = fuses
        self._ticks = ticks
        self._answer_after_row_s = answer_after_row_s
        self._woken = asyncio.Event()
        self._stirred = asyncio.Event()
        self._slow_after_s = slow_after_s
        self._in_flight: dict[DeliveryId, asyncio.Timeout] = {}
        self._arrived = asyncio.Event()
        self._rests = False
        self._slow: set[asyncio.Task[_Landed]] = set()
        self._landing: asyncio.Task[Any] | None = None
        self._pacing = Pacing()
        self._pause_s = _FIRST_PAUSE_S
        self._lent = Lent(ledger, channel.release)
        self.reconciler = Reconciler(ledger, account, channel, now, self.wake, ticks)

    def adopt(self, fuses: Fuses) -> None:
        """Go by other fuses from the next bubble on."""
        self._fuses = fuses

    def wake(self) -> None:
        """Something may be ready to be sent, or what is being sent may have been seen."""
        self._woken.set()
        self._stirred.set()
        self._lent.stir()

    async def quiet(self) -> None:
        """Return once no bubble is on its way: what is cut off there would be in doubt for minutes."""
        while self._in_flight or self._woken.is_set() or not self._rests:
            self._arrived.clear()
            await self._arrived.wait()

    async def run(self) -> None:
        """Send what is queued, and what will be, and look for what is in doubt, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            tasks.create_task(self._keep_sending())
            tasks.create_task(self._mind_lost_answers())
            tasks.create_task(self.reconciler.run())
            tasks.create_task(self._lent.run())

    async def _keep_sending(self) -> None:
        while True:
            # Listed boundary: a bug or a full disk on one account's way must not stop the others.
            try:
                await self._ledger.write(lambda tx: recover(tx, self._now(), self._account))
                await self._serve()
            except Exception:
                log.exception("deliverer.broken", account=self._account)
                await asyncio.sleep(self._pause_s)
                self._pause_s = min(self._pause_s * 2, _LONGEST_PAUSE_S)

    async def _serve(self) -> None:
        while True:
            self._woken.clear()
            self._rests = False
            delivery = await self._ledger.write(self._claim)
            while delivery is not None:
                delivery = await self._send(delivery)
            self._rests = True
            self._arrived.set()
            await self._rest()

    async def _send(self, delivery: Delivery) -> Delivery | None:
        """Send one bubble; the next one, if there is any. Goes on to other chats when the answer is slow in coming."""
        flight = self._tasks.create_task(self._fly(delivery), name=f"delivery {delivery.id}")
        if not self._slow:
            await asyncio.wait({flight}, timeout=self._slow_after_s)
        # What has its answer is as good as done; and two at a time are all that the phone is asked.
        while not flight.done() and (self._slow or flight is self._landing):
            await asyncio.wait({flight, *self._slow}, return_when=asyncio.FIRST_COMPLETED)
            self._slow = {one for one in self._slow if not one.done()}
        if not flight.done():
            log.warning("delivery.slow", delivery=delivery.id, account=self._account)
            self._slow.add(flight)
            flight.add_done_callback(self._forget)
            return await self._ledger.write(self._claim)
        landed = flight.result()
        if landed.error is not None:
            raise landed.error
        return landed.next

    def _forget(self, flight: asyncio.Task[_Landed]) -> None:
        self._slow.discard(flight)

    async def _fly(self, delivery: Delivery) -> _Landed:
        # Listed boundary: what goes wrong is told to whoever waits for this bubble, or logged when nobody does.
        try:
            result = await self._hand_over(delivery)
            if asyncio.current_task() not in self._slow:
                self._landing = asyncio.current_task()
                # One transaction for both: what becomes of this one, and which one is next.
                return _Landed(
                    await self._ledger.write(lambda tx: self._settle_and_claim(tx, delivery, result))
                )
            await self._ledger.write(lambda tx: _settle(tx, delivery, result, self._now()))
        except Exception as error:
            if asyncio.current_task() in self._slow:
                log.exception("deliverer.broken", account=self._account)
            return _Landed(None, error)
        self.wake()
        return _Landed(None)

    async def _hand_over(self, delivery: Delivery) -> SendResult:
        written = asyncio.Event()
        self.reconciler.note(delivery.id)
        self._lent.note(delivery)
        try:
            async with asyncio.timeout(None) as limit:
                self._in_flight[delivery.id] = limit
                result = await self._channel.send(delivery.message, written.set)
        except TimeoutError:
            result = Unknown("imsg gave no answer, its row was seen")
        except asyncio.CancelledError:
            # Nobody will hear the answer; whether what was written left is settled by its own row.
            cut_off = Unknown(_STOPPED) if written.is_set() else NotSent(_STOPPED)
            # A disk that refuses leaves it ``sending``, which the next start deals with; to go on would be not to stop.
            with suppress(StoreError):
                await self._ledger.write(lambda tx: _settle(tx, delivery, cut_off, self._now()))
            raise
        finally:
            del self._in_flight[delivery.id]
            self._arrived.set()
            self.reconciler.over(delivery.id)
        self._note(delivery, result)
        self._pause_s = _FIRST_PAUSE_S
        return result

    async def _mind_lost_answers(self) -> None:
        """Let no chat wait for an answer about a bubble that is on the phone already (demand D1, E5)."""
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            waiting = [one for one, limit in self._in_flight.items() if limit.when() is None]
            if not waiting:
                continue
            # Who cannot read the ledger here waits for the answer instead.
            with suppress(StoreError):
                for found in await self._ledger.read(lambda tx, ids=waiting: delivery_lists.load(tx, ids)):
                    limit = self._in_flight.get(found.id)
                    if limit is not None and found.state is DeliveryState.CONFIRMED:
                        limit.reschedule(asyncio.get_running_loop().time() + self._answer_after_row_s)

    def _note(self, delivery: Delivery, result: SendResult) -> None:
        if isinstance(result, NotSent) and not result.final:
            log.warning("delivery.not_sent", delivery=delivery.id, account=self._account, cause=result.reason)
            self._pacing.refused(delivery.message.chat_key, self._ticks())
        else:
            self._pacing.taken(delivery.message.chat_key)

    def _settle_and_claim(self, tx: Tx, delivery: Delivery, result: SendResult) -> Delivery | None:
        _settle(tx, delivery, result, self._now())
        return self._claim(tx)

    def _claim(self, tx: Tx) -> Delivery | None:
        at = self._ticks()
        if self._pacing.line_rests(at):
            return None
        return claim(tx, self._account, self._fuses, self._now(), self._pacing.resting(at))

    async def _rest(self) -> None:
        """Wait until there may be something to send."""
        try:
            async with asyncio.timeout(self._pacing.pause(self._ticks())):
                await self._woken.wait()
        except TimeoutError:
            return


_STOPPED = "the gateway stopped"


def _settle(tx: Tx, delivery: Delivery, result: SendResult, now: datetime) -> None:
    match result:
        case Sent(guid, row_id):
            deliveries.mark_sent(tx, delivery.id, guid, row_id, now)
        case NotSent(reason, final):
            deliveries.not_sent(tx, delivery.id, reason, now, final=final)
        case Unknown(reason):
            deliveries.doubt(tx, delivery.id, now, reason)
