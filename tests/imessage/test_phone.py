"""The whole phone edge against the simulated Mac."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from tests.imessage.phones import (
    BOUND,
    Account,
    HealthDiary,
    MemoryInbox,
    behave,
    connected,
    environment_children,
    scripted,
    simulated,
)

from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import NotSent, OutboundMessage, Sent, Unknown
from openclaw.domain.handles import Handle
from openclaw.domain.health import AccountState, ProbeCode
from openclaw.domain.ids import AccountId, ChatRowId, MessageGuid, RowId
from openclaw.imessage.phone import Timing, open_phone
from openclaw.simulator.phone import backlog, make_group, owner_types, say
from openclaw.supervision import Backoff

ANN = "+15550100001"


def to_chat(chat: ChatRef | None, text: str) -> OutboundMessage:
    """A reply into ``chat``."""
    assert chat is not None
    return OutboundMessage(AccountId("default"), chat, text)


async def test_a_first_run_starts_after_what_is_there_and_hears_what_comes(tmp_path: Path) -> None:
    """The start is fixed once and is never 0 (imsg contract 5.3); the reply goes into the same chat."""
    cli, db = simulated(tmp_path)
    old = say(db, ANN, "before")

    async with connected(Account(cli, db)) as (phone, inbox, _):
        assert inbox.began == old.row_id
        say(db, ANN, "hello")
        (row,) = await inbox.rows_when(lambda rows: len(rows) == 1)
        sent = await phone.send(to_chat(row.chat, "hi Ann"))
        assert isinstance(sent, Sent)
        own = (await inbox.rows_when(lambda rows: len(rows) == 2))[1]

    assert (row.text, row.sender, row.from_me) == ("hello", ANN, False)
    assert row.chat is not None
    assert row.chat.guid.endswith(ANN)
    assert (own.text, own.from_me, own.guid, own.row_id) == ("hi Ann", True, sent.guid, sent.row_id)


async def test_an_empty_phone_loses_not_even_its_first_row(tmp_path: Path) -> None:
    """``since_rowid: 0`` would mean "from now" at each start (imsg contract 8)."""
    cli, db = simulated(tmp_path)

    async with connected(Account(cli, db)) as (_, inbox, _):
        assert inbox.began == 0
    said = say(db, ANN, "the very first")
    async with connected(Account(cli, db), inbox) as (_, inbox, _):
        assert await inbox.texts(1) == ["the very first"]

    assert said.row_id == 1


@pytest.mark.parametrize("release", ["0.3.0", "0.5.0", "0.6.0", "0.8.1", "0.9.0", "0.14.0"])
async def test_every_release_is_understood(tmp_path: Path, release: str) -> None:
    """From the first release with rpc to the strict one that refuses unknown keys (imsg contract 1.10)."""
    cli, db = simulated(tmp_path, release)
    say(db, ANN, "before")

    async with connected(Account(cli, db)) as (phone, inbox, _):
        assert phone.health.version == release
        say(db, ANN, "hello")
        (row,) = await inbox.rows_when(lambda rows: len(rows) == 1)
        assert isinstance(await phone.send(to_chat(row.chat, "hi")), Sent)
        assert phone.health.sending == "worked"
        assert [chat.chat.row_id for chat in await phone.chats()] == [row.chat.row_id if row.chat else None]
        texts = [message.text for message in await phone.history(ChatRowId(1), 10)]
        assert texts == ["hi", "hello", "before"]


async def test_a_later_run_catches_up_from_the_cursor_without_waiting_for_polls(tmp_path: Path) -> None:
    """imsg reads 100 rows a poll and then waits; each full poll is followed by a new subscription (contract 5.1)."""
    cli, db = simulated(tmp_path, pollMs=600_000)
    for number in range(1, 351):
        say(db, ANN, f"n{number}")

    async with connected(Account(cli, db), MemoryInbox(cursor=40)) as (_, inbox, _):
        texts = await inbox.texts(310)

    assert texts == [f"n{number}" for number in range(41, 351)]
    assert inbox.began is None
    assert max(inbox.batches) <= 100


async def test_an_old_imsg_without_polls_gives_up_every_row_that_waited(tmp_path: Path) -> None:
    """0.3 reads 100 rows and then waits for a file event that may never come (imsg contract 5.1)."""
    cli, db = simulated(tmp_path, "0.3.0", pollMs=600_000)
    backlog(db, ANN, [f"n{number}" for number in range(1, 251)])

    async with connected(Account(cli, db), MemoryInbox(cursor=0)) as (_, inbox, _):
        assert await inbox.texts(250) == [f"n{number}" for number in range(1, 251)]


@pytest.mark.parametrize("release", ["0.5.0", "0.9.0", "0.14.0"])
async def test_thousands_of_rows_come_once_and_in_order(tmp_path: Path, release: str) -> None:
    """Promise 3: no limit of count, and never more than a few polls' worth in memory."""
    cli, db = simulated(tmp_path, release, pollMs=600_000)
    backlog(db, ANN, [str(number) for number in range(5000)])

    async with connected(Account(cli, db), MemoryInbox(cursor=0)) as (phone, inbox, diary):
        assert await inbox.texts(5000) == [str(number) for number in range(5000)]
        await diary.when(lambda health: health.state is AccountState.CONNECTED and not health.cause)
        assert phone.is_live
        assert max(inbox.batches) <= 1000


