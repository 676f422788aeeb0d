"""Copies that nobody needs leave the disk."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from tests.making import ACCOUNT, NOON, direct_chat

from openclaw.domain.delivery import Cause, DeliveryState, OutboundFile, into
from openclaw.domain.ids import DeliveryId, MessageGuid, RowId
from openclaw.outbound.shelf import Shelf
from openclaw.outbound.tidying import GRACE, tidy
from openclaw.store import Ledger, Tx, deliveries


async def test_a_copy_goes_an_hour_after_its_bubble_was_settled(ledger: Ledger, tmp_path: Path) -> None:
    """What is queued or in doubt keeps its file however long that lasts; an orphan of a command goes as well."""
    shelf = Shelf.of(tmp_path)
    waiting, doubtful, done, orphan = (shelf.put(f"{name}.txt", [b"x"], 1) for name in ("a", "b", "c", "d"))

    def fill(tx: Tx) -> None:
        bubbles = [into(ACCOUNT, direct_chat(), "", file) for file in (waiting, doubtful, done)]
        deliveries.queue(tx, Cause.OPERATOR, 1, bubbles, NOON)
        deliveries.mark(tx, DeliveryId(2), DeliveryState.PARKED, NOON)
        deliveries.confirm(tx, DeliveryId(3), MessageGuid("g"), RowId(3), NOON)

    def there() -> list[bool]:
        return [Path(file.path).exists() for file in (waiting, doubtful, done, orphan)]

    def aged(file: OutboundFile) -> None:
        os.utime(Path(file.path).parent, (0, NOON.timestamp()))

    await ledger.write(fill)
    for file in (waiting, doubtful, done, orphan):
        aged(file)
    assert await tidy(ledger, shelf, NOON + GRACE) == 0
    assert await tidy(ledger, shelf, NOON + GRACE + timedelta(minutes=1)) == 2
    assert there() == [True, True, False, False]
