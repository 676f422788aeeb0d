"""Putting a copy back: nothing is answered twice or lost, and at every moment one whole ledger stands there."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from tests.making import ACCOUNT, NOON, inbound

from openclaw.domain.delivery import DeliveryState
from openclaw.domain.ids import RowId
from openclaw.domain.messages import MessageState
from openclaw.domain.turns import TurnState
from openclaw.errors import StoreUnreadable
from openclaw.store import (
    FILE_NAME,
    Ledger,
    Tx,
    accounts,
    databases,
    deliveries,
    messages,
    open_ledger,
    turns,
)
from openclaw.store.backup import back_up
from openclaw.store.restore import WHY, restore

from .keeping import keep, keep_admitted, say, state_of

LATER = NOON + timedelta(days=1)


def busy(tx: Tx) -> None:
    """A gateway in the middle of its work: one message of each kind, a turn that runs, a bubble that waits."""
    accounts.begin(tx, ACCOUNT, RowId(0), NOON)
    running = keep_admitted(tx, inbound(1, "being answered"))
    turns.create(tx, running, NOON)
    keep_admitted(tx, inbound(2, "waiting"))
    keep(tx, inbound(3, "just come"))
    say(tx, "an answer", cause_id=99)
    accounts.advance(tx, ACCOUNT, RowId(3))


async def copied(state: Path) -> Path:
    """A copy of a busy ledger in ``state``, which went on and answered everything afterwards."""
    async with open_ledger(state) as ledger:
        await ledger.write(busy)
        copy = back_up(state / FILE_NAME, state.parent / "copy.sqlite").path
        await ledger.write(lambda tx: keep(tx, inbound(4, "after the copy")))
        await ledger.write(lambda tx: accounts.advance(tx, ACCOUNT, RowId(4)))
    return copy


def states(tx: Tx) -> dict[int, str]:
    """What became of each message, by its row."""
    return {one.message.row_id: one.state for one in messages.latest(tx, 100)}


async def test_accounts_begin_anew_so_that_nothing_is_answered_twice(tmp_path: Path) -> None:
    """The copy's cursor is behind what was answered since: the watch begins at the newest row instead."""
    copy = await copied(tmp_path / "state")

    done = await restore(copy, tmp_path / "state", LATER, answer_missed=False)

    assert done.withheld.accounts == (ACCOUNT,)
    async with open_ledger(tmp_path / "state") as ledger:
        assert await ledger.read(lambda tx: accounts.cursor(tx, ACCOUNT)) is None
        await ledger.write(lambda tx: accounts.begin(tx, ACCOUNT, RowId(50), LATER))
        await ledger.write(lambda tx: accounts.begin(tx, ACCOUNT, RowId(60), LATER))
        assert await ledger.read(lambda tx: accounts.cursor(tx, ACCOUNT)) == 50


async def test_chat_numbers_are_not_trusted_until_they_are_confirmed(tmp_path: Path) -> None:
    """A copy may be put back beside another Mac: what is keyed by a chat's number may mean another group there."""
    copy = await copied(tmp_path / "state")

    await restore(copy, tmp_path / "state", LATER, answer_missed=False)

    async with open_ledger(tmp_path / "state") as ledger:
        assert await ledger.read(databases.unproven) == {ACCOUNT}


async def test_what_the_copy_had_under_way_waits_for_a_person(tmp_path: Path) -> None:
    """It may have been answered since: visible, with the reason, and on the operator's word it goes on."""
    copy = await copied(tmp_path / "state")

    done = await restore(copy, tmp_path / "state", LATER, answer_missed=False)

    assert (done.withheld.messages, done.withheld.turns, done.withheld.deliveries) == (2, 1, 1)
    async with open_ledger(tmp_path / "state") as ledger:
        assert await ledger.read(states) == {
            1: MessageState.FAILED,
            2: MessageState.HELD,
            3: MessageState.HELD,
        }
        assert [one.state for one in await ledger.read(lambda tx: turns.records(tx, [], 9))] == [
            TurnState.INTERRUPTED
        ]
        bubble = await ledger.read(lambda tx: deliveries.find(tx, 1))
        assert bubble is not None
        assert (bubble.state, bubble.reason) == (DeliveryState.PARKED, WHY)