async def test_a_hung_send_does_not_deafen_the_watch(tmp_path: Path) -> None:
    """imsg serves one request at a time, so sending has a child of its own (design 5)."""
    cli, db = simulated(tmp_path)
    said = say(db, ANN, "hello")
    chat = ChatRef(ChatRowId(said.chat_id), said.chat_guid)

    async with connected(Account(cli, db, send_timeout_ms=1000)) as (phone, inbox, _):
        behave(db, {"kind": "hang-send"})
        hanging = asyncio.ensure_future(phone.send(to_chat(chat, "stuck")))
        say(db, ANN, "still there?")
        assert await inbox.texts(1) == ["still there?"]
        assert not hanging.done()
        assert isinstance(await hanging, Unknown), "nobody knows whether it left"
        behave(db)
        assert isinstance(await phone.send(to_chat(chat, "again")), Sent), "the hung child has been replaced"


async def test_a_reply_goes_to_the_chat_that_was_meant_or_nowhere(tmp_path: Path) -> None:
    """Chat numbers mean another conversation in another database (promise 1)."""
    cli, db = simulated(tmp_path)
    say(db, ANN, "hello")

    async with connected(Account(cli, db)) as (phone, _, _):
        wrong = await phone.send(to_chat(ChatRef(ChatRowId(1), "iMessage;-;+15550100099"), "psst"))
        absent = await phone.send(to_chat(ChatRef(ChatRowId(77), "iMessage;-;+15550100098"), "psst"))
        moved = await phone.send(to_chat(ChatRef(ChatRowId(77), f"iMessage;-;{ANN}"), "found"))
        renamed = await phone.send(to_chat(ChatRef(ChatRowId(1), f"any;-;{ANN}"), "fine"))
        texts = [message.text for message in await phone.history(ChatRowId(1), 10)]

    gone = "the phone's chat 1 is another conversation now, and the one meant is not there"
    assert wrong == NotSent(gone, final=True)
    assert absent == NotSent("the phone has no chat 77, and none of that name", final=True)
    assert isinstance(moved, Sent), "its number changed, its name did not"
    assert isinstance(renamed, Sent), "the service part of a guid may change"
    assert texts == ["fine", "found", "hello"]


async def test_what_was_said_lately_is_found_by_chat_by_new_number_and_by_person(tmp_path: Path) -> None:
    """What proves that a bubble left, or did not, is the history of its own conversation only (design 4)."""
    cli, db = simulated(tmp_path)
    group = make_group(db, "Family", [ANN, "ann@example.com"])
    say(db, ANN, "in the group", chat=group)
    said = say(db, ANN, "one")
    say(db, ANN, "two")
    chat = ChatRef(ChatRowId(said.chat_id), said.chat_guid)

    async with connected(Account(cli, db)) as (phone, _, _):
        assert phone.is_live
        for target in (
            chat,
            ChatRef(group, said.chat_guid),
            ChatRef(ChatRowId(77), f"any;-;{ANN}"),
            Handle(ANN),
        ):
            assert [row.text for row in await phone.recent(target, 5)] == ["two", "one"]
        assert [row.text for row in await phone.recent(chat, 1)] == ["two"]
        assert await phone.recent(ChatRef(group, "iMessage;-;+15550100099"), 5) == []
        assert await phone.recent(Handle("+15550100099"), 5) == []


