"""The database under the phone is replaced or restored, against the simulated Mac."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.imessage.phones import Account, MemoryInbox, connected, scripted, simulated, starts

from openclaw.domain.chats import ChatRef
from openclaw.domain.databases import AnotherDatabase, RestoredDatabase
from openclaw.domain.delivery import OutboundMessage, Sent
from openclaw.domain.health import AccountState
from openclaw.domain.ids import AccountId, ChatRowId, RowId
from openclaw.imessage.phone import Timing
from openclaw.simulator.disk import replace_database, restore, snapshot
from openclaw.simulator.phone import say
from openclaw.supervision import Backoff

ANN, BOB = "+15550100001", "+15550100002"
WATCHFUL = Timing(
    truth_interval=0.2, second_look=0.2, reader_idle=0.1, reader_age=0.15, backoff=Backoff(first=0.05)
)


@pytest.mark.parametrize("release", ["0.5.0", "0.9.0", "0.14.0"])
async def test_another_database_is_noticed_while_it_runs_and_nothing_old_is_told(
    tmp_path: Path, release: str
) -> None:
    """imsg keeps the old file open for ever; only a new child sees the new one (imsg contract 5.2)."""
    cli, db = simulated(tmp_path, release)

    async with connected(Account(cli, db), timing=WATCHFUL) as (phone, inbox, diary):
        say(db, ANN, "before")
        await inbox.texts(1)
        replace_database(db)
        say(db, BOB, "old here")
        warned = await diary.reaches(AccountState.DEGRADED)
        assert "confirm-database" in warned.cause
        assert inbox.moves == [AnotherDatabase(RowId(1), inbox.moves[0].why)]  # type: ignore[union-attr]
        await diary.when(lambda _: phone.is_live)
        said = say(db, BOB, "new")
        assert await inbox.texts(2) == ["before", "new"]
        # The number that Ann had is Bob's now, and hers is nowhere.
        lost = await phone.send(
            OutboundMessage(AccountId("default"), ChatRef(ChatRowId(1), f"any;-;{ANN}"), "x")
        )
        kept = await phone.send(
            OutboundMessage(AccountId("default"), ChatRef(ChatRowId(1), said.chat_guid), "y")
        )
        assert (isinstance(lost, Sent), isinstance(kept, Sent)) == (False, True)


async def test_another_database_is_noticed_at_the_start(tmp_path: Path) -> None:
    """It was replaced while nobody ran: the first thing a watch does is to look."""
    cli, db = simulated(tmp_path)
    async with connected(Account(cli, db)) as (_, inbox, _):
        say(db, ANN, "before")
        await inbox.texts(1)
    replace_database(db)
    say(db, BOB, "old here")

    async with connected(Account(cli, db), inbox, start=AccountState.DEGRADED) as (_, _, _):
        say(db, BOB, "new")
        assert await inbox.texts(2) == ["before", "new"]


async def test_a_restored_copy_goes_on_and_loses_no_row_whose_number_was_used(tmp_path: Path) -> None:
    """Its new rows lie below the cursor; those already heard are not taken for new (imsg contract 5.3)."""
    cli, db = simulated(tmp_path)
    async with connected(Account(cli, db)) as (_, inbox, _):
        say(db, ANN, "one")
        await inbox.texts(1)
        copy = snapshot(db, tmp_path / "copy.db")
        for number in range(5):
            say(db, ANN, f"lost {number}")
        await inbox.texts(6)
    restore(db, copy)

    async with connected(Account(cli, db), inbox) as (_, _, diary):
        say(db, ANN, "two")
        assert (await inbox.texts(7))[6] == "two"
        assert inbox.moves == [RestoredDatabase(RowId(1))]
        assert AccountState.DEGRADED not in [health.state for health in diary.entries]


async def test_a_row_that_no_watch_ever_tells_restarts_it_once_and_is_kept(tmp_path: Path) -> None:
    """A restart for each look would deafen the account; the row must not be lost either."""
    row = "{'id': 9, 'guid': 'G9', 'chat_id': 1, 'chat_guid': ANN, 'text': 'hidden'}"
    cli = scripted(
        tmp_path,
        "for request in requests():\n"
        f"    if request['method'] == 'messages.history': answer(request, {{'messages': [{row}]}})\n"
        "    else: ordinary(request)",
    )

    async with connected(Account(cli), MemoryInbox(cursor=7), WATCHFUL_QUICK) as (phone, inbox, diary):
        assert await inbox.texts(1) == ["hidden"]
        await diary.when(lambda _: phone.is_live)
        deaf = [health for health in diary.entries if health.state is AccountState.DEAF]
        # A slow phone may still have rows before it, and the child may die before they are told.
        assert await inbox.cursor() == 7

    assert len({health.since for health in deaf}) == 1
    assert starts(tmp_path) >= 2


async def test_a_row_that_the_watch_went_past_is_kept_by_the_next_look(tmp_path: Path) -> None:
    """Above where this child began and never told: it is in the history, and nowhere in the ledger."""
    rows = ", ".join(
        f"{{'id': {n}, 'guid': 'G{n}', 'chat_id': 1, 'chat_guid': ANN, 'text': '{n}'}}" for n in (9, 8, 7)
    )
    cli = scripted(
        tmp_path,
        "for request in requests():\n"
        f"    if request['method'] == 'messages.history': answer(request, {{'messages': [{rows}]}})\n"
        "    elif request['method'] == 'watch.subscribe':\n"
        "        ordinary(request)\n        tell(9, guid='G9')\n"
        "    else: ordinary(request)",
    )

    async with connected(Account(cli), MemoryInbox(cursor=7), WATCHFUL) as (_, inbox, _):
        assert await inbox.texts(2) == ["9", "8"]


WATCHFUL_QUICK = Timing(truth_interval=0.1, second_look=0.1, backoff=Backoff(first=0.05))
