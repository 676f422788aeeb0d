"""Deliveries: each bubble once, in the order of its chat, and only when nothing before it is in doubt."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from tests.making import ACCOUNT, ANN, BOB, NOON, direct_chat
from tests.store import keeping
from tests.store.keeping import say

from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import Cause, Delivery, DeliveryState, OutboundMessage
from openclaw.domain.handles import Handle
from openclaw.domain.ids import AccountId, DeliveryId, MessageGuid, RowId
from openclaw.store import Ledger, Tx, accounts, deliveries, delivery_lists, outbox
from openclaw.store.checkpoints import story
from openclaw.store.schema import metadata

LATER = NOON + timedelta(seconds=5)
OWN = MessageGuid("own-1")
BOBS = direct_chat(BOB, row=2)


def claim(tx: Tx, account: AccountId = ACCOUNT) -> tuple[str, DeliveryId]:
    """The text and id of the next bubble."""
    found = keeping.claim(tx, account)
    return (found.message.text, found.id) if found else ("", DeliveryId(0))


def state(tx: Tx, delivery: DeliveryId) -> str:
    """The state that a bubble is in."""
    return story(tx, "delivery", delivery)[-1].step


async def test_the_same_cause_is_queued_once(ledger: Ledger) -> None:
    """(cause, index) is the idempotency key (design section 4, delivery; demand D2)."""

    def twice(tx: Tx) -> list[tuple[str, int]]:
        say(tx, "one", "two", cause_id=1)
        say(tx, "other words", cause_id=1)
        say(tx, "three", cause_id=2)
        deliveries.queue(tx, Cause.NOTICE, 1, [OutboundMessage(ACCOUNT, direct_chat(), "four")], NOON)
        return [(one.message.text, one.index) for one in deliveries.in_state(tx, DeliveryState.QUEUED)]

    assert await ledger.write(twice) == [("one", 0), ("two", 1), ("three", 0), ("four", 0)]


async def test_bubbles_of_a_chat_leave_one_after_the_other(ledger: Ledger) -> None:
    """The next bubble waits until the one before it is known to have been accepted (promise 1 and 2)."""

    def send(tx: Tx) -> list[str]:
        say(tx, "one", "two")
        first, one = claim(tx)
        blocked, _ = claim(tx)
        deliveries.mark_sent(tx, one, OWN, RowId(9), NOON)
        second, _ = claim(tx)
        return [first, blocked, second]

    assert await ledger.write(send) == ["one", "", "two"]


async def test_a_chat_in_doubt_blocks_only_itself(ledger: Ledger) -> None:
    """The next delivery of that chat waits for the verdict, other chats do not (design section 4)."""

    def send(tx: Tx) -> list[str]:
        say(tx, "to ann", cause_id=1)
        say(tx, "to ann again", cause_id=3)
        say(tx, "to bob", chat=BOBS, cause_id=2)
        _, one = claim(tx)
        deliveries.doubt(tx, one, NOON, "no answer")
        said = [claim(tx)[0], claim(tx)[0]]
        deliveries.mark(tx, one, DeliveryState.PARKED, NOON, "nobody knows")
        return [*said, claim(tx)[0]]

    assert await ledger.write(send) == ["to bob", "", "to ann again"]


async def test_a_chat_is_the_same_under_another_service_name(ledger: Ledger) -> None:
    """Doubt about iMessage;-;X also holds back any;-;X: one conversation (design section 4)."""

    def send(tx: Tx) -> list[str]:
        say(tx, "one", cause_id=1)
        say(tx, "two", chat=direct_chat(service="any"), cause_id=2)
        return [claim(tx)[0], claim(tx)[0]]

    assert await ledger.write(send) == ["one", ""]


async def test_a_bubble_to_a_handle_is_in_line_with_its_direct_chat(ledger: Ledger) -> None:
    """A conversation that the operator begins has no chat row yet, but it is that person's chat."""

    def send(tx: Tx) -> tuple[list[str], object]:
        to_ann = OutboundMessage(ACCOUNT, Handle(ANN), "hello", "sms")
        deliveries.queue(tx, Cause.OPERATOR, 1, [to_ann], NOON)
        say(tx, "two")
        [kept, *_] = deliveries.in_state(tx, DeliveryState.QUEUED)
        assert kept.message == to_ann
        found = deliveries.recent(tx, ACCOUNT, [direct_chat().key], NOON)
        return [claim(tx)[0], claim(tx)[0]], len(found)

    assert await ledger.write(send) == (["hello", ""], 2)


