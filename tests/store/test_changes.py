"""News of commits: who listens is told what was changed, and nothing else."""

from __future__ import annotations

import asyncio

from tests.making import ACCOUNT, NOON, inbound
from tests.store.keeping import SESSION, keep

from openclaw.domain.ids import AgentId, RowId
from openclaw.store import Ledger, accounts, messages, sessions
from openclaw.store.changes import EVERYTHING, TOPICS, Changes
from openclaw.store.schema import metadata

LIMIT_S = 10


async def test_a_commit_is_told_in_its_parts(ledger: Ledger) -> None:
    """Each part that a transaction changed has a name outside the store (issue: live)."""
    with ledger.changes.listen() as listener:
        await ledger.write(lambda tx: keep(tx, inbound(1, "hi")))
        await ledger.write(lambda tx: sessions.start(tx, SESSION, AgentId("main"), NOON))
        async with asyncio.timeout(LIMIT_S):
            told = await listener.changed()
            while "sessions" not in told:
                told |= await listener.changed()
    assert told == {"messages", "sessions"}


async def test_looks_and_empty_changes_are_not_told(ledger: Ledger) -> None:
    """A page that reads must not be told that something changed, or it would read for ever."""
    with ledger.changes.listen() as listener:
        await ledger.write(lambda tx: messages.latest(tx, 5))
        await ledger.read(lambda tx: messages.latest(tx, 5))
        await ledger.write(lambda tx: accounts.advance(tx, ACCOUNT, RowId(7)))
        await ledger.write(lambda tx: accounts.begin(tx, ACCOUNT, RowId(7), NOON))
        async with asyncio.timeout(LIMIT_S):
            assert await listener.changed() == {"accounts"}


async def test_what_is_outside_the_ledger_can_be_announced() -> None:
    """The state of an account is in memory, and the page shows it (issue: accounts)."""
    changes = Changes()
    with changes.listen() as one, changes.listen() as other:
        changes.announce({"accounts"})
        changes.announce(())
        async with asyncio.timeout(LIMIT_S):
            assert await one.changed() == await other.changed() == {"accounts"}


def test_every_topic_belongs_to_a_table() -> None:
    """A table that is renamed must not fall silent."""
    assert set(TOPICS) <= set(metadata.tables)
    assert set(TOPICS.values()) == EVERYTHING


async def test_nobody_is_told_after_the_end(ledger: Ledger) -> None:
    """A window that is gone costs nothing more."""
    with ledger.changes.listen() as listener:
        pass
    await ledger.write(lambda tx: keep(tx, inbound(1, "hi")))
    assert not listener._topics  # pyright: ignore[reportPrivateUsage]
