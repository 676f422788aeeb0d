"""Notices in the ledger: each thing once, until it needs nobody any more."""

from __future__ import annotations

from datetime import timedelta

from tests.making import ACCOUNT, ANN, NOON, direct_chat

from openclaw.domain.delivery import Cause, OutboundMessage
from openclaw.domain.notices import Notice, NoticeKind
from openclaw.store import Ledger, Tx, deliveries, notices

MINUTE = timedelta(minutes=1)
BROKEN = Notice(NoticeKind.ACCOUNT, "work", ACCOUNT, "It does not work.", NOON)
QUESTION = Notice(NoticeKind.PERMISSION, "7", ACCOUNT, "May it?", NOON)


async def test_a_thing_is_news_once_and_again_after_it_was_over(ledger: Ledger) -> None:
    """The lettered diagram: A, C, A."""

    def work(tx: Tx) -> list[bool]:
        news = [notices.put(tx, BROKEN), notices.put(tx, BROKEN)]
        notices.over(tx, NoticeKind.ACCOUNT)
        return [*news, notices.put(tx, BROKEN)]

    assert await ledger.write(work) == [True, False, True]


async def test_the_end_of_one_kind_leaves_the_others(ledger: Ledger) -> None:
    """An account that works again answers no question."""

    def work(tx: Tx) -> list[Notice]:
        for one in (BROKEN, QUESTION):
            notices.put(tx, one)
        notices.over(tx, NoticeKind.ACCOUNT)
        return notices.waiting(tx)

    assert await ledger.write(work) == [QUESTION]


async def test_what_a_message_told_is_found_by_its_number(ledger: Ledger) -> None:
    """The lettered diagram, B; what is over is not among it any more."""

    def work(tx: Tx) -> list[str]:
        for one in (BROKEN, QUESTION):
            notices.put(tx, one)
        notices.mark_told(tx, [BROKEN, QUESTION], 12)
        notices.over(tx, NoticeKind.ACCOUNT)
        return [one.subject for one in notices.told_in(tx, 12)]

    assert await ledger.write(work) == ["7"]


async def test_messages_are_numbered_by_their_moment_and_a_minute_apart(ledger: Ledger) -> None:
    """What "you have been let in" is numbered by, a request, is far below and delays nothing."""

    def work(tx: Tx) -> list[int | None]:
        bubble = OutboundMessage(ACCOUNT, direct_chat(ANN), "You have been let in.")
        deliveries.queue(tx, Cause.NOTICE, 3, [bubble], NOON)
        first = notices.next_number(tx, NOON, MINUTE)
        assert first is not None
        deliveries.queue(tx, Cause.NOTICE, first, [bubble], NOON)
        later = [NOON + MINUTE - timedelta(milliseconds=1), NOON + MINUTE, NOON - MINUTE]
        return [first, *(notices.next_number(tx, at, MINUTE) for at in later)]

    at = round(NOON.timestamp() * 1000)
    assert await ledger.write(work) == [at, None, at + 60_000, at + 1]
