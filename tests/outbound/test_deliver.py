"""Bubbles reach the phone in order, once; what is known of each is written down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from tests.making import ACCOUNT, BOB, NOON, direct_chat, inbound
from tests.store.keeping import keep
from tests.waiting import until

from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import (
    Cause,
    DeliveryState,
    NotSent,
    OutboundFile,
    OutboundMessage,
    SendResult,
    Sent,
    Target,
    Unknown,
)
from openclaw.domain.ids import MessageGuid, RowId
from openclaw.domain.messages import InboundMessage
from openclaw.outbound.abandoned import recover, sweep
from openclaw.outbound.claim import claim
from openclaw.outbound.deliver import Deliverer
from openclaw.outbound.fuses import Fuses
from openclaw.store import Ledger, Tx, accounts, deliveries

FUSES = Fuses()


class Line:
    """A phone that answers each send with the next of ``results``."""

    def __init__(self, *results: SendResult) -> None:
        self.results = list(results)
        self.sent: list[str] = []
        self.hangs = asyncio.Event()
        self.hangs.set()
        self.asked = asyncio.Event()
        self.writes = True
        self.is_live = True

    async def release(self, file: OutboundFile) -> None:
        """No copies are made here."""

    async def recent(self, target: Target, limit: int) -> list[InboundMessage]:
        """No history is known here."""
        return []

    async def send(self, message: OutboundMessage, on_written: Callable[[], None]) -> SendResult:
        """One bubble."""
        self.sent.append(message.text)
        if self.writes:
            on_written()
        self.asked.set()
        await self.hangs.wait()
        return (
            self.results.pop(0)
            if self.results
            else Sent(MessageGuid(f"g{len(self.sent)}"), RowId(len(self.sent)))
        )


def say(tx: Tx, cause: int, *texts: str, chat: ChatRef | None = None) -> None:
    bubbles = [OutboundMessage(ACCOUNT, chat or direct_chat(), text) for text in texts]
    deliveries.queue(tx, Cause.TURN, cause, bubbles, NOON)


async def states(ledger: Ledger) -> dict[str, str]:
    every = await ledger.read(lambda tx: deliveries.in_state(tx, *DeliveryState))
    return {one.message.text: one.state for one in every}


async def become(ledger: Ledger, wanted: dict[str, str]) -> None:
    async def look() -> bool:
        return await states(ledger) == wanted

    await until(look, f"deliveries become {wanted}")


@asynccontextmanager
async def delivering(ledger: Ledger, line: Line) -> AsyncGenerator[Deliverer]:
    async with asyncio.TaskGroup() as group:
        deliverer = Deliverer(ledger, ACCOUNT, line, lambda: NOON)
        task = group.create_task(deliverer.run())
        yield deliverer
        task.cancel()


async def test_bubbles_of_one_cause_leave_in_their_order(ledger: Ledger) -> None:
    """Demand K2: the chunks of one reply never overtake each other."""
    line = Line()
    await ledger.write(lambda tx: say(tx, 1, "one", "two", "three"))
    async with delivering(ledger, line):
        await become(ledger, dict.fromkeys(["one", "two", "three"], "sent"))
    assert line.sent == ["one", "two", "three"]


async def test_what_is_queued_later_is_sent_when_the_deliverer_is_woken(ledger: Ledger) -> None:
    """The deliverer waits for work without looking."""
    line = Line()
    async with delivering(ledger, line) as deliverer:
        await ledger.write(lambda tx: say(tx, 1, "late"))
        deliverer.wake()
        await become(ledger, {"late": "sent"})


async def test_a_cause_is_queued_once(ledger: Ledger) -> None:
    """(cause, index) is the idempotency key (design section 4)."""
    await ledger.write(lambda tx: say(tx, 1, "one"))
    await ledger.write(lambda tx: say(tx, 1, "one"))
    assert await states(ledger) == {"one": "queued"}


async def test_a_bubble_in_doubt_is_not_sent_again_and_holds_only_its_chat(ledger: Ledger) -> None:
    """Demand D1: a timed-out send is unknown; other chats do not wait."""
    line = Line(Unknown("no answer"))
    await ledger.write(lambda tx: say(tx, 1, "doubtful", "next"))
    await ledger.write(lambda tx: say(tx, 2, "elsewhere", chat=direct_chat(BOB, 2)))
    async with delivering(ledger, line):
        await become(ledger, {"doubtful": "unknown", "next": "queued", "elsewhere": "sent"})
    assert line.sent == ["doubtful", "elsewhere"]


async def test_its_own_row_ends_the_doubt_and_the_chat_goes_on(ledger: Ledger) -> None:
    """Design section 4: unknown becomes confirmed when the row is seen."""
    line = Line(Unknown("no answer"))
    await ledger.write(lambda tx: say(tx, 1, "doubtful", "next"))
    async with delivering(ledger, line) as deliverer:
        await become(ledger, {"doubtful": "unknown", "next": "queued"})
        [doubtful] = await ledger.read(lambda tx: deliveries.in_state(tx, DeliveryState.UNKNOWN))
        await ledger.write(lambda tx: deliveries.confirm(tx, doubtful.id, MessageGuid("g"), RowId(5), NOON))
        deliverer.wake()
        await become(ledger, {"doubtful": "confirmed", "next": "sent"})


async def test_an_answer_that_is_lost_holds_up_nobody_once_its_row_was_seen(ledger: Ledger) -> None:
    """Demand D1, E5: the bubble is on the phone, and other chats would wait two minutes for an answer about it."""
    line = Line()
    line.hangs.clear()
    await ledger.write(lambda tx: say(tx, 1, "seen", "its rest"))
    await ledger.write(lambda tx: say(tx, 2, "elsewhere", chat=direct_chat(BOB, 2)))
    async with asyncio.TaskGroup() as group:
        deliverer = Deliverer(ledger, ACCOUNT, line, lambda: NOON, answer_after_row_s=0.01)
        task = group.create_task(deliverer.run())
        await line.asked.wait()
        [seen] = await ledger.read(lambda tx: deliveries.in_state(tx, DeliveryState.SENDING))
        await ledger.write(lambda tx: deliveries.confirm(tx, seen.id, MessageGuid("g"), RowId(5), NOON))
        line.asked.clear()
        deliverer.wake()
        await line.asked.wait()
        line.hangs.set()
        await become(ledger, {"seen": "confirmed", "its rest": "sent", "elsewhere": "sent"})
        task.cancel()
    assert sorted(line.sent) == ["elsewhere", "its rest", "seen"]


async def test_what_would_be_refused_again_fails_at_once(ledger: Ledger) -> None:
    """Invalid parameters precede sending and do not mend themselves."""
    line = Line(NotSent("invalid params", final=True))
    await ledger.write(lambda tx: say(tx, 1, "bad", "rest of it"))
    await ledger.write(lambda tx: say(tx, 2, "good"))
    async with delivering(ledger, line):
        await become(ledger, {"bad": "failed", "rest of it": "queued", "good": "sent"})


async def test_what_never_left_is_sent_again(ledger: Ledger) -> None:
    """Design section 4: the bytes were never written, so sending again is safe."""
    line = Line(NotSent("the child was gone"))
    await ledger.write(lambda tx: say(tx, 1, "again"))
    async with delivering(ledger, line):
        await become(ledger, {"again": "sent"})
    assert line.sent == ["again", "again"]


async def test_a_chat_that_is_refused_holds_up_no_other_and_its_bubbles_keep_their_order(
    ledger: Ledger,
) -> None:
    """Issue 4, point 3: each chat rests by itself."""
    line = Line(NotSent("the chat could not be checked"))
    await ledger.write(lambda tx: say(tx, 1, "first", "second"))
    await ledger.write(lambda tx: say(tx, 2, "elsewhere", chat=direct_chat(BOB, 2)))
    async with delivering(ledger, line):
        await become(ledger, dict.fromkeys(["first", "second", "elsewhere"], "sent"))
    assert line.sent == ["first", "elsewhere", "first", "second"]


async def test_a_line_that_is_down_is_tried_by_one_chat_at_a_time(ledger: Ledger) -> None:
    """Three chats refused in a row are the line's trouble: the fourth is not even tried before the line rested."""
    line = Line(*[NotSent("no child could be opened")] * 3)
    for number in range(4):
        there = direct_chat(f"+1555010010{number}", number + 1)
        await ledger.write(lambda tx, n=number, chat=there: say(tx, n, f"to {n}", chat=chat))
    async with delivering(ledger, line):
        await become(ledger, dict.fromkeys(["to 0", "to 1", "to 2", "to 3"], "sent"))
    assert line.sent[:3] == ["to 0", "to 1", "to 2"]
    assert len(line.sent) == 7


