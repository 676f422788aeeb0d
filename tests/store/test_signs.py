"""What the ledger shows of an account's traffic."""

from __future__ import annotations

from datetime import timedelta

from tests.making import ACCOUNT, NOON, inbound

from openclaw.domain.ids import MessageGuid, RowId
from openclaw.store import Ledger, Tx, accounts, deliveries, signs

from .keeping import claim, keep, say


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
