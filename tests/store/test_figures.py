"""Figures: what happened since a moment, and how long it took."""

from __future__ import annotations

from datetime import timedelta

from tests.making import NOON, inbound
from tests.store.keeping import claim, keep_admitted, say

from openclaw.domain.delivery import DeliveryState
from openclaw.domain.ids import MessageGuid
from openclaw.domain.messages import MessageState
from openclaw.store import Ledger, Tx, deliveries, figures, messages, turns

SECOND = timedelta(seconds=1)


def answer(tx: Tx, row: int, after: timedelta) -> None:
    """A message of NOON whose answer left ``after`` that."""
    held = keep_admitted(tx, inbound(row, "hi", at=NOON - 2 * SECOND))
    turn = turns.create(tx, held, NOON)
    say(tx, "hello", cause_id=turn.id)
    messages.settle(tx, [one.id for one in held], MessageState.ANSWERED, NOON + after)
    claimed = claim(tx, held[0].message.account, NOON + after)
    assert claimed is not None
    deliveries.mark_sent(tx, claimed.id, MessageGuid(""), None, NOON + after)


async def test_a_day_is_told_by_its_moments(ledger: Ledger) -> None:
    """Arrival, answer and sending, each with the time it took (issue: health charts)."""
    await ledger.write(lambda tx: answer(tx, 1, 3 * SECOND))
    found = await ledger.read(lambda tx: figures.since(tx, NOON))
    assert [one.took for one in found.received] == [2 * SECOND]
    assert [one.took for one in found.answered] == [3 * SECOND]
    assert [one.took for one in found.sent] == [3 * SECOND]
    assert found.finished == [NOON + 3 * SECOND]
    assert found.failed == []


async def test_what_was_before_is_left_out(ledger: Ledger) -> None:
    """The search by halves finds the first row of the time, whatever their number."""
    for number in range(1, 8):
        await ledger.write(lambda tx, number=number: answer(tx, number, number * SECOND))
    found = await ledger.read(lambda tx: figures.since(tx, NOON + 5 * SECOND))
    assert len(found.finished) <= 3
    assert found.received == []
    assert await ledger.read(lambda tx: figures.since(tx, NOON + 100 * SECOND)) == figures.Figures(
        [], [], [], [], []
    )


async def test_failures_are_told(ledger: Ledger) -> None:
    """Turns and bubbles that ended badly are counted together (issue: health charts)."""

    def work(tx: Tx) -> figures.Figures:
        [bubble] = say(tx, "hello")
        deliveries.mark(tx, bubble.id, DeliveryState.FAILED, NOON)
        return figures.since(tx, NOON)

    assert (await ledger.write(work)).failed == [NOON]
