"""What waits in a session: beyond its bound, and until somebody is silent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.making import ANN, BOB, NOON, group_chat, inbound

from openclaw.domain.admission import Reason
from openclaw.domain.commands import Command
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.store import Ledger, Tx, messages, queues

from .keeping import SESSION, keep_admitted

LATER = NOON + timedelta(seconds=2)


@pytest.mark.parametrize(("newest_stay", "rows"), [(True, [1, 5]), (False, [6, 7])])
async def test_what_is_beyond_the_bound_is_told_in_its_order(
    ledger: Ledger, newest_stay: bool, rows: list[int]
) -> None:
    """Commands, late and released messages, and those told in short, neither count nor go."""

    def work(tx: Tx) -> list[int]:
        keep_admitted(tx, *(inbound(row, f"m{row}") for row in range(1, 8)))
        keep_admitted(tx, inbound(8, "/new"), command=Command("/new", "", in_lane=True))
        waiting = messages.waiting(tx, SESSION, 50)
        messages.put_back(tx, [waiting[1].id], MessageState.WAITING, NOON, Reason.LATE)
        messages.release(tx, [waiting[2].id], NOON)
        messages.put_back(tx, [waiting[2].id], MessageState.WAITING, NOON, "dm-open")
        if not newest_stay:
            messages.put_back(tx, [waiting[3].id], MessageState.WAITING, NOON, Reason.QUEUE_CONDENSED)
        else:
            messages.settle(tx, [waiting[3].id], MessageState.CANCELLED, NOON)
        found = messages.load(tx, queues.beyond(tx, SESSION, 2, newest_stay=newest_stay))
        return [held.message.row_id for held in found]

    assert await ledger.write(work) == rows


async def test_one_senders_messages_wait_together_until_one_time(ledger: Ledger) -> None:
    """A burst bears one time; what another wrote in the chat has its own, and what is over stays over."""

    def work(tx: Tx) -> list[object]:
        chat = group_chat()
        rows = (
            inbound(1, "a", chat=chat),
            inbound(2, "b", chat=chat, sender=BOB),
            inbound(3, "c", chat=chat),
        )
        first, bob, second = keep_admitted(tx, *rows)
        queues.hush(tx, first, NOON, LATER)
        queues.hush(tx, bob, NOON, LATER)
        queues.hush(tx, second, NOON + timedelta(seconds=1), LATER + timedelta(seconds=1))
        assert queues.hushed_since(tx, second, NOON + timedelta(seconds=1)) == NOON
        assert queues.hushed_since(tx, second, NOON + timedelta(hours=1)) is None
        return [held.quiet_until for held in messages.load(tx, [first.id, bob.id, second.id])]

    assert await ledger.write(work) == [
        LATER + timedelta(seconds=1),
        LATER,
        LATER + timedelta(seconds=1),
    ]


async def test_a_chat_is_freed_as_a_whole(ledger: Ledger) -> None:
    """So that nothing overtakes what was written before; other chats go on waiting."""

    def work(tx: Tx) -> list[LedgerMessage]:
        rows = (inbound(1, "a", chat=group_chat()), inbound(2, "b", chat=group_chat(), sender=BOB))
        waiting = keep_admitted(tx, *rows, inbound(3, "c", sender=ANN))
        for held in waiting:
            queues.hush(tx, held, NOON, LATER)
        queues.unhush(tx, waiting[0], NOON)
        return messages.load(tx, [held.id for held in waiting])

    found = await ledger.write(work)
    assert [held.quiet_until for held in found] == [NOON, NOON, LATER]
