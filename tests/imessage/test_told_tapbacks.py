"""Tapbacks as rows of the watch: only where they are wanted and known, and without disturbing what rows are for."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.imessage.phones import Account, connected, simulated
from tests.making import ANN

from openclaw.simulator.phone import say, tapback


@pytest.mark.parametrize(
    ("release", "wanted", "are_told"),
    [
        ("0.3.0", "all", False),
        ("0.5.0", "own", True),
        ("0.9.0", "own", True),
        ("0.9.0", "off", False),
        ("0.14.0", "all", True),
    ],
)
async def test_they_are_told_where_wanted_and_known(
    tmp_path: Path, release: str, wanted: str, are_told: bool
) -> None:
    """``include_reactions`` since 0.5 (imsg contract 1.5); each release takes what it is asked, 0.14 nothing else."""
    cli, db = simulated(tmp_path, release)
    async with connected(Account(cli, db, reaction_notifications=wanted)) as (_, inbox, _):
        said = say(db, ANN, "hello")
        tapback(db, ANN, said.guid, "emphasis")
        say(db, ANN, "more")
        rows = await inbox.rows_when(lambda kept: any(row.text == "more" for row in kept))
    told = [(row.text, row.reply_to_guid) for row in rows if row.is_reaction]
    assert told == ([("emphasize", said.guid)] if are_told else [])


@pytest.mark.parametrize("release", ["0.9.0", "0.14.0"])
async def test_what_was_given_while_nobody_listened_is_caught_up(tmp_path: Path, release: str) -> None:
    """By the subscription from the last row, or by pages (imsg contract 1.10)."""
    cli, db = simulated(tmp_path, release)
    account = Account(cli, db, reaction_notifications="own")
    async with connected(account) as (_, inbox, _):
        said = say(db, ANN, "hello")
        await inbox.rows_when(lambda kept: len(kept) == 1)
    tapback(db, ANN, said.guid, "love")
    tapback(db, ANN, said.guid, "love", remove=True)
    async with connected(account, inbox) as (_, inbox, _):
        rows = await inbox.rows_when(lambda kept: len(kept) == 3)
    assert [row.text for row in rows] == ["hello", "love", "remove-love"]
