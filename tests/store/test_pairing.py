"""Pairing requests and grants."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.making import ACCOUNT, ANN, BOB, NOON, direct_chat

from openclaw.domain.access import Grant
from openclaw.domain.handles import Handle
from openclaw.domain.ids import AccountId
from openclaw.store import Ledger, Tx, pairing

ANNS, BOBS, WORK = Handle(ANN), Handle(BOB), AccountId("work")
JUST_BEFORE = NOON + timedelta(hours=1) - timedelta(milliseconds=1)


def ask(tx: Tx, handle: Handle = ANNS, code: str = "ABCDEFGH", account: AccountId = ACCOUNT) -> None:
    """A request made at noon."""
    pairing.add(tx, account, handle, direct_chat(handle), code, NOON)


async def test_a_request_keeps_what_its_approval_needs(ledger: Ledger) -> None:
    """Who, where, with which code, and until when."""
    request = await ledger.write(lambda tx: pairing.add(tx, ACCOUNT, ANNS, direct_chat(), "ABCDEFGH", NOON))

    assert await ledger.read(lambda tx: pairing.open_requests(tx, NOON)) == [request]
    assert (request.chat, request.code, request.handle) == (direct_chat(), "ABCDEFGH", ANN)
    assert request.expires_at == NOON + timedelta(hours=1)


async def test_a_request_expires_after_one_hour(ledger: Ledger) -> None:
    """Requirements: pairing requests expire after 1 hour; looking changes nothing, so readers may look."""
    await ledger.write(ask)

    assert len(await ledger.read(lambda tx: pairing.open_requests(tx, JUST_BEFORE))) == 1
    assert await ledger.read(lambda tx: pairing.open_requests(tx, NOON + timedelta(hours=1))) == []
    assert len(await ledger.read(lambda tx: pairing.open_requests(tx, JUST_BEFORE))) == 1


async def test_writing_again_does_not_extend_a_request(ledger: Ledger) -> None:
    """Last seen moves, the end does not (behaviour facts B.1)."""

    def write_again(tx: Tx) -> None:
        ask(tx)
        pairing.seen(tx, ACCOUNT, ANNS, JUST_BEFORE)

    await ledger.write(write_again)
    [request] = await ledger.read(lambda tx: pairing.open_requests(tx, JUST_BEFORE))

    assert (request.last_seen_at, request.expires_at) == (JUST_BEFORE, NOON + timedelta(hours=1))
    assert await ledger.read(lambda tx: pairing.open_requests(tx, NOON + timedelta(hours=1))) == []


async def test_whoever_expired_may_ask_again(ledger: Ledger) -> None:
    """A new request has a new code and a new hour; the old row follows the clock (diagram B)."""
    later = NOON + timedelta(hours=2)

    def ask_twice(tx: Tx) -> tuple[list[str], list[str]]:
        ask(tx)
        pairing.add(tx, ACCOUNT, ANNS, direct_chat(), "NEWCODE2", later)
        states = tx.exec_driver_sql("SELECT state FROM pairing ORDER BY id").scalars().all()
        return [one.code for one in pairing.open_requests(tx, later)], list(states)

    assert await ledger.write(ask_twice) == (["NEWCODE2"], ["expired", "open"])


async def test_requests_are_listed_by_account_oldest_first(ledger: Ledger) -> None:
    """Each account has its own, and the operator sees all."""

    def ask_around(tx: Tx) -> tuple[list[str], list[str]]:
        ask(tx, code="AAAAAAAA")
        ask(tx, BOBS, "BBBBBBBB", WORK)
        return (
            [one.code for one in pairing.open_requests(tx, NOON)],
            [one.code for one in pairing.open_requests(tx, NOON, WORK)],
        )

    assert await ledger.write(ask_around) == (["AAAAAAAA", "BBBBBBBB"], ["BBBBBBBB"])


async def test_approval_turns_a_request_into_a_grant(ledger: Ledger) -> None:
    """Diagram A: who was let in, into what, when, and by whom."""

    def approve(tx: Tx) -> Grant:
        ask(tx)
        [request] = pairing.open_requests(tx, NOON)
        return pairing.approve(tx, request, "operator", JUST_BEFORE)

    grant = await ledger.write(approve)

    assert grant == Grant(ACCOUNT, "dm", ANNS, JUST_BEFORE, "operator")
    assert await ledger.read(lambda tx: pairing.open_requests(tx, NOON)) == []
    assert await ledger.read(pairing.grants) == [grant]


@pytest.mark.parametrize(
    ("account", "handle", "granted"), [(ACCOUNT, ANNS, True), (WORK, ANNS, False), (ACCOUNT, BOBS, False)]
)
async def test_a_grant_is_for_one_account_and_one_handle(
    ledger: Ledger, account: AccountId, handle: Handle, granted: bool
) -> None:
    """Pairing in account A authorises nobody in account B (demand I8)."""
    await ledger.write(lambda tx: pairing.grant(tx, ACCOUNT, ANNS, "operator", NOON))

    assert await ledger.read(lambda tx: handle in pairing.granted_handles(tx, account)) is granted


async def test_granting_twice_is_granting_once(ledger: Ledger) -> None:
    """The first grant stands, with its time and author."""
    later = NOON + timedelta(days=1)

    grants = await ledger.write(
        lambda tx: [
            pairing.grant(tx, ACCOUNT, ANNS, "operator", NOON),
            pairing.grant(tx, ACCOUNT, ANNS, "somebody", later),
        ]
    )

    assert grants[0] == grants[1]
    assert len(await ledger.read(lambda tx: pairing.grants(tx, ACCOUNT))) == 1
    assert await ledger.read(lambda tx: pairing.grants(tx, WORK)) == []
