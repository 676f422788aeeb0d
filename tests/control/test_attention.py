from __future__ import annotations

from typing import Any

from openclaw.control.attention import attention
from openclaw.domain.admission import Held, Reason
from openclaw.domain.delivery import Cause, DeliveryState, OutboundMessage
from openclaw.store import Tx, deliveries, messages

from .conftest import ANNS_CHAT, DEFAULT, NOW, Running


async def something_of_each(running: Running) -> None:
    """A request, a held message and a bubble in doubt."""
    await running.ann_asked()
    message = await running.ann_wrote()

    def trouble(tx: Tx) -> None:
        messages.judge(tx, messages.load(tx, [message])[0], Held(Reason.SUSPECT_ECHO), None, NOW)
        deliveries.queue(tx, Cause.NOTICE, 1, [OutboundMessage(DEFAULT, ANNS_CHAT, "Hello")], NOW)
        [bubble] = deliveries.in_state(tx, DeliveryState.QUEUED)
        deliveries.mark(tx, bubble.id, DeliveryState.PARKED, NOW, "why")

    await running.ledger.write(trouble)


async def test_whoever_waits_outside_comes_first(running: Running):
    """Pairing requests, then the rest, each with what can be decided (docs/http.md, attention)."""
    await something_of_each(running)
    found: Any = await running.ledger.read(lambda tx: attention(tx, NOW, 10))
    assert found["items"][0]["kind"] == "pairing"
    assert all(item["actions"] for item in found["items"])
    assert found["counts"] == {"pairing": 1, "messages": 1, "deliveries": 1, "turns": 0}
    assert not found["truncated"]


async def test_a_cut_list_says_so_and_still_counts_everything(running: Running):
    """A page that shows some must not look as if it were all."""
    await something_of_each(running)
    found: Any = await running.ledger.read(lambda tx: attention(tx, NOW, 1))
    assert (len(found["items"]), found["truncated"]) == (1, True)
    assert sum(found["counts"].values()) == 3
