"""Every imsg from 0.3 to 0.14 against the whole phone edge, its start-ups and its oddities included."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.imessage.phones import (
    BOUND,
    Account,
    HealthDiary,
    MemoryInbox,
    behave,
    connected,
    scripted,
    simulated,
)

from openclaw.domain.admission import Ours, Reason
from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import NotSent, OutboundMessage, Sent, into
from openclaw.domain.health import AccountState
from openclaw.domain.ids import AccountId, ChatRowId, DeliveryId
from openclaw.domain.own_words import OwnWords, match_own
from openclaw.imessage.phone import Timing, open_phone
from openclaw.outbound.shelf import Shelf
from openclaw.simulator.phone import backlog, make_group, say
from openclaw.simulator.versions import TABLE
from openclaw.supervision import Backoff

ANN = "+15550100001"
RELEASES = [entry.number for entry in TABLE]


def reply(chat: ChatRef | None, text: str) -> OutboundMessage:
    """A bubble into ``chat``."""
    assert chat is not None
    return OutboundMessage(AccountId("default"), chat, text)


@pytest.mark.parametrize("release", RELEASES)
async def test_a_message_is_heard_answered_and_confirmed_by_its_own_row(tmp_path: Path, release: str) -> None:
    """One round with each release that changed something on the wire (imsg contract 1.10)."""
    cli, db = simulated(tmp_path, release)

    async with connected(Account(cli, db)) as (phone, inbox, diary):
        assert phone.health.version == release
        say(db, ANN, "hello")
        (row,) = await inbox.rows_when(lambda rows: len(rows) == 1)
        assert (row.text, row.sender, row.from_me) == ("hello", ANN, False)
        assert isinstance(await phone.send(reply(row.chat, "hi")), Sent)
        own = (await inbox.rows_when(lambda rows: len(rows) == 2))[1]
        assert (own.text, own.from_me, own.chat) == ("hi", True, row.chat)
        assert row.chat is not None
        assert [said.text for said in await phone.recent(row.chat, 5)] == ["hi", "hello"]

    assert AccountState.BACKING_OFF not in [health.state for health in diary.entries]


@pytest.mark.parametrize("release", RELEASES)
async def test_a_group_is_told_by_its_guid_whatever_the_flag_says(tmp_path: Path, release: str) -> None:
    """``is_group`` is false for everything in 0.3 and 0.4 (imsg contract 1.10)."""
    cli, db = simulated(tmp_path, release)
    group = make_group(db, "Family", [ANN, "ann@example.com"])

    async with connected(Account(cli, db)) as (_, inbox, _):
        say(db, ANN, "all of you", chat=group)
        say(db, ANN, "only you")
        rows = await inbox.rows_when(lambda rows: len(rows) == 2)

    assert [row.chat.has_group_shape for row in rows if row.chat] == [True, False]


@pytest.mark.parametrize("release", RELEASES)
async def test_a_backlog_of_several_polls_comes_whole_without_any_event(tmp_path: Path, release: str) -> None:
    """100 rows a poll, and no further poll for as long as the test lives (imsg contract 5.1)."""
    cli, db = simulated(tmp_path, release, pollMs=600_000)
    backlog(db, ANN, [f"n{number}" for number in range(250)])

    async with connected(Account(cli, db), MemoryInbox(cursor=0)) as (_, inbox, _):
        assert await inbox.texts(250) == [f"n{number}" for number in range(250)]


@pytest.mark.parametrize("release", RELEASES)
async def test_every_way_to_say_that_the_database_is_closed_is_understood(
    tmp_path: Path, release: str
) -> None:
    """One line (to 0.6), several (to 0.8.1), an answer to each request (from 0.8.2), an own code (0.14)."""
    cli, db = simulated(tmp_path, release)
    behave(db, {"kind": "permission-denied"})
    diary, timing = HealthDiary(), Timing(backoff=Backoff(first=0.05))

    async with open_phone(Account(cli, db), MemoryInbox(), on_health=diary.note, timing=timing) as phone:
        denied = await diary.reaches(AccountState.NEEDS_PERMISSION)
        assert "Full Disk Access" in denied.cause
        chat = ChatRef(ChatRowId(1), f"iMessage;-;{ANN}")
        assert isinstance(await phone.send(reply(chat, "x")), NotSent), "nothing can have left"
        behave(db)
        await diary.reaches(AccountState.CONNECTED)


@pytest.mark.parametrize(
    "version", ["print('imsg, some build')", "print('x' * 10**6)", "sys.exit(1)", "os.kill(os.getpid(), 9)"]
)
async def test_a_version_that_cannot_be_read_keeps_nothing_from_working(tmp_path: Path, version: str) -> None:
    """Garbage, a flood, a failure, a death: it counts as the newest, whose missing pages are no failure either."""
    cli = scripted(
        tmp_path,
        "for request in requests():\n"
        "    if request['method'] == 'messages.after': fail(request, -32601, 'messages.after')\n"
        "    elif request['method'] == 'watch.subscribe':\n        ordinary(request)\n        tell(8)\n"
        "    else: ordinary(request)",
    )
    text = Path(cli).read_text().replace('print("0.9.0")', version)
    Path(cli).write_text(text)

    async with connected(Account(cli)) as (phone, inbox, _):
        assert await inbox.texts(1) == ["8"]
        assert phone.health.version == ""


async def test_answers_that_overtake_each_other_reach_their_askers(tmp_path: Path) -> None:
    """0.14 reads four at a time, and errors without an id answer nobody (imsg contract 1.8, 1.10)."""
    cli = scripted(
        tmp_path,
        "held = []\n"
        "for request in requests():\n"
        "    if request['method'] == 'messages.history' and launch > 1:\n"
        "        held.append(request)\n"
        "        if len(held) == 3:\n"
        "            say({'id': None, 'error': {'code': -32601, 'message': 'm', 'data': 'd'}})\n"
        "            for one in reversed(held):\n"
        "                number = one['params']['chat_id']\n"
        "                answer(one, {'messages': [{'id': number, 'chat_id': number, 'chat_guid': ANN}]})\n"
        "    else: ordinary(request)",
        version="0.14.0",
    )

    async with connected(Account(cli)) as (phone, _, _):
        async with asyncio.timeout(BOUND):
            found = await asyncio.gather(*(phone.history(ChatRowId(number), 1) for number in (11, 12, 13)))

    assert [rows[0].row_id for rows in found] == [11, 12, 13]


@pytest.mark.parametrize("wants_files", [True, False])
@pytest.mark.parametrize("release", RELEASES)
async def test_a_file_is_sent_and_known_by_its_own_row(
    tmp_path: Path, release: str, wants_files: bool
) -> None:
    """Every release takes ``file``, and none tells its guid; only the row shows that it is there (imsg contract 4)."""
    cli, db = simulated(tmp_path, release)
    file = Shelf.of(tmp_path).put("map of x.png", [b"\x89PNG\r\n\x1a\nrest"], 1)

    async with connected(Account(cli, db, include_attachments=wants_files)) as (phone, inbox, _):
        say(db, ANN, "hello")
        (row,) = await inbox.rows_when(lambda rows: len(rows) == 1)
        assert row.chat is not None
        bubble = into(AccountId("default"), row.chat, "", file)
        assert await phone.send(bubble) == Sent()
        own = (await inbox.rows_when(lambda rows: len(rows) == 2))[1]
        assert (own.text, own.from_me) == ("\ufffc", True)
        for seen in (await phone.reread(own), (await phone.recent(row.chat, 1))[0]):
            assert seen is not None
            waiting = OwnWords(DeliveryId(1), "", own.sent_at, open=True, file=file)
            assert match_own(seen, [waiting], own.sent_at) == Ours(Reason.OWN_FILE, DeliveryId(1))