async def test_a_row_is_read_again_by_its_guid_also_without_its_chat(tmp_path: Path) -> None:
    """A suspect row may have its text or its chat a moment later (design 5)."""
    cli, db = simulated(tmp_path)

    async with connected(Account(cli, db)) as (phone, inbox, _):
        say(db, ANN, "hello")
        (row,) = await inbox.rows_when(lambda rows: len(rows) == 1)
        assert await phone.reread(replace(row, text="")) == row
        assert await phone.reread(replace(row, chat=None, text="")) == row
        assert await phone.reread(replace(row, guid=MessageGuid(""))) == row
        assert await phone.reread(replace(row, guid=MessageGuid("another"))) is None


async def test_an_sms_conversation_stays_sms(tmp_path: Path) -> None:
    """By default imsg would send into it by iMessage (imsg contract 4.2, design ruling 11)."""
    cli, db = simulated(tmp_path)
    said = say(db, ANN, "green", service="SMS")

    async with connected(Account(cli, db)) as (phone, inbox, _):
        await phone.send(to_chat(ChatRef(ChatRowId(said.chat_id), said.chat_guid), "still green"))
        (own,) = await inbox.rows_when(lambda rows: len(rows) == 1)

    assert own.chat is not None
    assert (own.chat.row_id, own.chat.service) == (said.chat_id, "sms")


async def test_a_group_gets_its_reply(tmp_path: Path) -> None:
    """Groups are addressed by their number, their service is their own."""
    cli, db = simulated(tmp_path)
    group = make_group(db, "Family", [ANN, "ann@example.com"])

    async with connected(Account(cli, db)) as (phone, inbox, _):
        say(db, ANN, "all of you", chat=group)
        (row,) = await inbox.rows_when(lambda rows: len(rows) == 1)
        assert row.chat is not None
        assert row.chat.has_group_shape
        assert isinstance(await phone.send(to_chat(row.chat, "yes")), Sent)
        own = (await inbox.rows_when(lambda rows: len(rows) == 2))[1]

    assert own.chat == row.chat


async def test_a_person_can_be_written_to_first(tmp_path: Path) -> None:
    """A bare handle takes the account's service and region (design ruling 11)."""
    cli, db = simulated(tmp_path)

    async with connected(Account(cli, db, service="sms")) as (phone, inbox, _):
        await phone.send(OutboundMessage(AccountId("default"), Handle(ANN), "good morning"))
        (own,) = await inbox.rows_when(lambda rows: len(rows) == 1)

    assert own.chat is not None
    assert (own.chat.service, own.from_me) == ("sms", True)


async def test_missing_automation_permission_is_named(tmp_path: Path) -> None:
    """−1743 does not show in reading, so sending has a state of its own (demand F4)."""
    cli, db = simulated(tmp_path)
    said = say(db, ANN, "hello")

    async with connected(Account(cli, db)) as (phone, _, diary):
        behave(db, {"kind": "refuse-send"})
        result = await phone.send(to_chat(ChatRef(ChatRowId(said.chat_id), said.chat_guid), "hi"))
        assert isinstance(result, NotSent)
        assert phone.health.sending.startswith("refused: Automation permission")
        assert phone.health.state is AccountState.CONNECTED
        assert diary.entries[-1] == phone.health


@pytest.mark.parametrize("release", ["0.5.0", "0.7.0", "0.9.0", "0.14.0"])
async def test_a_missing_permission_is_told_with_its_fix_and_noticed_when_mended(
    tmp_path: Path, release: str
) -> None:
    """Every form of the banner (imsg contract 1.9); nobody has to restart anything."""
    cli, db = simulated(tmp_path, release)
    behave(db, {"kind": "permission-denied"})
    diary = HealthDiary()

    timing = Timing(backoff=Backoff(first=0.05))
    async with open_phone(Account(cli, db), MemoryInbox(), on_health=diary.note, timing=timing) as phone:
        denied = await diary.reaches(AccountState.NEEDS_PERMISSION)
        assert "Full Disk Access" in denied.cause
        assert denied.next_try is not None
        assert isinstance(await phone.send(OutboundMessage(AccountId("default"), Handle(ANN), "x")), NotSent)
        assert (await phone.probe()).code is ProbeCode.PERMISSION_DENIED
        behave(db)
        await diary.reaches(AccountState.CONNECTED)