async def test_stopping_before_anything_was_written_leaves_it_queued(ledger: Ledger) -> None:
    """Design section 4, proof (a): the bytes were never written to the pipe."""
    line = Line()
    line.writes = False
    line.hangs.clear()
    await ledger.write(lambda tx: say(tx, 1, "still here"))
    async with delivering(ledger, line):
        await line.asked.wait()
    assert await states(ledger) == {"still here": "queued"}


async def test_stopping_during_a_send_leaves_it_in_doubt(ledger: Ledger) -> None:
    """Design section 4: cancelled after the write means unknown."""
    line = Line()
    line.hangs.clear()
    await ledger.write(lambda tx: say(tx, 1, "cut off"))
    async with delivering(ledger, line):
        await line.asked.wait()
    assert await states(ledger) == {"cut off": "unknown"}


async def test_what_was_being_sent_at_a_crash_is_in_doubt_at_the_next_start(ledger: Ledger) -> None:
    """Design section 4: sending, found at start, is unknown and not sent again."""
    await ledger.write(lambda tx: say(tx, 1, "cut off"))
    await ledger.write(lambda tx: claim(tx, ACCOUNT, FUSES, NOON))
    await ledger.write(lambda tx: recover(tx, NOON))
    assert await states(ledger) == {"cut off": "unknown"}
    assert await ledger.write(lambda tx: claim(tx, ACCOUNT, FUSES, NOON)) is None


