"""Tidying: copies of files leave the disk once nobody can need them any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from openclaw.errors import StoreError
from openclaw.outbound.shelf import Shelf
from openclaw.store import Ledger, delivery_lists

log = structlog.get_logger("openclaw.outbound")

# A Mac may still be sending what it has shown as sent, and a command may be making a copy at this moment.
GRACE = timedelta(hours=1)
_PERIOD_S = 900.0


async def keep_tidy(ledger: Ledger, shelf: Shelf, now: Callable[[], datetime]) -> None:
    """Tidy now and every quarter of an hour, until cancelled."""
    while True:
        try:
            await tidy(ledger, shelf, now())
        except StoreError as error:
            # Nothing is removed while it is not known what is needed.
            log.info("files.kept", cause=str(error))
        await asyncio.sleep(_PERIOD_S)


async def tidy(ledger: Ledger, shelf: Shelf, now: datetime) -> int:
    """Remove the copies whose bubbles were settled an hour ago, and those that no bubble names; how many.

    Raises:
        StoreError: the ledger could not be read.
    """
    before = now - GRACE
    needed = await ledger.read(lambda tx: delivery_lists.files_needed(tx, before))
    removed = await asyncio.to_thread(shelf.clear, needed.__contains__, before.timestamp())
    if removed:
        log.info("files.removed", files=removed)
    return removed
