"""Copies on a phone's machine, as long as their bubbles need them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.making import ACCOUNT, NOON, direct_chat, inbound
from tests.outbound.test_deliver import Line
from tests.waiting import until

from openclaw.domain.delivery import Cause, DeliveryState, OutboundFile, Sent, Unknown, into
from openclaw.domain.ids import DeliveryId, MessageGuid
from openclaw.outbound.deliver import Deliverer
from openclaw.store import Ledger, deliveries

FILE = OutboundFile("/state/a.png", "a.png", "image/png", 3, "d" * 64)


class Mac(Line):
    """A line that remembers what it was told to let go."""

    def __init__(self, *results: Sent | Unknown) -> None:
        super().__init__(*results)
        self.released: list[OutboundFile] = []

    async def release(self, file: OutboundFile) -> None:
        self.released.append(file)


async def test_a_copy_is_let_go_when_its_row_was_seen_and_not_before(ledger: Ledger, tmp_path: Path) -> None:
    """Neither the answer of the phone nor the lack of one says that it is no longer read."""
    mac = Mac(Unknown("no answer"))
    await ledger.write(
        lambda tx: deliveries.queue(tx, Cause.OPERATOR, 1, [into(ACCOUNT, direct_chat(), "", FILE)], NOON)
    )

    async def doubted() -> bool:
        found = await ledger.read(lambda tx: deliveries.find(tx, 1))
        return found is not None and found.state is DeliveryState.UNKNOWN

    async with asyncio.TaskGroup() as group:
        deliverer = Deliverer(ledger, ACCOUNT, mac, lambda: NOON)
        task = group.create_task(deliverer.run())
        await until(doubted, "the bubble is in doubt")
        deliverer.wake()
        assert mac.released == []
        row = inbound(9, "\ufffc", from_me=True)
        await ledger.write(
            lambda tx: deliveries.confirm(tx, DeliveryId(1), MessageGuid("g"), row.row_id, NOON)
        )
        deliverer.wake()

        async def let_go() -> bool:
            return mac.released == [FILE]

        await until(let_go, "the copy is let go")
        task.cancel()
