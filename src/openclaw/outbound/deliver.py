"""The deliverer: takes one account's bubbles to its phone, in order, once, and writes down what is known of each.

``sending`` is on disk before the first byte leaves; what is not proven to have stayed here is never sent again. A chat
whose last bubble is in doubt waits for the verdict; the others go on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from openclaw.domain.delivery import Delivery, DeliveryState, NotSent, SendResult, Sent, Unknown
from openclaw.domain.ids import AccountId
from openclaw.outbound.ports import Channel
from openclaw.store import Ledger, Tx, deliveries

log = structlog.get_logger("openclaw.outbound")

# After a line refused a bubble without having sent it: long enough for a child to come back, doubled while it does not.
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0

_UNCONFIRMED_AFTER = timedelta(seconds=120)
# An Apple event may still run for two minutes after everybody has given up on it.
_PARKED_AFTER = timedelta(seconds=150)
_EXPIRED_AFTER = timedelta(hours=1)


class Deliverer:
    """The sending side of one account."""

    def __init__(
        self, ledger: Ledger, account: AccountId, channel: Channel, now: Callable[[], datetime]
    ) -> None:
        self._ledger = ledger
        self._account = account
        self._channel = channel
        self._now = now
        self._woken = asyncio.Event()
        self._pause_s = _FIRST_PAUSE_S

    def wake(self) -> None:
        """Something may be ready to be sent."""
        self._woken.set()

    async def run(self) -> None:
        """Send what is queued, and what will be, until cancelled."""
        while True:
            # Listed boundary: a bug or a full disk on one account's way must not stop the others.
            try:
                await self._ledger.write(lambda tx: recover(tx, self._now(), self._account))
                await self._serve()
            except Exception:
                log.exception("deliverer.broken", account=self._account)
                await self._rest()

    async def _serve(self) -> None:
        while True:
            self._woken.clear()
            while delivery := await self._ledger.write(
                lambda tx: deliveries.claim(tx, self._account, self._now())
            ):
                await self._send(delivery)
            await self._woken.wait()

    async def _send(self, delivery: Delivery) -> None:
        try:
            result = await self._channel.send(delivery.message)
        except asyncio.CancelledError:
            # Nobody will hear the answer; whether it left is settled by its own row at the next start.
            await self._ledger.write(
                lambda tx: _settle(tx, delivery, Unknown("the gateway stopped"), self._now())
            )
            raise
        await self._ledger.write(lambda tx: _settle(tx, delivery, result, self._now()))
        if isinstance(result, NotSent) and not result.final:
            log.warning("delivery.not_sent", delivery=delivery.id, account=self._account, cause=result.reason)
            await self._rest()
        else:
            self._pause_s = _FIRST_PAUSE_S

    async def _rest(self) -> None:
        await asyncio.sleep(self._pause_s)
        self._pause_s = min(self._pause_s * 2, _LONGEST_PAUSE_S)


def _settle(tx: Tx, delivery: Delivery, result: SendResult, now: datetime) -> None:
    match result:
        case Sent(guid, row_id):
            deliveries.mark_sent(tx, delivery.id, guid, row_id, now)
        case NotSent(reason, final):
            deliveries.not_sent(tx, delivery.id, reason, now, final=final)
        case Unknown(reason):
            deliveries.doubt(tx, delivery.id, now, reason)


def recover(tx: Tx, now: datetime, account: AccountId | None = None) -> None:
    """Deal with the bubbles, of all accounts or one, whose sending was cut off: whether they left is not known."""
    for delivery in deliveries.in_state(tx, DeliveryState.SENDING):
        if account in (None, delivery.message.account):
            deliveries.doubt(tx, delivery.id, now, "its sending was cut off")


def sweep(tx: Tx, now: datetime) -> int:
    """Give up on what has been in doubt for too long; nothing is sent again here. Returns how many changed."""
    changed = 0
    for state, after, becomes, reason in (
        (DeliveryState.SENT, _UNCONFIRMED_AFTER, DeliveryState.UNCONFIRMED, "no row of it was seen"),
        (
            DeliveryState.UNKNOWN,
            _PARKED_AFTER,
            DeliveryState.PARKED,
            "whether it left could not be found out",
        ),
        (DeliveryState.QUEUED, _EXPIRED_AFTER, DeliveryState.EXPIRED, "it could not be sent for an hour"),
    ):
        for delivery in deliveries.overdue(tx, state, after, now):
            deliveries.mark(tx, delivery.id, becomes, now, reason)
            changed += 1
    return changed
