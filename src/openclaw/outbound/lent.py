"""Lent files: what was put on a phone's machine for a bubble, taken away once the bubble is settled."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from openclaw.domain.delivery import Delivery, DeliveryState, OutboundFile
from openclaw.domain.ids import DeliveryId
from openclaw.errors import StoreError
from openclaw.store import Ledger, delivery_lists

log = structlog.get_logger("openclaw.outbound")

_OPEN = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNKNOWN)


class Lent:
    """The files of one account's bubbles since the start; ``release`` takes one away and never raises."""

    def __init__(self, ledger: Ledger, release: Callable[[OutboundFile], Awaitable[None]]) -> None:
        self._ledger = ledger
        self._release = release
        self._files: dict[DeliveryId, OutboundFile] = {}
        self._stirred = asyncio.Event()

    def note(self, delivery: Delivery) -> None:
        """The bubble is being sent."""
        if delivery.message.file is not None:
            self._files[delivery.id] = delivery.message.file

    def stir(self) -> None:
        """Something may be settled."""
        if self._files:
            self._stirred.set()

    async def run(self) -> None:
        """Take away what is no longer needed, until cancelled."""
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            lent = list(self._files)
            try:
                known = await self._ledger.read(lambda tx, lent=lent: delivery_lists.load(tx, lent))
            except StoreError as error:
                # The next stir looks again.
                log.info("files.kept", cause=str(error))
                continue
            for delivery in known:
                if delivery.state not in _OPEN:
                    await self._release(self._files.pop(delivery.id))