@pytest.mark.parametrize(
    ("account", "chat"),
    [
        (ACCOUNT, direct_chat().key),
        (ACCOUNT, accounts.EVERY_CHAT),
        (accounts.EVERY_ACCOUNT, accounts.EVERY_CHAT),
    ],
)
async def test_what_is_paused_stays_here(ledger: Ledger, account: AccountId, chat: accounts.ChatKey) -> None:
    """Pauses at all three levels hold bubbles back, however many; an unpaused chat goes on."""

    def send(tx: Tx) -> list[str]:
        say(tx, *(f"to ann {n}" for n in range(250)))
        say(tx, "to bob", chat=BOBS, cause_id=900)
        accounts.set_pause(tx, account, chat, NOON)
        during = claim(tx)[0]
        accounts.clear_pause(tx, account, chat, NOON)
        return [during, claim(tx)[0]]

    assert await ledger.write(send) == ["to bob" if chat else "", "to ann 0"]


async def test_another_accounts_pause_and_bubbles_are_its_own(ledger: Ledger) -> None:
    """Each account has its own line."""

    def send(tx: Tx) -> list[str]:
        say(tx, "from work", account=AccountId("work"), cause_id=1)
        say(tx, "from home", cause_id=2)
        accounts.set_pause(tx, AccountId("work"), accounts.EVERY_CHAT, NOON)
        return [claim(tx)[0], claim(tx)[0], claim(tx, AccountId("work"))[0]]

    assert await ledger.write(send) == ["from home", "", ""]


async def test_a_row_seen_before_the_answer_is_not_taken_back(ledger: Ledger) -> None:
    """The watch may be quicker than the send's own answer; confirmed is the end (diagram E)."""

    def race(tx: Tx) -> tuple[str, str, str]:
        say(tx, "one")
        _, one = claim(tx)
        deliveries.confirm(tx, one, OWN, RowId(9), NOON)
        after = state(tx, one)
        deliveries.mark_sent(tx, one, MessageGuid("other"), RowId(10), LATER)
        deliveries.doubt(tx, one, LATER, "no answer")
        row = tx.exec_driver_sql("SELECT guid FROM delivery").scalar_one()
        return after, state(tx, one), row

    assert await ledger.write(race) == ("confirmed", "confirmed", OWN)


async def test_a_confirmation_without_guid_keeps_the_known_one(ledger: Ledger) -> None:
    """A guid that the send told is not lost to a row that has none."""

    def confirm(tx: Tx) -> object:
        say(tx, "one")
        _, one = claim(tx)
        deliveries.mark_sent(tx, one, OWN, RowId(9), NOON)
        deliveries.confirm(tx, one, MessageGuid(""), RowId(9), NOON)
        return deliveries.by_guids(tx, ACCOUNT, [OWN]) == {OWN: one}

    assert await ledger.write(confirm)


async def test_a_guid_finds_its_bubble(ledger: Ledger) -> None:
    """A guid equal to a delivery's guid is ours, per account (design section 4, rule 2)."""

    def find(tx: Tx) -> list[object]:
        say(tx, "one")
        _, one = claim(tx)
        deliveries.mark_sent(tx, one, OWN, None, NOON)
        return [
            deliveries.by_guids(tx, ACCOUNT, [OWN, MessageGuid("no")]) == {OWN: one},
            deliveries.by_guids(tx, ACCOUNT, [MessageGuid("no")]),
            deliveries.by_guids(tx, AccountId("work"), [OWN]),
            deliveries.by_guids(tx, ACCOUNT, []),
        ]

    assert await ledger.write(find) == [True, {}, {}, {}]


async def test_recent_words_of_a_chat_carry_their_last_change(ledger: Ledger) -> None:
    """The echo gate asks what was said here lately, and when it last moved."""

    def look(tx: Tx) -> tuple[object, ...]:
        say(tx, "one", cause_id=1)
        say(tx, "elsewhere", chat=BOBS, cause_id=2)
        _, one = claim(tx)
        deliveries.confirm(tx, one, OWN, RowId(9), LATER)
        [(said, changed, guid)] = deliveries.recent(tx, ACCOUNT, [direct_chat().key], LATER)
        none = deliveries.recent(tx, ACCOUNT, [direct_chat().key], LATER + timedelta(milliseconds=1))
        return said.message.text, changed, guid, none

    assert await ledger.write(look) == ("one", LATER, OWN, [])