async def test_old_doubts_are_given_up_visibly(ledger: Ledger) -> None:
    """Demand D2 and F3: parked, unconfirmed and expired go to the operator, not to the wire."""

    def work(tx: Tx) -> None:
        for cause, name in enumerate(["unknown", "sent", "queued"]):
            say(tx, cause, name, chat=direct_chat(f"+155501000{cause}0", cause))
        for end in (deliveries.doubt, None):
            claimed = claim(tx, ACCOUNT, FUSES, NOON)
            assert claimed is not None
            if end:
                end(tx, claimed.id, NOON, "no answer")
            else:
                deliveries.mark_sent(tx, claimed.id, MessageGuid(""), None, NOON)

    await ledger.write(work)
    assert await ledger.write(lambda tx: sweep(tx, NOON + timedelta(seconds=60))) == 0
    assert await ledger.write(lambda tx: sweep(tx, NOON + timedelta(hours=1))) == 3
    assert await states(ledger) == {"unknown": "parked", "sent": "unconfirmed", "queued": "expired"}


async def test_a_bubble_that_cannot_be_sent_for_an_hour_expires_however_often_it_was_tried(
    ledger: Ledger,
) -> None:
    """Demand D2: a reply of many hours ago must not leave when the phone comes back."""
    await ledger.write(lambda tx: say(tx, 1, "stale"))
    for minutes in (20, 40, 59):
        at = NOON + timedelta(minutes=minutes)
        tried = await ledger.write(lambda tx, at=at: claim(tx, ACCOUNT, FUSES, at))
        assert tried is not None
        await ledger.write(lambda tx, at=at, which=tried.id: deliveries.not_sent(tx, which, "no line", at))
        assert await ledger.write(lambda tx, at=at: sweep(tx, at)) == 0
    assert await ledger.write(lambda tx: sweep(tx, NOON + timedelta(hours=1))) == 1
    assert await states(ledger) == {"stale": "expired"}


async def test_a_bubble_whose_own_row_was_seen_is_not_sent_again_whatever_the_phone_says(
    ledger: Ledger,
) -> None:
    """Promise 2: confirmed is the end, also when the answer to the send comes later and claims a miss."""
    line = Line(NotSent("no line"))
    line.hangs.clear()
    await ledger.write(lambda tx: say(tx, 1, "there"))
    async with delivering(ledger, line):
        await line.asked.wait()
        [sending] = await ledger.read(lambda tx: deliveries.in_state(tx, DeliveryState.SENDING))
        await ledger.write(lambda tx: deliveries.confirm(tx, sending.id, MessageGuid("g"), RowId(5), NOON))
        line.hangs.set()
        await ledger.write(lambda tx: say(tx, 2, "next"))
    assert await states(ledger) == {"there": "confirmed", "next": "queued"}


