"""A message that is not in the ledger, looked for on the phones: what follows from where it is."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.making import ACCOUNT, NOON, inbound

from openclaw.control.client import ask
from openclaw.control.searching import Reading, Sighting, readings, search, search_shape
from openclaw.control.server import open_control
from openclaw.domain.ids import AccountId, MessageGuid, RowId
from openclaw.domain.messages import InboundMessage
from openclaw.errors import PhoneUnusable
from openclaw.store import Ledger, accounts

from .conftest import TOKEN, Running

GUID = MessageGuid("guid-5")


@pytest.mark.parametrize(
    ("sighting", "reading", "says"),
    [
        (Sighting(inbound(5, "x")), Reading(RowId(4), NOON), "has not reported it yet"),
        (
            Sighting(inbound(5, "x")),
            Reading(RowId(9), NOON + timedelta(hours=1)),
            "before the gateway first started",
        ),
        (Sighting(inbound(5, "x")), Reading(RowId(9), NOON - timedelta(hours=1)), "never reported it"),
        (Sighting(inbound(5, "x")), Reading(None, None), "has not begun on this account"),
        (Sighting(inbound(5, "x")), None, "has not begun on this account"),
        (Sighting(None), Reading(RowId(4), NOON), "does not have it"),
        (Sighting(None, "it is off"), Reading(RowId(4), NOON), "could not be asked: it is off"),
    ],
)
def test_where_a_row_is_tells_why_it_never_came(
    sighting: Sighting, reading: Reading | None, says: str
) -> None:
    """Older than the start, not reported yet, or not there (issue: explain)."""
    shape: Any = search_shape(GUID, {ACCOUNT: sighting}, {ACCOUNT: reading} if reading else {})
    assert says in shape["accounts"][0]["says"]
    assert shape["found"] is (sighting.row is not None)


async def test_one_phone_that_fails_hides_no_other(ledger: Ledger) -> None:
    """All are asked at once; a cause is told and not raised."""
    other = AccountId("other")

    async def find(account: AccountId, guid: MessageGuid) -> InboundMessage | None:
        await asyncio.sleep(0)
        if account == other:
            raise PhoneUnusable("not-responding", "it is off", "switch it on")
        return inbound(5, "x") if guid == GUID else None

    found = await search(find, [ACCOUNT, other], GUID)
    assert found[ACCOUNT].row is not None
    assert "it is off" in found[other].cause


async def test_how_far_an_account_was_read_is_in_the_ledger(ledger: Ledger) -> None:
    """Its cursor, and when it began."""
    await ledger.write(lambda tx: accounts.begin(tx, ACCOUNT, RowId(3), NOON))
    known = await ledger.read(lambda tx: readings(tx, [ACCOUNT, AccountId("new")]))
    assert known == {ACCOUNT: Reading(RowId(3), NOON), AccountId("new"): Reading(None, None)}


async def test_the_gateway_asks_its_phones(running: Running, tmp_path: Path) -> None:
    """Over HTTP: macOS may let the gateway read what it refuses a command."""

    async def find(_account: AccountId, guid: MessageGuid) -> InboundMessage | None:
        return inbound(5, "x") if guid == GUID else None

    surface = replace(running.surface(), find=find)
    async with open_control(surface, port=0, token=TOKEN, state_dir=tmp_path) as address:
        found = await asyncio.to_thread(ask, address, "/api/explain/search", {"guid": GUID}, [TOKEN])
        other = await asyncio.to_thread(ask, address, "/api/explain/search", {"guid": "another"}, [TOKEN])
    assert (found["found"], found["accounts"][0]["rowId"]) == (True, 5)
    assert other["found"] is False
