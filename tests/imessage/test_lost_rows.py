"""Rows that the watch goes past, with a real ledger beside the simulated Mac."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from tests.imessage.phones import Account, MemoryInbox, behave, connected, simulated
from tests.making import NOON

from openclaw.domain.databases import KnownDatabase
from openclaw.domain.ids import AccountId, RowId
from openclaw.domain.messages import InboundMessage
from openclaw.imessage.phone import Timing
from openclaw.simulator.phone import say
from openclaw.store import Ledger, accounts, databases, gaps, messages
from openclaw.supervision import Backoff

ANN, BOB = "+15550100001", "+15550100002"
LINK = "https://example.com"
BALLOON = "com.apple.messages.URLBalloonProvider"
ACCOUNT = AccountId("default")
DROP: dict[str, object] = {"kind": "drop", "text": "gone"}
WATCHFUL = Timing(truth_interval=0.2, second_look=0.1, reader_idle=60, backoff=Backoff(first=0.05))
# The looks of this one never come.
BLIND = Timing(truth_interval=600, backoff=Backoff(first=0.05))


class LedgerInbox(MemoryInbox):
    """Keeps rows on disk; ``rows`` are those that were new."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self._ledger = ledger

    async def cursor(self) -> RowId | None:
        return await self._ledger.write(lambda tx: accounts.cursor(tx, ACCOUNT))

    async def known(self) -> KnownDatabase | None:
        return await self._ledger.write(lambda tx: databases.known(tx, ACCOUNT))

    async def begin(self, cursor: RowId, written_at: datetime | None) -> None:
        await self._ledger.write(lambda tx: accounts.begin(tx, ACCOUNT, cursor, NOON, written_at))

    async def assured(self) -> RowId:
        return await self._ledger.write(lambda tx: gaps.assured(tx, ACCOUNT))

    async def prove(self, row: RowId) -> None:
        await self._ledger.write(lambda tx: gaps.prove(tx, ACCOUNT, row))

    async def unkept(self, rows: Sequence[InboundMessage]) -> list[InboundMessage]:
        return await self._ledger.write(lambda tx: gaps.unkept(tx, ACCOUNT, rows))

    async def receive(self, batch: Sequence[InboundMessage]) -> None:
        await self._keep(batch)
        newest = max(row.row_id for row in batch)
        await self._ledger.write(lambda tx: accounts.advance(tx, ACCOUNT, newest))

    async def keep(self, rows: Sequence[InboundMessage]) -> None:
        await self._keep(rows)

    async def _keep(self, rows: Sequence[InboundMessage]) -> None:
        new = await self._ledger.write(
            lambda tx: messages.load(tx, messages.receive(tx, rows, NOON)),
        )
        self.rows += [kept.message for kept in new]
        self._stirred.set()


@pytest.mark.parametrize("release", ["0.5.0", "0.9.0", "0.14.0"])
async def test_rows_passed_over_before_a_restart_are_found_once_and_nothing_older(
    tmp_path: Path, ledger: Ledger, release: str
) -> None:
    """Also the very first row after an account's first start (promise 3)."""
    cli, db = simulated(tmp_path, release)
    for person in (ANN, BOB):
        say(db, person, "old gone")
    behave(db, DROP)
    async with connected(Account(cli, db), LedgerInbox(ledger), BLIND) as (_, inbox, _):
        for text in ("gone 1", "gone 2", "told 1"):
            say(db, ANN, text)
        say(db, BOB, "gone 3")
        say(db, ANN, "told 2")
        assert await inbox.texts(2) == ["told 1", "told 2"]

    async with connected(Account(cli, db), LedgerInbox(ledger), WATCHFUL) as (_, inbox, _):
        assert await inbox.texts(3) == ["gone 1", "gone 2", "gone 3"]
        say(db, BOB, "gone 4")
        say(db, ANN, "told 3")
        assert (await inbox.texts(5))[3:] in (["told 3", "gone 4"], ["gone 4", "told 3"])


async def test_the_second_row_of_a_link_is_never_taken_for_a_lost_one(tmp_path: Path, ledger: Ledger) -> None:
    """The watch swallows it, the history shows it (imsg contract 3.8), also after a restart."""
    cli, db = simulated(tmp_path, "0.9.0")
    say(db, BOB, "before")
    behave(db, DROP)
    async with connected(Account(cli, db), LedgerInbox(ledger), BLIND):
        pass
    for _ in range(2):
        link = say(db, ANN, LINK)
        with closing(sqlite3.connect(db)) as mac, mac:
            mac.execute("UPDATE message SET balloon_bundle_id = ? WHERE ROWID = ?", (BALLOON, link.row_id))

    async with connected(Account(cli, db), LedgerInbox(ledger), WATCHFUL) as (_, inbox, _):
        say(db, BOB, "gone 1")
        say(db, ANN, "told")
        assert sorted(await inbox.texts(3)) == ["gone 1", LINK, "told"]
    async with connected(Account(cli, db), LedgerInbox(ledger), WATCHFUL) as (_, inbox, _):
        say(db, BOB, "gone 2")
        say(db, ANN, "told again")
        assert sorted(await inbox.texts(2)) == ["gone 2", "told again"]
