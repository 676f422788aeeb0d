"""Rows that the watch goes past are found in the history, against the simulated Mac."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.imessage.phones import Account, MemoryInbox, behave, connected, simulated
from tests.waiting import BOUND_S

from openclaw.domain.health import AccountState
from openclaw.domain.ids import AccountId, ChatRowId, RowId
from openclaw.imessage.phone import Timing
from openclaw.imessage.sweep import Sweep
from openclaw.imessage.versions import Version
from openclaw.simulator.phone import say
from openclaw.supervision import Backoff

ANN = "+15550100001"
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
DROP: dict[str, object] = {"kind": "drop", "text": "gone"}
WATCHFUL = Timing(truth_interval=0.2, second_look=0.1, reader_idle=60, backoff=Backoff(first=0.05))
# The looks of this one never come.
BLIND = Timing(truth_interval=600, backoff=Backoff(first=0.05))
RELEASES = pytest.mark.parametrize("release", ["0.5.0", "0.9.0", "0.14.0"])


def person(number: int) -> str:
    """The handle of one of many."""
    return f"+155501{number:05}"


def all_told(inbox: MemoryInbox) -> Counter[str]:
    """How often each text was kept."""
    return Counter(row.text for row in inbox.rows)


@RELEASES
async def test_a_run_of_rows_in_one_chat_is_found_whole(tmp_path: Path, release: str) -> None:
    """However many went by between two that were told (promise 3)."""
    cli, db = simulated(tmp_path, release)
    async with connected(Account(cli, db), MemoryInbox(cursor=0), WATCHFUL) as (_, inbox, _):
        behave(db, DROP)
        said = ["here", *(f"gone {number}" for number in range(40)), "back"]
        for text in said:
            say(db, ANN, text)
        await inbox.rows_when(lambda rows: {row.text for row in rows} == set(said))
    assert all_told(inbox) == Counter(said)
    late = [row.row_id for row in inbox.rows if row.text.startswith("gone")]
    assert late == sorted(late)


@RELEASES
async def test_rows_in_many_chats_are_found(tmp_path: Path, release: str) -> None:
    """Also in chats that are not among the liveliest few."""
    cli, db = simulated(tmp_path, release)
    async with connected(Account(cli, db), MemoryInbox(cursor=0), WATCHFUL) as (_, inbox, _):
        behave(db, DROP)
        for number in range(15):
            say(db, person(number), f"gone {number}")
        say(db, ANN, "told")
        await inbox.rows_when(lambda rows: len({row.text for row in rows}) == 16)
    assert set(all_told(inbox).values()) == {1}


@RELEASES
async def test_what_a_watch_went_past_is_found_after_its_death(tmp_path: Path, release: str) -> None:
    """The next child begins behind it and would never tell it."""
    cli, db = simulated(tmp_path, release)
    patient = Timing(truth_interval=1.5, second_look=0.1, backoff=Backoff(first=0.05))
    async with connected(Account(cli, db), MemoryInbox(cursor=0), patient) as (_, inbox, diary):
        behave(db, DROP)
        say(db, ANN, "gone")
        say(db, ANN, "told")
        await inbox.rows_when(lambda rows: any(row.text == "told" for row in rows))
        behave(db, {"kind": "exit", "afterLines": 0})
        await diary.reaches(AccountState.BACKING_OFF)
        behave(db)
        await inbox.rows_when(lambda rows: {row.text for row in rows} == {"gone", "told"})


@RELEASES
async def test_what_a_watch_went_past_is_found_after_the_gateways_restart(
    tmp_path: Path, release: str
) -> None:
    """The first look of a new gateway begins at a row that is known to be safe, and not at the cursor."""
    cli, db = simulated(tmp_path, release)
    behave(db, DROP)
    async with connected(Account(cli, db), MemoryInbox(cursor=0), BLIND) as (_, inbox, _):
        for number in range(8):
            say(db, person(number), "gone")
            say(db, person(number), "told")
        await inbox.texts(8)
    async with connected(Account(cli, db), inbox, WATCHFUL) as (_, inbox, _):
        await inbox.rows_when(lambda rows: len(rows) >= 16)
    assert all_told(inbox) == {"gone": 8, "told": 8}


@RELEASES
async def test_what_was_compared_is_proven_for_the_next_start(tmp_path: Path, release: str) -> None:
    """Restarts however frequent put nothing out of reach: the row to begin at moves with finished looks only."""
    cli, db = simulated(tmp_path, release)
    async with connected(Account(cli, db), MemoryInbox(cursor=0), WATCHFUL) as (_, inbox, _):
        last = [say(db, person(number), "told") for number in range(5)][-1]
        await inbox.rows_when(lambda rows: len(rows) == 5)
        async with asyncio.timeout(BOUND_S):
            while await inbox.assured() < last.row_id:
                await inbox.proved.wait()
                inbox.proved.clear()
    assert await inbox.assured() == last.row_id


@RELEASES
async def test_nothing_from_before_the_start_is_taken_for_lost(tmp_path: Path, release: str) -> None:
    """A first start answers nothing that is there already, whatever the looks find."""
    cli, db = simulated(tmp_path, release)
    for number in range(6):
        say(db, person(number), "old")
    async with connected(Account(cli, db), timing=WATCHFUL) as (_, inbox, _):
        behave(db, DROP)
        for number in range(6):
            say(db, person(number), "gone")
        say(db, person(1), "told")
        await inbox.rows_when(lambda rows: len(rows) >= 7)
    assert all_told(inbox) == {"gone": 6, "told": 1}


class Imsg:
    """Answers from a list of rows as imsg would, and counts what it is asked."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.asked: list[tuple[str, int]] = []
        self.broken: set[int] = set()

    def hear(self, number: int, chat: int = 1) -> None:
        """Row ``number`` arrives in ``chat``."""
        guid = f"iMessage;-;{person(chat)}"
        self.rows.append({"id": number, "guid": f"G{number}", "chat_id": chat, "chat_guid": guid})

    def activity(self) -> dict[ChatRowId, datetime]:
        """The chats, the newest first."""
        last = {row["chat_id"]: row["id"] for row in self.rows}
        return {
            ChatRowId(chat): NOON + timedelta(seconds=row)
            for chat, row in sorted(last.items(), key=lambda item: -item[1])
        }

    async def request(self, method: str, params: dict[str, Any], timeout: float) -> Any:
        await asyncio.sleep(0)
        self.asked.append((method, params["limit"]))
        if method == "messages.after":
            rows = [row for row in self.rows if row["id"] > params["since_rowid"]]
            page = rows[: params["limit"]]
            reaches = page[-1]["id"] if page else params["since_rowid"]
            return {"messages": page, "next_rowid": reaches, "has_more": len(rows) > len(page)}
        rows = [row for row in self.rows if row["chat_id"] == params["chat_id"]]
        return {"messages": rows[::-1][: params["limit"]]}


