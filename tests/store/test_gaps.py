"""Gaps: where to begin to look, and which rows of the history are missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from tests.making import ACCOUNT, NOON, inbound

from openclaw.domain.ids import MessageGuid, RowId
from openclaw.store import Ledger, Tx, accounts, databases, erasure, gaps, messages, schema

LINK = "https://example.com"


async def test_a_young_account_is_looked_at_from_its_start(ledger: Ledger) -> None:
    """Also when the first row that it ever kept is not the first one that came."""

    def work(tx: Tx) -> None:
        accounts.begin(tx, ACCOUNT, RowId(7), NOON)
        assert gaps.assured(tx, ACCOUNT) == 7
        messages.receive(tx, [inbound(number, "hi") for number in (9, 11)], NOON)
        assert gaps.assured(tx, ACCOUNT) == 7

    await ledger.write(work)


async def test_a_ledger_that_does_not_know_its_start_begins_at_its_oldest_row(ledger: Ledger) -> None:
    """Those before this release noted none; nothing from before their first row may be answered."""

    def work(tx: Tx) -> None:
        accounts.begin(tx, ACCOUNT, RowId(7), NOON)
        tx.execute(schema.checkpoint.delete())
        tx.execute(schema.account.update().values(proven=None))
        assert gaps.assured(tx, ACCOUNT) == 7
        messages.receive(tx, [inbound(number, "hi") for number in (9, 11)], NOON)
        assert gaps.assured(tx, ACCOUNT) == 9

    await ledger.write(work)


async def test_an_old_account_is_looked_at_from_its_300th_newest_row(ledger: Ledger) -> None:
    """What the first start of this release costs is bounded; what was proven is written down from then on."""

    def work(tx: Tx) -> None:
        accounts.begin(tx, ACCOUNT, RowId(7), NOON)
        tx.execute(schema.account.update().values(proven=None))
        messages.receive(tx, [inbound(number, "hi") for number in range(8, 1008)], NOON)
        assert gaps.assured(tx, ACCOUNT) == 708
        gaps.prove(tx, ACCOUNT, RowId(900))
        gaps.prove(tx, ACCOUNT, RowId(800))
        assert gaps.assured(tx, ACCOUNT) == 900

    await ledger.write(work)


async def test_another_database_is_looked_at_from_where_it_took_over(ledger: Ledger) -> None:
    """The numbers of the one before say nothing; those of an older copy count up to where it goes on."""

    def work(tx: Tx) -> None:
        accounts.begin(tx, ACCOUNT, RowId(7), NOON)
        messages.receive(tx, [inbound(number, "hi") for number in range(8, 400)], NOON)
        databases.restored(tx, ACCOUNT, RowId(300), NOON + timedelta(hours=1))
        assert gaps.assured(tx, ACCOUNT) == 7
        gaps.prove(tx, ACCOUNT, RowId(350))
        databases.restored(tx, ACCOUNT, RowId(300), NOON + timedelta(hours=1))
        assert gaps.assured(tx, ACCOUNT) == 300
        databases.replaced(tx, ACCOUNT, RowId(60), [], NOON + timedelta(hours=2))
        assert gaps.assured(tx, ACCOUNT) == 60

    await ledger.write(work)


async def test_only_rows_that_never_came_are_missing_each_once_and_in_order(ledger: Ledger) -> None:
    """A row that is in two chats is shown twice (imsg contract 3.4); one without a guid cannot be known."""

    def work(tx: Tx) -> None:
        row = inbound(3, "ok")
        messages.receive(tx, [row], NOON)
        lost = [replace(inbound(n, "ok"), guid=MessageGuid(f"L{n}")) for n in (6, 5)]
        nameless = replace(inbound(9, "ok"), guid=MessageGuid(""))
        assert gaps.unkept(tx, ACCOUNT, [row, *lost, *lost, nameless]) == [lost[1], lost[0]]

    await ledger.write(work)


@pytest.mark.parametrize("is_erased", [False, True])
async def test_the_second_row_of_a_link_is_not_missing(ledger: Ledger, is_erased: bool) -> None:
    """The watch swallows it, the history shows it (imsg contract 3.8); it would be a second turn."""

    def work(tx: Tx) -> None:
        first = replace(inbound(3, LINK), guid=MessageGuid("first"))
        second = replace(
            first, row_id=RowId(4), guid=MessageGuid("second"), sent_at=first.sent_at + timedelta(seconds=2)
        )
        assert gaps.unkept(tx, ACCOUNT, [second, first]) == [first], "one of two that never came"
        messages.receive(tx, [first], NOON)
        if is_erased:
            tx.execute(update(schema.message).values(erasure.MESSAGE))
        assert gaps.unkept(tx, ACCOUNT, [second, first]) == []
        later = replace(second, sent_at=first.sent_at + timedelta(seconds=91))
        assert gaps.unkept(tx, ACCOUNT, [later]) == [later], "said again"

    await ledger.write(work)


async def test_words_said_twice_are_no_link(ledger: Ledger) -> None:
    """Only a text with an address in it has a second row."""

    def work(tx: Tx) -> None:
        first = replace(inbound(3, "yes"), guid=MessageGuid("first"))
        second = replace(first, row_id=RowId(4), guid=MessageGuid("second"))
        messages.receive(tx, [first], NOON)
        assert gaps.unkept(tx, ACCOUNT, [second]) == [second]

    await ledger.write(work)
