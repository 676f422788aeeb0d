"""Conversations: both sides in one order, page by page."""

from __future__ import annotations

from datetime import timedelta

from tests.making import ACCOUNT, ANN, BOB, NOON, direct_chat, inbound
from tests.store.keeping import keep, say

from openclaw.domain.admission import Held, Reason
from openclaw.domain.delivery import DeliveryState
from openclaw.domain.ids import ChatKey
from openclaw.domain.messages import MessageState
from openclaw.store import Ledger, Tx, accounts, conversations, deliveries, messages

KEY = direct_chat(ANN).key


def talk(tx: Tx) -> None:
    """Five questions of Ann, each with an answer in the same moment, and one of Bob."""
    for number in range(5):
        row = inbound(number + 1, f"question {number}")
        accounts.note_chat(tx, row, is_group=False)
        keep(tx, row, now=NOON + timedelta(seconds=number // 2))
        say(tx, f"answer {number}", cause_id=number + 1, at=NOON + timedelta(seconds=number // 2))
    row = inbound(9, "other", sender=BOB, chat=direct_chat(BOB, 2))
    accounts.note_chat(tx, row, is_group=False)
    keep(tx, row)


def texts(page: conversations.Page) -> list[str]:
    return [one.message.text for one in page.entries]


async def test_pages_meet_without_gap_or_repetition(ledger: Ledger) -> None:
    """Whatever the size of a page, all pages together are the conversation, also where times are equal."""
    await ledger.write(talk)
    whole = await ledger.read(lambda tx: conversations.page(tx, ACCOUNT, KEY, None, 100))
    assert len(whole.entries) == 10
    assert whole.before is None
    for size in (1, 3, 9, 10):
        found: list[str] = []
        place = None
        while True:
            here = place
            page = await ledger.read(
                lambda tx, here=here, size=size: conversations.page(tx, ACCOUNT, KEY, here, size)
            )
            found = texts(page) + found
            place = page.before
            if place is None:
                break
        assert found == texts(whole)


async def test_rows_that_repeat_our_own_are_left_out(ledger: Ledger) -> None:
    """The phone reports every bubble once more; a reader sees it once."""

    def work(tx: Tx) -> conversations.Page:
        talk(tx)
        [mine] = keep(tx, inbound(20, "answer 0", from_me=True))
        messages.settle(tx, [mine.id], MessageState.OURS, NOON)
        return conversations.page(tx, ACCOUNT, KEY, None, 100)

    assert texts(await ledger.write(work)).count("answer 0") == 1


async def test_a_list_shows_last_words_and_what_waits(ledger: Ledger) -> None:
    """The newest of both sides, and how much of each chat needs a person (issue: conversations)."""

    def work(tx: Tx) -> tuple[list[str], dict[ChatKey, int]]:
        talk(tx)
        held = messages.in_state(tx, MessageState.RECEIVED)[0]
        messages.judge(tx, held, Held(Reason.SUSPECT_ECHO), None, NOON)
        bubble = deliveries.in_state(tx, DeliveryState.QUEUED)[0]
        deliveries.mark(tx, bubble.id, DeliveryState.PARKED, NOON)
        chats = conversations.chats(tx, None, 0, 10)
        last = conversations.last_words(tx, chats)
        said = [one.message.message.text for one in last if one.message]
        return said, {key: number for (_, key), number in conversations.needs(tx).items()}

    said, needs = await ledger.write(work)
    assert sorted(said) == ["other", "question 4"]
    assert needs == {KEY: 2}