async def test_overdue_counts_from_the_last_change(ledger: Ledger) -> None:
    """Doubt about old bubbles is settled by age in their state."""

    def look(tx: Tx) -> list[int]:
        say(tx, "one")
        _, one = claim(tx)
        deliveries.doubt(tx, one, NOON, "no answer")
        wait = timedelta(seconds=150)
        return [
            len(outbox.overdue(tx, DeliveryState.UNKNOWN, wait, NOON + wait - timedelta(milliseconds=1))),
            len(outbox.overdue(tx, DeliveryState.UNKNOWN, wait, NOON + wait)),
            len(outbox.overdue(tx, DeliveryState.SENT, wait, NOON + wait)),
        ]

    assert await ledger.write(look) == [0, 1, 0]


async def test_a_bubble_proven_not_to_have_left_takes_its_place_again(ledger: Ledger) -> None:
    """Sent again only on proof of a miss, and before what came after it (diagram C)."""

    def refuse(tx: Tx) -> list[str]:
        say(tx, "one", "two")
        _, one = claim(tx)
        deliveries.not_sent(tx, one, "the pipe was closed", NOON)
        return [claim(tx)[0], claim(tx)[0]]

    assert await ledger.write(refuse) == ["one", ""]


def bubble(tx: Tx, delivery: DeliveryId) -> Delivery:
    """What the ledger says of a bubble."""
    found = deliveries.find(tx, delivery)
    assert found is not None
    return found


async def test_the_beginning_of_a_sending_is_written_and_a_proven_miss_takes_it_back(ledger: Ledger) -> None:
    """What never left is no attempt, so that the brakes and the proofs count what the phone really had."""

    def send(tx: Tx) -> list[tuple[object, int]]:
        say(tx, "one")
        _, one = claim(tx)
        seen = [bubble(tx, one)]
        deliveries.not_sent(tx, one, "the pipe was closed", NOON)
        seen.append(bubble(tx, one))
        claim(tx)
        deliveries.doubt(tx, one, NOON, "no answer")
        deliveries.send_again(tx, one, NOON, "not in the history")
        claim(tx)
        deliveries.not_sent(tx, one, "the pipe was closed", NOON)
        seen.append(bubble(tx, one))
        return [(each.began_at, each.attempts) for each in seen]

    assert await ledger.write(send) == [(NOON, 1), (None, 0), (NOON, 1)]


async def test_only_what_is_unknown_is_sent_again_on_a_proof(ledger: Ledger) -> None:
    """Diagram K: its own row may have been seen while the proof was made."""

    def race(tx: Tx) -> str:
        say(tx, "one")
        _, one = claim(tx)
        deliveries.doubt(tx, one, NOON, "no answer")
        deliveries.confirm(tx, one, OWN, RowId(9), NOON)
        deliveries.send_again(tx, one, NOON, "not in the history")
        return bubble(tx, one).state

    assert await ledger.write(race) == "confirmed"


@pytest.mark.parametrize("state", deliveries.GIVEN_UP)
async def test_the_rest_of_an_answer_waits_behind_a_bubble_that_was_given_up(
    ledger: Ledger, state: DeliveryState
) -> None:
    """An answer with a hole in it says something else; what comes after the answer goes on (issue 4, point 3)."""

    def give_up(tx: Tx) -> list[str]:
        say(tx, "one", "two", "three", cause_id=1)
        say(tx, "another answer", cause_id=2)
        _, one = claim(tx)
        deliveries.mark(tx, one, state, NOON, "nobody knows")
        said = [claim(tx)[0], claim(tx)[0]]
        waiting = delivery_lists.of_cause(tx, Cause.TURN, 1)[1:]
        assert [each.reason for each in waiting] == [
            f"it waits until delivery {one} is sent again or dropped"
        ] * 2
        deliveries.drop(tx, one, NOON)
        assert [each.reason for each in delivery_lists.of_cause(tx, Cause.TURN, 1)[1:]] == ["", ""]
        [other] = deliveries.in_state(tx, DeliveryState.SENDING)
        deliveries.mark_sent(tx, other.id, OWN, None, NOON)
        return [*said, claim(tx)[0]]

    assert await ledger.write(give_up) == ["another answer", "", "two"]


async def test_a_bubble_sent_again_by_the_operator_comes_before_what_waited_for_it(ledger: Ledger) -> None:
    """The way on from a hole: resend what is missing, and the rest follows in its order."""

    def resend(tx: Tx) -> list[str]:
        say(tx, "one", "two", "three")
        _, one = claim(tx)
        deliveries.not_sent(tx, one, "refused", NOON, final=True)
        held = claim(tx)[0]
        deliveries.queue_again(tx, one, NOON)
        order = [held]
        while (found := claim(tx))[0]:
            deliveries.mark_sent(tx, found[1], MessageGuid(""), None, NOON)
            order.append(found[0])
        return order

    assert await ledger.write(resend) == ["", "one", "two", "three"]


