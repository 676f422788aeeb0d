"""Bubbles as rows, and back."""

from __future__ import annotations

import pytest
from tests.making import ACCOUNT, ANN, NOON, direct_chat

from openclaw.domain.delivery import Cause, DeliveryState, OutboundFile, OutboundMessage, into
from openclaw.domain.handles import Handle
from openclaw.domain.ids import MessageGuid
from openclaw.store import Ledger, deliveries, delivery_lists

FILE = OutboundFile("/state/media/outbound/1/a.png", "a.png", "image/png", 12, "d" * 64)


@pytest.mark.parametrize(
    "bubble",
    [
        into(ACCOUNT, direct_chat(), "hi"),
        into(ACCOUNT, direct_chat(service="SMS"), "", FILE),
        OutboundMessage(ACCOUNT, Handle(ANN), "", "imessage", FILE),
        OutboundMessage(ACCOUNT, direct_chat(), "hi", reply_to=MessageGuid("G1")),
    ],
)
async def test_a_bubble_is_read_as_it_was_written(ledger: Ledger, bubble: OutboundMessage) -> None:
    """Texts and files, to chats and to people."""
    await ledger.write(lambda tx: deliveries.queue(tx, Cause.TURN, 1, [bubble], NOON))
    (found,) = await ledger.read(lambda tx: deliveries.in_state(tx, DeliveryState.QUEUED))
    assert found.message == bubble


async def test_more_of_a_cause_stands_behind_what_it_has(ledger: Ledger) -> None:
    """Streamed blocks: the indexes go on, and a cause that has none begins at 0."""
    for texts in (["one", "two"], [], ["three"]):
        bubbles = [into(ACCOUNT, direct_chat(), text) for text in texts]
        await ledger.write(lambda tx, bubbles=bubbles: deliveries.queue_on(tx, Cause.TURN, 1, bubbles, NOON))
    found = await ledger.read(lambda tx: delivery_lists.of_cause(tx, Cause.TURN, 1))
    assert [(one.index, one.message.text) for one in found] == [(0, "one"), (1, "two"), (2, "three")]
