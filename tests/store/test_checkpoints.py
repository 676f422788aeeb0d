"""Checkpoints: the story of one thing."""

from __future__ import annotations

from datetime import timedelta

from tests.making import NOON

from openclaw.store import Ledger, Tx
from openclaw.store.checkpoints import record, story


async def test_a_story_is_told_in_order_and_of_one_thing_only(ledger: Ledger) -> None:
    """One row for each step, with its reason and time, explains a fate (promise 4)."""

    def live(tx: Tx) -> None:
        record(tx, "message", [1, 2], "waiting", NOON, "dm-allowed")
        record(tx, "turn", [1], "running", NOON)
        record(tx, "message", [1], "answered", NOON + timedelta(seconds=3))

    await ledger.write(live)
    told = await ledger.read(lambda tx: story(tx, "message", 1))

    assert [(step.step, step.reason, step.at) for step in told] == [
        ("waiting", "dm-allowed", NOON),
        ("answered", "", NOON + timedelta(seconds=3)),
    ]
    assert {(step.subject, step.subject_id) for step in told} == {("message", 1)}


async def test_nothing_happened_to_nothing(ledger: Ledger) -> None:
    """A step of no thing leaves no row."""
    await ledger.write(lambda tx: record(tx, "message", [], "waiting", NOON))

    assert await ledger.read(lambda tx: story(tx, "message", 1)) == []
