"""What was said beside an agent, as the ledger finds it again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.making import ACCOUNT, ANN, BOB, NOON, direct_chat, group_chat, inbound

from openclaw.domain.ids import AccountId, MessageGuid, MessageId, RowId, TurnId
from openclaw.domain.messages import MessageState, Quote
from openclaw.store import Ledger, Tx, deliveries, messages, overheard

from .keeping import claim, keep, keep_admitted, say

CHAT = group_chat()


def beside(tx: Tx, *rows: int, chat_row: int = 7, account: AccountId = ACCOUNT) -> list[MessageId]:
    chat = group_chat(chat_row)
    said = [inbound(row, f"aside {row}", chat=chat, sender=BOB, account=account) for row in rows]
    ids = [held.id for held in keep(tx, *said)]
    messages.overhear(tx, ids, NOON, "not-mentioned")
    return ids


async def test_the_newest_of_a_chat_come_oldest_first(ledger: Ledger) -> None:
    """Of one account and one chat; what is beyond the limit is named apart."""

    def work(tx: Tx) -> tuple[list[str], list[MessageId], list[MessageId]]:
        ids = beside(tx, 1, 2, 3)
        beside(tx, 4, chat_row=8)
        beside(tx, 5, account=AccountId("work"))
        found = overheard.newest(tx, ACCOUNT, CHAT.key, 2)
        return [one.message.text for one in found], overheard.beyond(tx, ACCOUNT, CHAT.key, 2), ids

    texts, beyond, ids = await ledger.write(work)
    assert (texts, beyond) == (["aside 2", "aside 3"], ids[:1])


async def test_what_a_turn_shows_is_found_by_that_turn_alone(ledger: Ledger) -> None:
    """Until it has ended; then it is settled, or free again."""

    def work(tx: Tx) -> list[int]:
        ids = beside(tx, 1, 2)
        messages.show_in(tx, ids[:1], TurnId(5))
        return [len(overheard.newest(tx, ACCOUNT, CHAT.key, 9, TurnId(turn))) for turn in (0, 5, 6)]

    assert await ledger.write(work) == [1, 2, 1]


async def test_what_is_overheard_keeps_its_text_and_nothing_else_of_others(ledger: Ledger) -> None:
    """Neither the members of the group nor what it quotes is needed for it."""

    def work(tx: Tx) -> tuple[str, tuple[str, ...], Quote | None]:
        told = replace(inbound(1, "aside", chat=CHAT), participants=(ANN, BOB), quote=Quote("said", BOB))
        [held] = keep(tx, told)
        messages.overhear(tx, [held.id], NOON, "not-mentioned")
        message = overheard.newest(tx, ACCOUNT, CHAT.key, 9)[0].message
        return message.text, message.participants, message.quote

    assert await ledger.write(work) == ("aside", (), None)


async def test_only_what_no_turn_shows_gets_too_old(ledger: Ledger) -> None:
    """Retention touches nothing that is in use."""

    def work(tx: Tx) -> tuple[list[MessageId], list[MessageId]]:
        ids = beside(tx, 1, 2)
        messages.show_in(tx, ids[:1], TurnId(5))
        return overheard.older_than(tx, NOON, 9), overheard.older_than(tx, NOON + timedelta(days=1), 9)

    assert await ledger.write(work) == ([], [MessageId(2)])


async def test_a_quote_of_ours_has_our_own_words(ledger: Ledger) -> None:
    """By the guid of the bubble, in its own chat only."""

    def work(tx: Tx) -> list[Quote | None]:
        say(tx, "At seven.")
        begun = claim(tx)
        assert begun is not None
        deliveries.confirm(tx, begun.id, MessageGuid("own"), RowId(9), NOON)
        told = Quote("At sev", "+15550100000")
        chats = direct_chat().key, direct_chat(BOB).key
        return [overheard.quoted(tx, ACCOUNT, chat, MessageGuid("own"), told) for chat in chats]

    assert await ledger.write(work) == [Quote("At seven.", own=True), Quote("At sev", own=True)]


@pytest.mark.parametrize(
    ("state", "quotable"),
    [
        (MessageState.ANSWERED, True),
        (MessageState.SILENT, True),
        (MessageState.HELD, False),
        (MessageState.PAUSED, False),
        (MessageState.LATE, False),
        (MessageState.DROPPED, False),
    ],
)
async def test_only_words_of_people_who_were_let_in_are_quoted(
    ledger: Ledger, state: MessageState, quotable: bool
) -> None:
    """Promise 5: what waits for a decision is not said by way of a reply to it."""

    def work(tx: Tx) -> Quote | None:
        [held] = keep_admitted(tx, inbound(1, "words"))
        messages.settle(tx, [held.id], state, NOON)
        return overheard.quoted(tx, ACCOUNT, direct_chat().key, MessageGuid("guid-1"), None)

    assert await ledger.write(work) == (Quote("words", ANN) if quotable else None)


async def test_a_quote_of_another_chat_is_not_looked_up(ledger: Ledger) -> None:
    """Promise 1: whatever guid a row names, words do not move from one chat to another."""

    def work(tx: Tx) -> Quote | None:
        keep_admitted(tx, inbound(1, "words"))
        return overheard.quoted(tx, ACCOUNT, CHAT.key, MessageGuid("guid-1"), None)

    assert await ledger.write(work) is None
