"""Which bubble leaves next, what is to be looked for, and what the brakes count."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, event
from tests.making import ACCOUNT, ANN, BOB, NOON, direct_chat, inbound
from tests.store.keeping import claim, keep, say

from openclaw.domain.delivery import Cause, OutboundMessage
from openclaw.domain.ids import AccountId, MessageGuid, RowId
from openclaw.store import Ledger, Tx, accounts, deliveries, outbox
from openclaw.store.schema import metadata

CHAT = direct_chat().key
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(("queued", "statements"), [(0, 1), (1, 2)])
def test_a_look_that_finds_nothing_is_one_statement(queued: int, statements: int) -> None:
    """The deliverer looks after every wake, and mostly there is nothing (design section 12)."""
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    asked: list[str] = []

    def note(_tx: object, _cursor: object, statement: str, *_more: Any) -> None:
        asked.append(statement)

    with engine.begin() as tx:
        if queued:
            say(tx, "hello")
        event.listen(engine, "before_cursor_execute", note)
        found = outbox.first(tx, ACCOUNT)
    engine.dispose()
    assert (found is not None) == bool(queued)
    assert len(asked) == statements


async def test_a_chat_that_rests_lets_the_others_pass(ledger: Ledger) -> None:
    """Issue 4, point 3: back-off is per chat."""

    def look(tx: Tx) -> list[str]:
        say(tx, "to ann", cause_id=1)
        say(tx, "to bob", chat=direct_chat(BOB, 2), cause_id=2)
        every = [outbox.first(tx, ACCOUNT), outbox.first(tx, ACCOUNT, [CHAT])]
        accounts.set_pause(tx, ACCOUNT, direct_chat(BOB, 2).key, NOON)
        assert outbox.first(tx, ACCOUNT, [CHAT]) is None
        return [one.message.text for one in every if one]

    assert await ledger.write(look) == ["to ann", "to bob"]


async def test_only_what_a_row_alone_can_settle_is_looked_for(ledger: Ledger) -> None:
    """Being sent, unknown, and accepted, also with a guid: its row may be one that the watch never shows."""

    def look(tx: Tx) -> list[str]:
        for n, text in enumerate(["sending", "unknown", "no guid", "guid", "queued"]):
            say(tx, text, chat=direct_chat(f"+1555010010{n}", n + 1), cause_id=n)
            if text == "queued":
                break
            bubble = claim(tx)
            assert bubble is not None
            if text == "unknown":
                deliveries.doubt(tx, bubble.id, NOON, "no answer")
            elif text != "sending":
                guid = MessageGuid("g" if text == "guid" else "")
                deliveries.mark_sent(tx, bubble.id, guid, None, NOON)
        assert outbox.doubtful(tx, AccountId("work")) == []
        return [one.message.text for one in outbox.doubtful(tx, ACCOUNT)]

    assert await ledger.write(look) == ["sending", "unknown", "no guid", "guid"]


async def test_the_pace_counts_what_began_between_two_times(ledger: Ledger) -> None:
    """By the account and in one chat; a beginning in the future is a clock that was set back, and counts not."""

    def look(tx: Tx) -> list[tuple[int, int]]:
        for n in range(4):
            say(tx, "hello", chat=direct_chat(BOB, 2) if n == 1 else None, cause_id=n)
            bubble = claim(tx, now=NOON + n * SECOND)
            assert bubble is not None
            deliveries.mark_sent(tx, bubble.id, MessageGuid(""), None, NOON)
        return [
            outbox.pace(tx, ACCOUNT, CHAT, NOON, NOON + 9 * SECOND),
            outbox.pace(tx, ACCOUNT, CHAT, NOON + SECOND, NOON + 2 * SECOND),
            outbox.pace(tx, AccountId("work"), CHAT, NOON, NOON + 9 * SECOND),
        ]

    assert await ledger.write(look) == [(4, 3), (2, 1), (0, 0)]


async def test_strangers_are_chats_first_spoken_to_for_one_of_the_causes(ledger: Ledger) -> None:
    """Who was spoken to before is no stranger, and neither is who was answered."""

    def look(tx: Tx) -> tuple[int, int, bool, bool]:
        for n, (cause, chat) in enumerate(
            [(Cause.TURN, ANN), (Cause.NOTICE, ANN), (Cause.CHALLENGE, BOB), (Cause.TURN, "+15550100009")]
        ):
            deliveries.queue(tx, cause, n, [say_to(chat)], NOON)
            bubble = claim(tx, now=NOON + n * SECOND)
            assert bubble is not None
            deliveries.mark_sent(tx, bubble.id, MessageGuid(""), None, NOON)
        causes = (Cause.CHALLENGE, Cause.NOTICE)
        return (
            outbox.strangers(tx, ACCOUNT, causes, NOON + SECOND, NOON + 9 * SECOND),
            outbox.strangers(tx, ACCOUNT, causes, NOON + 5 * SECOND, NOON + 9 * SECOND),
            outbox.spoken_to(tx, ACCOUNT, CHAT),
            outbox.spoken_to(tx, AccountId("work"), CHAT),
        )

    def say_to(handle: str) -> OutboundMessage:
        return OutboundMessage(ACCOUNT, direct_chat(handle), "hello")

    assert await ledger.write(look) == (1, 0, True, False)


async def test_the_newest_row_known_before_a_sending(ledger: Ledger) -> None:
    """What was sent since has a higher number, whatever the clocks say."""

    def look(tx: Tx) -> list[RowId | None]:
        keep(tx, inbound(3, "one"), inbound(4, "two"), now=NOON)
        keep(tx, inbound(9, "three"), now=NOON + 2 * SECOND)
        keep(tx, inbound(7, "elsewhere", sender=BOB), now=NOON)
        times = (NOON - SECOND, NOON, NOON + SECOND, NOON + 2 * SECOND)
        return [outbox.newest_before(tx, ACCOUNT, CHAT, at) for at in times]

    assert await ledger.write(look) == [None, 4, 4, 9]


async def test_rows_that_bubbles_are_known_by(ledger: Ledger) -> None:
    """A row settles at most one delivery: by its guid for ever, by its number among the recent ones of the chat."""

    def look(tx: Tx) -> list[list[tuple[str, RowId | None]]]:
        say(tx, "one")
        bubble = claim(tx)
        assert bubble is not None
        deliveries.confirm(tx, bubble.id, MessageGuid("own"), RowId(5), NOON)
        ways = [([MessageGuid("own")], NOON + SECOND), ([], NOON), ([], NOON + SECOND)]
        return [
            [(guid, row) for _, guid, row in outbox.taken_rows(tx, ACCOUNT, CHAT, guids, since)]
            for guids, since in ways
        ]

    assert await ledger.write(look) == [[("own", 5)], [("own", 5)], []]