OLD: Version = (0, 9, 0)
NEW: Version = (0, 14, 0)


async def found(sweep: Sweep, imsg: Imsg, version: Version, cursor: int) -> list[int]:
    """The rows of one look, settled, without repetition."""
    rows = await sweep.look(RowId(cursor), imsg.activity(), version)
    sweep.settle()
    return sorted({row.row_id for row in rows})


async def test_quiet_minutes_cost_nothing_on_an_old_imsg_and_one_page_on_a_new_one() -> None:
    """Each row of history costs imsg a scan of its table (imsg contract 1.7)."""
    for version, cost in ((OLD, 0), (NEW, 1)):
        imsg = Imsg()
        for number in range(1, 61):
            imsg.hear(number, chat=number % 20 + 1)
        sweep = Sweep(imsg, AccountId("default"), RowId(50), attachments=False)
        assert await found(sweep, imsg, version, 60) == list(range(51, 61))
        await found(sweep, imsg, version, 60)
        imsg.asked.clear()
        assert await found(sweep, imsg, version, 60) == []
        assert len(imsg.asked) == cost


async def test_one_lively_chat_costs_one_small_read() -> None:
    """And is read deeper only as far as its rows are new."""
    imsg = Imsg()
    for number in range(1, 101):
        imsg.hear(number)
    sweep = Sweep(imsg, AccountId("default"), RowId(100), attachments=False)
    await found(sweep, imsg, OLD, 100)
    imsg.asked.clear()
    imsg.hear(101)
    assert await found(sweep, imsg, OLD, 101) == [101]
    assert imsg.asked == [("messages.history", 3)]
    imsg.asked.clear()
    for number in range(102, 142):
        imsg.hear(number)
    assert await found(sweep, imsg, OLD, 141) == list(range(102, 142))
    assert [limit for _, limit in imsg.asked] == [3, 15, 60]


async def test_a_look_reads_a_bounded_number_of_rows_and_the_next_ones_the_rest() -> None:
    """Nothing is left out by the bound."""
    imsg = Imsg()
    for number in range(1, 1001):
        imsg.hear(number, chat=number % 40 + 1)
    sweep = Sweep(imsg, AccountId("default"), RowId(0), attachments=False)
    seen: set[int] = set()
    for _ in range(40):
        before = len(imsg.asked)
        seen |= set(await found(sweep, imsg, OLD, 1000))
        assert sum(limit for _, limit in imsg.asked[before:]) < 600
    assert seen == set(range(1, 1001))


async def test_rows_above_the_cursor_are_looked_at_again() -> None:
    """They are shown, and proven only once the cursor has passed them."""
    for version in (OLD, NEW):
        imsg = Imsg()
        imsg.hear(1)
        imsg.hear(2)
        sweep = Sweep(imsg, AccountId("default"), RowId(0), attachments=False)
        assert await found(sweep, imsg, version, 1) == [1, 2]
        assert 2 in await found(sweep, imsg, version, 2)


async def test_what_could_not_be_kept_is_found_again() -> None:
    """Only rows that were settled are proven."""
    for version in (OLD, NEW):
        imsg = Imsg()
        imsg.hear(1)
        sweep = Sweep(imsg, AccountId("default"), RowId(0), attachments=False)
        for _ in range(3):
            assert [row.row_id for row in await sweep.look(RowId(1), imsg.activity(), version)] == [1]
