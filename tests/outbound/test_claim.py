"""The next bubble that may leave, and the fuses that stand before it (decision 011)."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.making import ACCOUNT, ANN, BOB, NOON, direct_chat

from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import Cause, DeliveryState, OutboundMessage
from openclaw.domain.handles import Handle
from openclaw.domain.ids import MessageGuid
from openclaw.outbound.claim import claim
from openclaw.outbound.fuses import Fuses
from openclaw.store import Ledger, Tx, accounts, deliveries

FUSES = Fuses(per_contact_per_minute=3, per_account_per_minute=5, new_contacts_per_hour=2)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def say(tx: Tx, number: int, count: int, chat: ChatRef | None = None, cause: Cause = Cause.TURN) -> None:
    bubbles = [OutboundMessage(ACCOUNT, chat or direct_chat(), f"{number}.{n}") for n in range(count)]
    deliveries.queue(tx, cause, number, bubbles, NOON)


def send(tx: Tx, at: datetime = NOON) -> str:
    """The text of the next bubble, which is sent."""
    found = claim(tx, ACCOUNT, FUSES, at)
    if found is None:
        return ""
    deliveries.mark_sent(tx, found.id, MessageGuid(""), None, at)
    return found.message.text


def person(number: int) -> ChatRef:
    return direct_chat(f"+1555010020{number}", 20 + number)


async def test_too_many_bubbles_to_one_chat_pause_that_chat_only(ledger: Ledger) -> None:
    """perContactPerMinute: the rest stays queued, the reason is kept, the others go on."""

    def work(tx: Tx) -> tuple[list[str], dict[str, str], int]:
        say(tx, 1, 4)
        say(tx, 2, 1, direct_chat(BOB, 2))
        sent = [send(tx, NOON + n * SECOND) for n in range(5)]
        reasons = {one.chat: one.reason for one in accounts.pauses(tx)}
        return sent, reasons, len(deliveries.in_state(tx, DeliveryState.QUEUED))

    sent, reasons, waiting = await ledger.write(work)
    assert sent == ["1.0", "1.1", "1.2", "2.0", ""]
    assert list(reasons) == [direct_chat().key]
    assert "perContactPerMinute" in reasons[direct_chat().key]
    assert waiting == 1


async def test_after_resuming_only_what_is_sent_from_then_on_counts(ledger: Ledger) -> None:
    """A fuse that went is not blown again by what blew it."""

    def work(tx: Tx) -> list[str]:
        say(tx, 1, 8)
        sent = [send(tx) for _ in range(4)]
        accounts.clear_pause(tx, ACCOUNT, direct_chat().key, NOON + SECOND)
        return [*sent, *(send(tx, NOON + 2 * SECOND) for _ in range(4))]

    assert await ledger.write(work) == ["1.0", "1.1", "1.2", "", "1.3", "1.4", "", ""]


async def test_too_many_bubbles_of_an_account_pause_the_account(ledger: Ledger) -> None:
    """perAccountPerMinute counts over all chats, and what was sent a minute ago is over."""

    def work(tx: Tx) -> tuple[list[str], list[str], list[str]]:
        for n in range(7):
            say(tx, n, 1, person(n))
        sent = [send(tx) for _ in range(6)]
        paused = [one.chat for one in accounts.pauses(tx)]
        accounts.clear_pause(tx, ACCOUNT, accounts.EVERY_CHAT, NOON + SECOND)
        return sent, paused, [send(tx, NOON + MINUTE), send(tx, NOON + 2 * MINUTE)]

    sent, paused, later = await ledger.write(work)
    assert sent == ["0.0", "1.0", "2.0", "3.0", "4.0", ""]
    assert paused == [accounts.EVERY_CHAT]
    assert later == ["5.0", "6.0"]


async def test_a_minute_later_the_same_number_may_be_sent_again(ledger: Ledger) -> None:
    """The fuse looks back over a minute."""

    def work(tx: Tx) -> list[str]:
        say(tx, 1, 6)
        return [send(tx, NOON + n // 3 * (MINUTE + SECOND)) for n in range(6)]

    assert await ledger.write(work) == [f"1.{n}" for n in range(6)]


async def test_strangers_whom_nobody_admitted_are_met_a_few_an_hour(ledger: Ledger) -> None:
    """newContactsPerHour: challenges, notices and messages of the operator to chats never sent to before."""

    def work(tx: Tx) -> tuple[list[str], list[str], list[str]]:
        say(tx, 1, 1, person(1), Cause.CHALLENGE)
        ann = [OutboundMessage(ACCOUNT, Handle(ANN), "2.0")]
        deliveries.queue(tx, Cause.OPERATOR, 2, ann, NOON)
        say(tx, 3, 1, person(3), Cause.NOTICE)
        say(tx, 4, 1, person(1), Cause.NOTICE)
        say(tx, 5, 1, person(5))
        sent = [send(tx, NOON + n * SECOND) for n in range(5)]
        paused = [one.chat for one in accounts.pauses(tx)]
        accounts.clear_pause(tx, ACCOUNT, person(3).key, NOON + MINUTE)
        return sent, paused, [send(tx, NOON + 2 * MINUTE)]

    sent, paused, later = await ledger.write(work)
    assert sent == ["1.0", "2.0", "4.0", "5.0", ""], (
        "a known chat, and an answer to who was admitted, are no news"
    )
    assert paused == [person(3).key]
    assert later == ["3.0"]


async def test_what_never_left_counts_for_no_fuse(ledger: Ledger) -> None:
    """A line that is down for a while blows nothing."""

    def work(tx: Tx) -> tuple[list[str], int]:
        say(tx, 1, 3)
        for _ in range(20):
            tried = claim(tx, ACCOUNT, FUSES, NOON)
            assert tried is not None
            deliveries.not_sent(tx, tried.id, "no line", NOON)
        return [send(tx) for _ in range(3)], len(accounts.pauses(tx))

    assert await ledger.write(work) == (["1.0", "1.1", "1.2"], 0)


async def test_strangers_of_an_hour_ago_are_forgotten(ledger: Ledger) -> None:
    """The fuse looks back over an hour."""

    def work(tx: Tx) -> list[str]:
        for n in range(4):
            say(tx, n, 1, person(n), Cause.CHALLENGE)
        return [send(tx, NOON + n // 2 * (HOUR + SECOND)) for n in range(4)]

    assert await ledger.write(work) == ["0.0", "1.0", "2.0", "3.0"]
