"""Looks into the history of the simulated Mac."""

from __future__ import annotations

from pathlib import Path

from tests.imessage.phones import Account, simulated

from openclaw.domain.ids import AccountId, MessageGuid
from openclaw.imessage.command import command_of
from openclaw.imessage.connection import open_imsg
from openclaw.imessage.lookup import find_guid
from openclaw.simulator.phone import say

ANN, BOB = "+15550100001", "+15550100002"
DEFAULT = AccountId("default")


async def test_a_row_is_found_by_its_guid_in_whatever_chat_it_is(tmp_path: Path) -> None:
    """imsg finds nothing by guid, so the liveliest chats are looked through (imsg contract 1.5)."""
    cli, db = simulated(tmp_path)
    said = [say(db, who, text) for who, text in ((ANN, "one"), (BOB, "two"), (ANN, "three"))]

    async with open_imsg(command_of(Account(cli, db))) as peer:
        for each in said:
            found = await find_guid(peer, DEFAULT, MessageGuid(each.guid))
            assert found is not None
            assert found.row_id == each.row_id
        assert await find_guid(peer, DEFAULT, MessageGuid("nobody")) is None
        # Only so many chats are looked through: Bob's is not the liveliest.
        assert await find_guid(peer, DEFAULT, MessageGuid(said[1].guid), chats=1) is None
