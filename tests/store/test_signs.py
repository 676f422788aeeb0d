"""What the ledger shows of an account's traffic."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from tests.making import ACCOUNT, NOON, inbound

from openclaw.domain.ids import AgentId, MessageGuid, RowId, TurnId
from openclaw.domain.turns import Finished, TurnState
from openclaw.store import Ledger, Tx, accounts, deliveries, signs, turns

from .keeping import claim, keep, keep_admitted, say


async def test_an_account_that_never_ran_has_no_signs(ledger: Ledger) -> None:
    """Nothing is made up."""
    assert await ledger.read(signs.of_accounts) == {}


async def test_the_newest_message_and_the_newest_bubble_are_found(ledger: Ledger) -> None:
    """Rows of ours are no message that came in; a bubble counts when it was seen on the phone."""

    def work(tx: Tx) -> signs.Signs:
        accounts.begin(tx, ACCOUNT, RowId(0), NOON, None)
        keep(tx, inbound(1, "one"), now=NOON)
        keep(tx, inbound(2, "two"), now=NOON + timedelta(minutes=1))
        keep(tx, inbound(3, "ours", from_me=True), now=NOON + timedelta(minutes=2))
        [bubble] = say(tx, "answer")
        claim(tx)
        deliveries.confirm(tx, bubble.id, MessageGuid("guid-3"), RowId(3), NOON + timedelta(minutes=3))
        return signs.of_accounts(tx)[ACCOUNT]

    found = await ledger.write(work)
    assert found.last_in == NOON + timedelta(minutes=1)
    assert found.delay == timedelta(minutes=1)
    assert found.last_out == NOON + timedelta(minutes=3)
    assert found.refused == ""


async def test_why_a_bubble_waits_is_told(ledger: Ledger) -> None:
    """A refused permission shows here also while no gateway runs."""

    def work(tx: Tx) -> signs.Signs:
        accounts.begin(tx, ACCOUNT, RowId(0), NOON, None)
        [bubble] = say(tx, "answer")
        claim(tx)
        deliveries.not_sent(tx, bubble.id, "Not authorized (-1743)", NOON, final=False)
        return signs.of_accounts(tx)[ACCOUNT]

    assert (await ledger.write(work)).refused == "Not authorized (-1743)"


async def test_an_agent_whose_newest_turn_has_no_answer_is_told_with_why(ledger: Ledger) -> None:
    """While it is tried again and once it has failed for good, and not any more after the next answer."""
    cause = "it cannot be reached"

    def turn(tx: Tx, row: int) -> TurnId:
        return turns.create(tx, keep_admitted(tx, inbound(row, "hello")), NOON).id

    def play(tx: Tx) -> Iterator[dict[AgentId, str]]:
        yield signs.complaints(tx)
        first = turn(tx, 1)
        turns.put_back(tx, first, NOON, cause)
        yield signs.complaints(tx)
        turns.end(tx, first, TurnState.FAILED, NOON, cause)
        yield signs.complaints(tx)
        turns.finish(tx, turn(tx, 2), Finished("small", 1, 1), NOON)
        yield signs.complaints(tx)

    told = {AgentId("main"): cause}
    assert await ledger.write(lambda tx: list(play(tx))) == [{}, told, told, {}]