async def test_a_dead_watch_child_is_replaced_and_nothing_is_lost(tmp_path: Path) -> None:
    """The next child subscribes from the last row kept (promise 3)."""
    cli, db = simulated(tmp_path)
    async with connected(Account(cli, db)) as (_, inbox, diary):
        say(db, ANN, "one")
        await inbox.texts(1)
        behave(db, {"kind": "exit", "afterLines": 0})
        await diary.reaches(AccountState.BACKING_OFF)
        say(db, ANN, "two")
        behave(db)
        assert await inbox.texts(2) == ["one", "two"]


async def test_the_owners_own_words_arrive_as_such(tmp_path: Path) -> None:
    """Direction comes from ``is_from_me`` alone."""
    cli, db = simulated(tmp_path)
    async with connected(Account(cli, db)) as (_, inbox, _):
        owner_types(db, "typed by hand", to=ANN)
        (own,) = await inbox.rows_when(lambda rows: len(rows) == 1)

    assert own.from_me is True


async def test_the_end_leaves_no_children(tmp_path: Path) -> None:
    """All three are ended with the context, also when the body fails, whose error comes out as it is."""
    cli, db = simulated(tmp_path)
    before = environment_children()

    diaries: list[HealthDiary] = []

    async def use_it_and_fail() -> None:
        async with connected(Account(cli, db)) as (phone, _, diary):
            diaries.append(diary)
            await phone.chats()
            assert len(environment_children()) > len(before)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await use_it_and_fail()

    assert environment_children() == before
    assert diaries[0].entries[-1].state is AccountState.STOPPED


async def test_a_cancelled_gateway_leaves_no_child_that_clings_to_life(tmp_path: Path) -> None:
    """Neither the end of its input nor TERM impresses this one (demand E7); the end is bounded all the same."""
    clinging = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    cli = scripted(tmp_path, clinging + "for request in requests(): ordinary(request)\ntime.sleep(600)")
    before, up = environment_children(), asyncio.Event()

    async def gateway() -> None:
        async with connected(Account(cli)) as (phone, _, _):
            await phone.chats()
            up.set()
            await asyncio.Event().wait()

    running = asyncio.ensure_future(gateway())
    async with asyncio.timeout(BOUND):
        await up.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    assert environment_children() == before


async def test_an_idle_reader_is_ended_and_comes_back(tmp_path: Path) -> None:
    """Reads are rare; a child that nobody asks costs memory only (design 5)."""
    cli, db = simulated(tmp_path)
    say(db, ANN, "hello")

    timing = Timing(reader_idle=0.05)
    async with connected(Account(cli, db), timing=timing) as (phone, _, _):
        assert len(await phone.chats()) == 1
        assert len(await phone.chats()) == 1


async def test_a_deaf_watch_is_found_and_replaced(tmp_path: Path) -> None:
    """A release without fallback poll misses what a rotated WAL hides; reads still see it (imsg contract 5.2)."""
    cli, db = simulated(tmp_path, pollMs=600_000, debounceMs=600_000)
    timing = Timing(truth_interval=0.2, second_look=0.2, backoff=Backoff(first=0.05))

    async with connected(Account(cli, db), timing=timing) as (phone, inbox, diary):
        say(db, ANN, "first")  # wakes the watch into its endless delay
        deaf = await diary.reaches(AccountState.DEAF)
        assert "in the history" in deaf.cause
        assert await inbox.texts(1) == ["first"]
        assert phone.health.newest_row == RowId(1)


async def test_what_a_deaf_watch_missed_is_found_where_it_may_not_be_restarted(tmp_path: Path) -> None:
    """``healthMonitor.enabled: false`` (facts A.15): nobody restarts it, and still nothing is lost."""
    cli, db = simulated(tmp_path, pollMs=600_000, debounceMs=600_000)
    timing = Timing(truth_interval=0.2, second_look=0.2, backoff=Backoff(first=0.05))

    async with connected(Account(cli, db, deaf_restarts_per_hour=0), timing=timing) as (phone, inbox, diary):
        say(db, ANN, "first")
        assert await inbox.texts(1) == ["first"]
        assert all(entry.state is not AccountState.DEAF for entry in diary.entries)
        assert phone.is_live