async def test_a_released_message_has_its_text_still(tmp_path: Path) -> None:
    """Waiting for a decision loses nothing (promise 3)."""
    copy = await copied(tmp_path / "state")
    await restore(copy, tmp_path / "state", LATER, answer_missed=False)

    async with open_ledger(tmp_path / "state") as ledger:
        held = await ledger.read(lambda tx: messages.in_state(tx, MessageState.HELD))
        await ledger.write(lambda tx: messages.release(tx, [held[0].id], LATER))

        assert held[0].message.text == "waiting"
        assert await ledger.read(lambda tx: state_of(tx, held[0].id)) == MessageState.RECEIVED


async def test_on_request_everything_goes_on_where_the_copy_stops(tmp_path: Path) -> None:
    """For a move to another machine, where no gateway answered since: `--answer-missed`."""
    copy = await copied(tmp_path / "state")

    done = await restore(copy, tmp_path / "state", LATER, answer_missed=True)

    assert done.withheld.accounts == ()
    async with open_ledger(tmp_path / "state") as ledger:
        assert await ledger.read(lambda tx: accounts.cursor(tx, ACCOUNT)) == 3
        assert (await ledger.read(states))[2] == MessageState.WAITING


async def test_the_ledger_that_stood_there_is_kept(tmp_path: Path) -> None:
    """A wrong copy can be taken back: by restoring what was replaced."""
    copy = await copied(tmp_path / "state")

    done = await restore(copy, tmp_path / "state", LATER, answer_missed=False)

    assert done.replaced is not None
    assert done.replaced.parent.parent == tmp_path / "state" / "backups"
    await restore(done.replaced, tmp_path / "state", LATER + timedelta(hours=1), answer_missed=True)
    async with open_ledger(tmp_path / "state") as ledger:
        assert 4 in await ledger.read(states)


async def test_a_damaged_ledger_is_replaced_and_kept_with_its_log(tmp_path: Path) -> None:
    """That is what a copy is for; the old log must not be taken for the restored file's own."""
    copy = await copied(tmp_path / "state")
    path, log = tmp_path / "state" / FILE_NAME, tmp_path / "state" / f"{FILE_NAME}-wal"
    path.write_bytes(b"\xff" * 8192)
    log.write_bytes(b"\xff" * 4096)

    done = await restore(copy, tmp_path / "state", LATER, answer_missed=False)

    assert done.replaced is not None
    assert done.replaced.read_bytes() == b"\xff" * 8192
    assert done.replaced.with_name(log.name).read_bytes() == b"\xff" * 4096
    async with open_ledger(tmp_path / "state") as ledger:
        assert set(await ledger.read(states)) == {1, 2, 3}


async def test_a_copy_that_cannot_be_used_changes_nothing(tmp_path: Path) -> None:
    """Checked first, put in place last (nothing half written)."""
    await copied(tmp_path / "state")
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"no ledger" * 1000)
    before = (tmp_path / "state" / FILE_NAME).read_bytes()

    with pytest.raises(StoreUnreadable, match=r"broken\.sqlite"):
        await restore(broken, tmp_path / "state", LATER, answer_missed=False)

    assert (tmp_path / "state" / FILE_NAME).read_bytes() == before
    assert "backups" not in os.listdir(tmp_path / "state")


async def test_a_copy_is_put_where_there_was_none(tmp_path: Path) -> None:
    """A new machine, or a lost disk."""
    copy = await copied(tmp_path / "state")

    done = await restore(copy, tmp_path / "new", LATER, answer_missed=False)

    assert done.replaced is None
    assert done.copy.rows["messages"] == 3
    assert [name for name in os.listdir(tmp_path / "new") if "restoring" in name] == []


async def test_an_account_that_began_stays_where_it_is(ledger: Ledger) -> None:
    """Only a restored copy begins anew (design section 5: the first run fixes the start)."""
    await ledger.write(lambda tx: accounts.begin(tx, ACCOUNT, RowId(7), NOON))
    await ledger.write(lambda tx: accounts.begin(tx, ACCOUNT, RowId(9), NOON))

    assert await ledger.read(lambda tx: accounts.cursor(tx, ACCOUNT)) == 7
