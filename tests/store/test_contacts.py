"""Who is known: messages, approvals and open requests put together."""

from __future__ import annotations

from datetime import timedelta

from tests.making import ACCOUNT, ANN, BOB, NOON, direct_chat, inbound

from openclaw.domain.handles import Handle
from openclaw.domain.ids import AccountId
from openclaw.store import Ledger, Tx, pairing
from openclaw.store.contacts import Contact, contacts

from .keeping import keep


def people(tx: Tx) -> None:
    """Ann wrote under two spellings and was let in; Bob asks; a third was let in and never wrote."""
    keep(tx, inbound(1, "one", sender="Ann@Example.com"), inbound(2, "two", sender="ann@example.com"))
    keep(tx, inbound(3, "own", sender="", from_me=True))
    keep(tx, inbound(4, "later", sender=BOB, at=NOON + timedelta(minutes=5)))
    pairing.grant(tx, ACCOUNT, Handle("ann@example.com"), "operator", NOON)
    pairing.add(tx, ACCOUNT, Handle(BOB), direct_chat(BOB), "ABCD2345", NOON)
    pairing.grant(tx, AccountId("work"), Handle(ANN), "operator", NOON)


async def test_each_person_of_an_account_is_there_once(ledger: Ledger) -> None:
    """Spellings of one handle are one person (ruling 4); who wrote last comes first."""
    await ledger.write(people)

    found = await ledger.read(lambda tx: contacts(tx, NOON, None, 10))

    assert found == [
        Contact(ACCOUNT, Handle(BOB), 1, NOON + timedelta(minutes=5), asks=True),
        Contact(ACCOUNT, Handle("ann@example.com"), 2, NOON, approved_at=NOON),
        Contact(AccountId("work"), Handle(ANN), approved_at=NOON),
    ]


async def test_one_account_and_a_limit_can_be_asked_for(ledger: Ledger) -> None:
    """A list has a limit (style)."""
    await ledger.write(people)

    assert len(await ledger.read(lambda tx: contacts(tx, NOON, ACCOUNT, 10))) == 2
    assert len(await ledger.read(lambda tx: contacts(tx, NOON, None, 1))) == 1
