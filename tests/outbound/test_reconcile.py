"""Bubbles of which nobody can say whether they left (design section 4, "Unknown sends")."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making import ACCOUNT, ANN, NOON, direct_chat, inbound
from tests.store.keeping import claim, keep, say

from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import (
    Cause,
    Delivery,
    DeliveryState,
    OutboundFile,
    OutboundMessage,
    SendResult,
    Sent,
    Target,
    into,
)
from openclaw.domain.handles import Handle
from openclaw.domain.ids import DeliveryId, MessageGuid, RowId
from openclaw.domain.messages import Attachment, InboundMessage
from openclaw.errors import PhoneUnusable
from openclaw.outbound.reconcile import Reconciler, is_due
from openclaw.store import Ledger, Tx, databases, deliveries, delivery_lists

WORDS = "The train leaves at nine from platform four."
KNOWN = inbound(10, "when does it leave?", at=NOON - timedelta(seconds=5))


class History:
    """A phone of which only the past can be asked."""

    def __init__(self, *rows: InboundMessage) -> None:
        self.rows = list(rows)
        self.readable = True
        self.is_live = True
        self.limits: list[int] = []

    async def send(self, message: OutboundMessage, on_written: Callable[[], None]) -> SendResult:
        """Nothing is sent here."""
        return Sent()

    async def release(self, file: OutboundFile) -> None:
        """No copies are made here."""

    async def recent(self, target: Target, limit: int) -> list[InboundMessage]:
        """The newest rows."""
        self.limits.append(limit)
        if not self.readable:
            raise PhoneUnusable("permission-denied", "the history cannot be read")
        return sorted(self.rows, key=lambda row: -row.row_id)[:limit]


class House:
    """A ledger, a phone's history, and two clocks."""

    def __init__(self, ledger: Ledger, *rows: InboundMessage) -> None:
        self.ledger = ledger
        self.phone = History(*rows)
        self.passed = 0.0
        self.woken = 0
        self.reconciler = Reconciler(ledger, ACCOUNT, self.phone, self.now, self._wake, lambda: self.passed)

    def now(self) -> datetime:
        """The time of day."""
        return NOON + timedelta(seconds=self.passed)

    def _wake(self) -> None:
        self.woken += 1

    async def send(self, *texts: str, end: Callable[[Tx, DeliveryId], None] | None = None) -> DeliveryId:
        """A bubble begun at noon, in doubt unless ``end`` says otherwise; the person's question was known."""

        def begin(tx: Tx) -> DeliveryId:
            keep(tx, KNOWN, now=NOON - timedelta(seconds=4))
            say(tx, *(texts or (WORDS,)))
            bubble = claim(tx)
            assert bubble is not None
            (end or _doubt)(tx, bubble.id)
            return bubble.id

        found = await self.ledger.write(begin)
        self.reconciler.note(found)
        if end is not _running:
            self.reconciler.over(found)
        return found

    async def look(self, after: float) -> None:
        """Let that many seconds pass since noon, and look."""
        self.passed = after
        await self.reconciler.look()

    async def bubble(self, delivery: DeliveryId) -> Delivery:
        """What is known of a bubble."""
        found = await self.ledger.read(lambda tx: deliveries.find(tx, delivery))
        assert found is not None
        return found


def _doubt(tx: Tx, delivery: DeliveryId) -> None:
    deliveries.doubt(tx, delivery, NOON, "no answer")


def _running(tx: Tx, delivery: DeliveryId) -> None:
    """The request still runs."""


def _accepted(tx: Tx, delivery: DeliveryId) -> None:
    deliveries.mark_sent(tx, delivery, MessageGuid(""), None, NOON)


def own(row: int, text: str = WORDS, at: datetime = NOON, chat: ChatRef | None = None) -> InboundMessage:
    return inbound(row, text, from_me=True, at=at, chat=chat)


@pytest.mark.parametrize("end", [_doubt, _running, _accepted])
async def test_its_own_row_in_the_history_settles_it(
    ledger: Ledger, end: Callable[[Tx, DeliveryId], None]
) -> None:
    """Unknown, being sent for longer than 5 s, or accepted without an id (imsg#85): the row decides."""
    house = House(ledger, KNOWN, own(11))
    one = await house.send(end=end)
    await house.look(4)
    assert house.phone.limits == []
    await house.look(5)
    assert (await house.bubble(one)).state is DeliveryState.CONFIRMED
    assert house.woken == 1