async def test_a_bug_in_the_line_leaves_its_bubble_in_doubt_and_the_others_are_sent(ledger: Ledger) -> None:
    """Design section 4, blast radius: it ends neither the deliverer nor, with it, the gateway."""

    class Breaking(Line):
        async def send(self, message: OutboundMessage, on_written: Callable[[], None]) -> SendResult:
            if message.text == "poison":
                raise ZeroDivisionError
            return await super().send(message, on_written)

    await ledger.write(lambda tx: say(tx, 1, "poison", "next"))
    await ledger.write(lambda tx: say(tx, 2, "elsewhere", chat=direct_chat(BOB, 2)))
    async with delivering(ledger, Breaking()):
        await become(ledger, {"poison": "unknown", "next": "queued", "elsewhere": "sent"})


async def test_a_clock_that_was_set_back_does_not_hold_a_chat_for_ever(ledger: Ledger) -> None:
    """A doubt dated years ahead ends as any other (promise 3): the next bubble must leave some day."""
    await ledger.write(lambda tx: say(tx, 1, "doubtful"))
    await ledger.write(lambda tx: claim(tx, ACCOUNT, FUSES, NOON))
    await ledger.write(lambda tx: recover(tx, NOON))
    assert await ledger.write(lambda tx: sweep(tx, NOON - timedelta(seconds=600 - 1))) == 0
    assert await ledger.write(lambda tx: sweep(tx, NOON - timedelta(days=1000))) == 1
    assert await states(ledger) == {"doubtful": "parked"}


async def test_what_is_paused_does_not_expire_and_has_its_hour_afterwards(ledger: Ledger) -> None:
    """Decision 011: what is asked to wait is not late."""
    day = timedelta(days=1)

    def wait(tx: Tx) -> list[int]:
        say(tx, 1, "patient")
        chat = direct_chat().key
        accounts.set_pause(tx, ACCOUNT, chat, NOON)
        swept = [sweep(tx, NOON + day)]
        accounts.clear_pause(tx, ACCOUNT, chat, NOON + day)
        swept.append(sweep(tx, NOON + day + timedelta(minutes=59)))
        swept.append(sweep(tx, NOON + day + timedelta(minutes=60)))
        return swept

    assert await ledger.write(wait) == [0, 0, 1]


async def test_what_is_proven_not_to_have_left_leaves_once_more_and_its_answer_goes_on(
    ledger: Ledger,
) -> None:
    """Design section 4, proof (c), from the lost answer to the second try; the rest comes after it."""

    class Remembering(Line):
        async def release(self, file: OutboundFile) -> None:
            """No copies are made here."""

        async def recent(self, target: Target, limit: int) -> list[InboundMessage]:
            return [inbound(10, "hello")]

    passed = [0.0]
    line = Remembering(Unknown("imsg did not answer"))
    await ledger.write(lambda tx: keep(tx, inbound(10, "hello"), now=NOON))
    await ledger.write(lambda tx: say(tx, 1, "lost", "rest"))
    async with asyncio.TaskGroup() as group:
        deliverer = Deliverer(ledger, ACCOUNT, line, lambda: NOON, ticks=lambda: passed[0])
        task = group.create_task(deliverer.run())
        await become(ledger, {"lost": "unknown", "rest": "queued"})
        passed[0] = 150
        await deliverer.reconciler.look()
        await become(ledger, {"lost": "sent", "rest": "sent"})
        task.cancel()
    assert line.sent == ["lost", "lost", "rest"]


async def test_a_blown_fuse_stops_the_sending_until_it_is_resumed(ledger: Ledger) -> None:
    """Issue 4, point 2: fuses park and resume on command; nothing is lost or repeated (decision 011)."""
    line = Line()
    await ledger.write(lambda tx: say(tx, 1, "one", "two", "three"))
    async with asyncio.TaskGroup() as group:
        deliverer = Deliverer(ledger, ACCOUNT, line, lambda: NOON, Fuses(per_contact_per_minute=2))
        task = group.create_task(deliverer.run())
        await become(ledger, {"one": "sent", "two": "sent", "three": "queued"})
        [pause] = await ledger.read(accounts.pauses)
        assert pause.reason.startswith("fuse: ")
        later = NOON + timedelta(milliseconds=1)
        await ledger.write(lambda tx: accounts.clear_pause(tx, ACCOUNT, pause.chat, later))
        deliverer.wake()
        await become(ledger, dict.fromkeys(["one", "two", "three"], "sent"))
        task.cancel()
    assert line.sent == ["one", "two", "three"]
