"""Rehearsing."""

from __future__ import annotations

import pytest
from tests.making import ACCOUNT, ANN, NOON

from openclaw.domain.handles import Handle
from openclaw.store import Ledger, Tx, pairing
from openclaw.store.rehearsal import rehearsal


async def test_what_is_rehearsed_is_answered_and_gone(ledger: Ledger) -> None:
    """What was written before it stays."""

    def work(tx: Tx) -> int:
        pairing.grant(tx, ACCOUNT, Handle(ANN), "operator", NOON)
        with rehearsal(tx):
            pairing.revoke(tx, Handle(ANN))
            return len(pairing.grants(tx))

    assert await ledger.write(work) == 0
    assert len(await ledger.read(pairing.grants)) == 1


async def test_a_rehearsal_that_fails_leaves_nothing_either(ledger: Ledger) -> None:
    """Its error goes on, and the transaction could."""

    def work(tx: Tx) -> int:
        with pytest.raises(ZeroDivisionError):
            _fail(tx)
        return len(pairing.grants(tx))

    assert await ledger.write(work) == 0


def _fail(tx: Tx) -> None:
    with rehearsal(tx):
        pairing.grant(tx, ACCOUNT, Handle(ANN), "operator", NOON)
        raise ZeroDivisionError