async def test_what_left_after_the_gateway_stopped_looking_is_found_by_number_whatever_the_clocks_say(
    ledger: Ledger,
) -> None:
    """Rows carry the Mac's clock, which may be hours off; what came later has a higher number."""
    house = House(ledger, KNOWN, own(11, at=NOON - timedelta(hours=3)))
    one = await house.send()
    await house.look(500)
    assert (await house.bubble(one)).state is DeliveryState.CONFIRMED


async def test_what_was_said_before_settles_nothing(ledger: Ledger) -> None:
    """The same words of a minute ago are an older bubble's, or the owner's: their row was known before."""
    house = House(ledger, replace(KNOWN, row_id=RowId(10)), own(9))
    one = await house.send()
    await house.look(5)
    assert (await house.bubble(one)).state is DeliveryState.UNKNOWN


async def test_a_row_settles_one_bubble_only(ledger: Ledger) -> None:
    """A row that another bubble is known by is not this one's (design section 4, rule 3)."""
    house = House(ledger, KNOWN, own(11))

    def earlier(tx: Tx) -> None:
        say(tx, WORDS, cause_id=7)
        bubble = claim(tx)
        assert bubble is not None
        deliveries.confirm(tx, bubble.id, own(11).guid, RowId(11), NOON)

    await ledger.write(earlier)
    one = await house.send()
    await house.look(5)
    assert (await house.bubble(one)).state is DeliveryState.UNKNOWN


async def test_two_bubbles_with_the_same_words_need_a_row_each(ledger: Ledger) -> None:
    """A delivery needs its own row: the first accepted "ok" has it, the second does not."""
    house = House(ledger, KNOWN, own(11, "ok"))
    first = await house.send("ok", "ok", end=_accepted)

    def second(tx: Tx) -> DeliveryId:
        bubble = claim(tx)
        assert bubble is not None
        _doubt(tx, bubble.id)
        return bubble.id

    other = await ledger.write(second)
    await house.look(5)
    assert (await house.bubble(first)).state is DeliveryState.CONFIRMED
    assert (await house.bubble(other)).state is DeliveryState.UNKNOWN


async def test_what_is_proven_not_to_have_left_is_sent_once_more(ledger: Ledger) -> None:
    """Proof (c): the child is dead, 150 s have passed, the watch is live, and the history shows no own row."""
    house = House(ledger, KNOWN, inbound(12, "hello?"))
    one = await house.send()
    await house.look(149)
    assert (await house.bubble(one)).state is DeliveryState.UNKNOWN
    await house.look(150)
    again = await house.bubble(one)
    assert (again.state, again.attempts, house.woken) == (DeliveryState.QUEUED, 1, 1)


async def test_the_time_of_an_apple_event_is_counted_from_when_the_phone_was_given_up(ledger: Ledger) -> None:
    """Proof (c): a child that hung for minutes may have begun its Apple event just before it was ended."""
    house = House(ledger, KNOWN, inbound(12, "hello?"))
    one = await house.send(end=_running)
    house.passed = 200
    await ledger.write(lambda tx: _doubt(tx, one))
    house.reconciler.over(one)
    await house.look(349)
    assert (await house.bubble(one)).state is DeliveryState.UNKNOWN
    await house.look(410)
    assert (await house.bubble(one)).state is DeliveryState.QUEUED


async def test_a_bubble_that_is_begun_during_a_look_keeps_its_own_time(ledger: Ledger) -> None:
    """Proof (c): a look that had read the ledger just before must not make its doubt as old as the gateway."""
    house = House(ledger, KNOWN, inbound(12, "hello?"))

    class Slow(Ledger):
        """The same ledger; a bubble is begun before the first thing that was read is looked at."""

        def __init__(self) -> None:
            """Nothing of its own is opened."""

        async def read(self, work: Callable[[Tx], Any]) -> Any:
            found = await ledger.read(work)
            if not began:
                began.append(await house.send())
            return found

        async def write(self, work: Callable[[Tx], Any]) -> Any:
            return await ledger.write(work)

    began: list[DeliveryId] = []
    house.reconciler = Reconciler(Slow(), ACCOUNT, house.phone, house.now, lambda: None, lambda: house.passed)
    await house.look(1000)
    await house.look(1149)
    assert (await house.bubble(began[0])).state is DeliveryState.UNKNOWN
    await house.look(1150)
    assert (await house.bubble(began[0])).state is DeliveryState.QUEUED