async def test_the_states_in_numbers(ledger: Ledger) -> None:
    """For status; states without any are left out."""

    def count(tx: Tx) -> dict[str, int]:
        say(tx, "one", "two")
        claim(tx)
        return delivery_lists.count_by_state(tx, *DeliveryState)

    assert await ledger.write(count) == {"queued": 1, "sending": 1}


def test_every_state_has_its_place_in_the_diagram() -> None:
    """The diagram beside the column is the authority for its states (design section 4)."""
    assert deliveries.__doc__ is not None
    assert [state for state in DeliveryState if state.value not in deliveries.__doc__] == []


MOVES = [
    "claim",
    "sent",
    "doubt",
    "confirm",
    "miss",
    "proven",
    "fail",
    "park",
    "pause ann",
    "resume ann",
    "resend",
    "drop",
]


class Line:
    """One account's bubbles, and what the outside would have seen of them."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._paused = False
        self._under_way: dict[str, DeliveryId] = {}
        self._given_up: list[DeliveryId] = []
        self.heard: dict[str, list[DeliveryId]] = {}

    def move(self, what: str) -> None:
        """Let one thing happen."""
        ann = direct_chat().key
        if what == "claim":
            self._claim()
        elif what == "pause ann":
            accounts.set_pause(self._tx, ACCOUNT, ann, NOON)
            self._paused = True
        elif what == "resume ann":
            accounts.clear_pause(self._tx, ACCOUNT, ann, NOON)
            self._paused = False
        elif what in ("resend", "drop"):
            if self._given_up:
                decide = deliveries.queue_again if what == "resend" else deliveries.drop
                decide(self._tx, self._given_up.pop(), NOON)
        elif self._under_way:
            self._settle(what, *self._under_way.popitem())

    def _claim(self) -> None:
        found = keeping.claim(self._tx)
        if found is None:
            return
        chat = found.message.chat_key
        assert chat not in self._under_way, "two bubbles of one chat at a time"
        assert not (self._paused and chat == direct_chat().key), "a paused chat was spoken to"
        before = delivery_lists.of_cause(self._tx, found.cause, found.cause_id)[: found.index]
        missing = [one.id for one in before if one.message.chat_key == chat and one.state not in DONE]
        assert not missing, "a bubble overtook another one of its answer"
        self._under_way[chat] = found.id

    def _settle(self, what: str, chat: str, bubble: DeliveryId) -> None:
        match what:
            case "sent":
                deliveries.mark_sent(self._tx, bubble, MessageGuid(""), None, NOON)
                if state(self._tx, bubble) == "unknown":
                    self._under_way[chat] = bubble
                    return
            case "doubt":
                deliveries.doubt(self._tx, bubble, NOON, "no answer")
                self._under_way[chat] = bubble
                return
            case "confirm":
                deliveries.confirm(self._tx, bubble, MessageGuid(""), RowId(1), NOON)
            case "miss" | "proven":
                deliveries.not_sent(self._tx, bubble, "never written", NOON)
                deliveries.send_again(self._tx, bubble, NOON, "not in the history")
                return
            case _:
                given_up = DeliveryState.FAILED if what == "fail" else DeliveryState.PARKED
                deliveries.mark(self._tx, bubble, given_up, NOON, what)
                self._given_up.append(bubble)
                return
        self.heard.setdefault(chat, []).append(bubble)


DONE = (DeliveryState.SENT, DeliveryState.CONFIRMED, DeliveryState.DROPPED)


@settings(max_examples=150)
@given(
    st.lists(st.sampled_from(MOVES), max_size=60),
    st.lists(st.tuples(st.sampled_from([direct_chat(), BOBS]), st.integers(1, 4)), min_size=1, max_size=4),
)
def test_whatever_happens_no_bubble_overtakes_another_of_its_answer(
    happening: list[str], answers: list[tuple[ChatRef, int]]
) -> None:
    """Never two of one chat under way, none before its predecessor is there, none while paused (promises 1 and 2)."""
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as tx:
        for number, (chat, length) in enumerate(answers):
            bubbles = [OutboundMessage(ACCOUNT, chat, f"bubble {n}") for n in range(length)]
            deliveries.queue(tx, Cause.TURN, number, bubbles, NOON)
        line = Line(tx)
        for what in happening:
            line.move(what)
        causes = [deliveries.find(tx, one) for heard in line.heard.values() for one in heard]
        places = [(one.cause_id, one.index) for one in causes if one is not None]
    engine.dispose()
    for number in range(len(answers)):
        of_answer = [index for cause, index in places if cause == number]
        assert of_answer == sorted(set(of_answer)), "heard twice, or out of order"