async def test_who_is_lost_twice_is_left_to_the_operator(ledger: Ledger) -> None:
    """One proof, one more try: a second miss is parked, with its reason."""
    house = House(ledger, KNOWN)
    one = await house.send()
    await house.look(150)
    await ledger.write(lambda tx: (claim(tx, now=house.now()), _doubt(tx, one)))
    house.reconciler.note(one)
    house.reconciler.over(one)
    await house.look(300)
    lost = await house.bubble(one)
    assert lost.state is DeliveryState.PARKED
    assert "2 times" in lost.reason


async def _deaf(house: House) -> None:
    house.phone.is_live = False


async def _unreadable(house: House) -> None:
    house.phone.readable = False


async def _empty(house: House) -> None:
    house.phone.rows = []


async def _numbered_anew(house: House) -> None:
    house.phone.rows = [inbound(n, "old") for n in range(1, 6)]


async def _long(house: House) -> None:
    house.phone.rows = [inbound(n, "chatter") for n in range(1000, 1400)]


async def _restored(house: House) -> None:
    house.phone.rows = [KNOWN, inbound(12, "hello?")]
    await house.ledger.write(lambda tx: databases.restored(tx, ACCOUNT, RowId(10), NOON))


async def _running_still(house: House) -> None:
    await house.ledger.write(
        lambda tx: tx.exec_driver_sql("UPDATE delivery SET state = 'sending' WHERE state = 'unknown'")
    )


@pytest.mark.parametrize(
    "spoil", [_deaf, _unreadable, _empty, _numbered_anew, _long, _restored, _running_still]
)
async def test_what_is_no_proof_sends_nothing_again(
    ledger: Ledger, spoil: Callable[[House], Awaitable[None]]
) -> None:
    """A deaf watch, a read that failed, rows that may be another chat's or do not reach back, a living child."""
    house = House(ledger, KNOWN)
    one = await house.send()
    await spoil(house)
    for after in (150, 211, 272):
        await house.look(after)
    assert (await house.bubble(one)).state in (DeliveryState.UNKNOWN, DeliveryState.SENDING)
    assert house.woken == 0


async def test_a_computer_that_slept_proves_nothing(ledger: Ledger) -> None:
    """An Apple event sleeps with its Mac: only time that really passed counts, not the clock on the wall."""
    house = House(ledger, KNOWN)
    one = await house.send()
    slept = Reconciler(
        ledger, ACCOUNT, house.phone, lambda: NOON + timedelta(hours=8), lambda: None, lambda: house.passed
    )
    house.passed = 20
    await slept.look()
    assert (await house.bubble(one)).state is DeliveryState.UNKNOWN


async def test_a_busy_chat_is_read_further_back(ledger: Ledger) -> None:
    """Thirty rows are not the whole story of a group that goes on talking."""
    house = House(ledger, KNOWN, own(11), *(inbound(n, "chatter") for n in range(20, 120)))
    one = await house.send()
    await house.look(5)
    assert house.phone.limits == [30, 200]
    assert (await house.bubble(one)).state is DeliveryState.CONFIRMED


async def test_an_accepted_bubble_without_a_row_is_not_sent_again(ledger: Ledger) -> None:
    """It stays for the sweep, which makes it unconfirmed: the phone said that it took it."""
    house = House(ledger, KNOWN)
    one = await house.send(end=_accepted)
    await house.look(200)
    assert (await house.bubble(one)).state is DeliveryState.SENT


async def test_a_bubble_to_a_handle_is_looked_for_in_its_direct_chat(ledger: Ledger) -> None:
    """The operator's first words to somebody have no chat yet; what comes back under their handle settles them."""
    house = House(ledger, own(11))

    def begin(tx: Tx) -> DeliveryId:
        deliveries.queue(tx, Cause.OPERATOR, 1, [OutboundMessage(ACCOUNT, Handle(ANN), WORDS)], NOON)
        bubble = claim(tx)
        assert bubble is not None
        _doubt(tx, bubble.id)
        return bubble.id

    one = await ledger.write(begin)
    await house.look(5)
    assert (await house.bubble(one)).state is DeliveryState.CONFIRMED


async def test_after_a_restart_the_proof_takes_its_time_again(ledger: Ledger) -> None:
    """Nobody knows how long the computer was off; the time is counted from the start."""
    house = House(ledger, KNOWN)
    one = await house.send()
    house.passed = 1000
    again = Reconciler(ledger, ACCOUNT, house.phone, house.now, lambda: None, lambda: house.passed)
    house.passed = 1100
    await again.look()
    assert (await house.bubble(one)).state is DeliveryState.UNKNOWN
    house.passed = 1150
    await again.look()
    assert (await house.bubble(one)).state is DeliveryState.QUEUED


async def test_what_comes_after_it_in_its_answer_waits_for_the_verdict(ledger: Ledger) -> None:
    """Chunks never overtake each other: the second is not begun while the first is in doubt."""
    house = House(ledger, KNOWN)
    await house.send("one", "two")
    assert await ledger.write(lambda tx: claim(tx)) is None
    await house.look(150)
    found = await ledger.write(lambda tx: claim(tx))
    assert found is not None
    assert found.message.text == "one"
    rest = await ledger.read(lambda tx: delivery_lists.of_cause(tx, Cause.TURN, 1))
    assert [one.state for one in rest] == [DeliveryState.SENDING, DeliveryState.QUEUED]


@given(st.lists(st.floats(0.1, 30), min_size=1, max_size=60))
def test_no_doubt_goes_unlooked_at_for_much_longer_than_a_minute(steps: list[float]) -> None:
    """At 5, 15, 45, 90 and 150 s, then each minute, however irregularly it is asked."""
    waited, looked = 0.0, None
    for step in steps:
        waited += step
        if is_due(waited, looked):
            assert waited >= 5
            looked = waited
        assert waited - (looked or 0) <= 60


PICTURE = OutboundFile("/state/a.png", "a.png", "image/png", 700, "d" * 64)


def shown(row: int, *, size: int = 700, from_me: bool | None = True) -> InboundMessage:
    """A row of a file in the phone's history."""
    came = Attachment("a.png", "/x/a.png", "image/png", size, missing=False)
    return replace(inbound(row, "\ufffc", from_me=from_me, at=NOON), attachments=(came,))


async def begin_file(house: House) -> DeliveryId:
    """A file begun at noon, in doubt since."""

    def begin(tx: Tx) -> DeliveryId:
        keep(tx, KNOWN, now=NOON - timedelta(seconds=4))
        deliveries.queue(tx, Cause.OPERATOR, 5, [into(ACCOUNT, direct_chat(), "", PICTURE)], NOON)
        bubble = claim(tx)
        assert bubble is not None
        _doubt(tx, bubble.id)
        return bubble.id

    found = await house.ledger.write(begin)
    house.reconciler.note(found)
    house.reconciler.over(found)
    return found


@pytest.mark.parametrize(
    ("row", "state"),
    [
        (shown(11), DeliveryState.CONFIRMED),
        (shown(11, from_me=None), DeliveryState.CONFIRMED),
        # Another one's file of that name and size proves nothing either way.
        (shown(11, from_me=False), DeliveryState.UNKNOWN),
        (shown(11, size=699), DeliveryState.QUEUED),
    ],
    ids=["own", "nobody's", "theirs", "another"],
)
async def test_a_file_in_doubt_is_settled_by_its_own_row_or_sent_again_on_proof(
    ledger: Ledger, row: InboundMessage, state: DeliveryState
) -> None:
    """The rules of an unknown send hold for files too (design section 4)."""
    house = House(ledger, KNOWN, row)
    one = await begin_file(house)
    await house.look(151)
    assert (await house.bubble(one)).state is state
