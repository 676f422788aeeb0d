"""Listening to children that misbehave: nothing is lost, and the reason is told."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.imessage.phones import QUICK, Account, HealthDiary, MemoryInbox, connected, scripted, starts

from openclaw.domain.databases import KnownDatabase
from openclaw.domain.health import AccountState
from openclaw.imessage.phone import Timing, open_phone
from openclaw.supervision import Backoff

LISTEN = "for request in requests():\n    ordinary(request)\n"


def on_subscribe(program: str) -> str:
    """An ordinary imsg that runs ``program`` at each ``watch.subscribe``."""
    body = "\n".join(" " * 8 + line for line in program.splitlines())
    return (
        "for request in requests():\n    if request['method'] == 'watch.subscribe':\n"
        f"{body}\n    else:\n        ordinary(request)\n"
    )


async def test_a_row_told_before_the_subscription_is_answered_is_kept(tmp_path: Path) -> None:
    """imsg starts the watch before it answers (imsg contract 1.8)."""
    cli = scripted(tmp_path, on_subscribe("tell(8)\nordinary(request)\ntell(9)"))

    async with connected(Account(cli)) as (_, inbox, _):
        assert inbox.began == 7
        assert await inbox.texts(2) == ["8", "9"]


async def test_noise_and_unreadable_rows_do_not_stop_the_rows_between(tmp_path: Path) -> None:
    """A wrapper's banner, a row without number, a notification that nobody knows (demand E8)."""
    cli = scripted(
        tmp_path,
        on_subscribe(
            "ordinary(request)\nsay('hello from the wrapper')\ntell(8)\ntell('odd')\n"
            "say({'method': 'news', 'params': []})\nsay({'method': 'message'})\ntell(9, chat_id=0)"
        ),
    )

    async with connected(Account(cli)) as (_, inbox, _):
        assert await inbox.texts(2) == ["8", "9"]
        assert [row.chat is None for row in inbox.rows] == [False, True]


@pytest.mark.parametrize(
    "end",
    [
        "say({'method': 'error', 'params': {'subscription': 1, 'error': {'message': 'database is locked'}}})",
        "say({'method': 'watch.overflow', 'params': {'subscription': 1, 'reason': 'database is locked'}})",
        "say('database is locked')\nos._exit(1)",
    ],
)
async def test_each_end_of_a_watch_leads_to_a_new_one_from_the_last_row(tmp_path: Path, end: str) -> None:
    """Error notification, overflow, death: told with its cause, resumed from the cursor (imsg contract 5.3)."""
    first = f"ordinary(request)\ntell(8)\n{end}"
    later = "ordinary(request)\ntell(request['params']['since_rowid'] + 1)"
    program = f"if launch == 1:\n{_indented(on_subscribe(first))}\nelse:\n{_indented(on_subscribe(later))}"

    async with connected(Account(scripted(tmp_path, program))) as (_, inbox, diary):
        assert await inbox.texts(2) == ["8", "9"]
        lapse = await diary.reaches(AccountState.BACKING_OFF)

    assert "database is locked" in lapse.cause
    assert lapse.next_try is not None


async def test_the_end_of_another_subscription_ends_nothing(tmp_path: Path) -> None:
    """A late word about one that has been given up."""
    other = "say({'method': 'error', 'params': {'subscription': 99, 'error': {'message': 'old'}}})"
    cli = scripted(tmp_path, on_subscribe(f"ordinary(request)\n{other}\ntell(8)"))

    async with connected(Account(cli)) as (_, inbox, diary):
        await inbox.texts(1)

    assert AccountState.BACKING_OFF not in [health.state for health in diary.entries]


async def test_a_full_poll_is_followed_by_a_new_subscription_from_its_last_row(tmp_path: Path) -> None:
    """Exactly 100 rows and then silence: the rest waits for the next poll otherwise (imsg contract 5.1)."""
    cli = scripted(
        tmp_path,
        on_subscribe(
            "since = request['params']['since_rowid']\nordinary(request)\n"
            "for number in range(since + 1, min(since + 101, 258)): tell(number)"
        ),
    )

    async with connected(Account(cli)) as (_, inbox, _):
        texts = await inbox.texts(250)

    assert texts == [str(number) for number in range(8, 258)]
    assert starts(tmp_path) <= 2, "the same child, beside the one that sends"


async def test_rows_that_come_slowly_are_taken_to_the_last_one(tmp_path: Path) -> None:
    """Over a slow line the hundred rows of a poll do not come at once, and nothing tells that they were all."""
    cli = scripted(
        tmp_path,
        on_subscribe(
            "since = request['params']['since_rowid']\nordinary(request)\n"
            "for number in range(since + 1, min(since + 101, 228)):\n"
            "    tell(number)\n    if number % 30 == 0: time.sleep(0.2)"
        ),
        version="0.3.0",
    )

    async with connected(Account(cli)) as (_, inbox, _):
        assert await inbox.texts(220) == [str(number) for number in range(8, 228)]


async def test_an_overflow_that_can_be_resumed_is_no_failure(tmp_path: Path) -> None:
    """Only imsg's buffer was full (0.14): the same child goes on from our own last row."""
    full = "say({'method': 'watch.overflow', 'params': {'subscription': 1, 'resume_after_rowid': 99}})"
    cli = scripted(
        tmp_path,
        on_subscribe(
            "since = request['params']['since_rowid']\nordinary(request)\n"
            f"if since < 10:\n    tell(since + 1)\n    {full}"
        ),
    )

    async with connected(Account(cli)) as (_, inbox, diary):
        assert await inbox.texts(3) == ["8", "9", "10"]

    assert AccountState.BACKING_OFF not in [health.state for health in diary.entries]


async def test_what_waited_is_read_by_pages_where_imsg_has_them(tmp_path: Path) -> None:
    """In order, from the cursor, hidden rows included in the count, and the watch begins behind them (0.14)."""
    cli = scripted(
        tmp_path,
        "for request in requests():\n"
        "    since = request['params'].get('since_rowid', 0)\n"
        "    if request['method'] == 'messages.after':\n"
        "        rows = [{'id': n, 'text': str(n), 'chat_id': 1, 'chat_guid': ANN} for n in (since + 1, since + 2)]\n"
        "        more = since < 12\n"
        "        answer(request, {'messages': rows, 'next_rowid': since + 3, 'has_more': more})\n"
        "    elif request['method'] == 'watch.subscribe':\n"
        "        ordinary(request)\n        tell(since + 1)\n"
        "    else: ordinary(request)",
        version="0.14.0",
    )

    async with connected(Account(cli), MemoryInbox(cursor=6)) as (phone, inbox, _):
        assert await inbox.texts(7) == ["7", "8", "10", "11", "13", "14", "16"]
        assert phone.is_live


async def test_the_watch_counts_as_live_only_after_what_waited(tmp_path: Path) -> None:
    """Whoever asks whether a row is missing must not be told yes while it is on its way (design 4)."""
    row = "{'id': 20, 'chat_id': 1, 'chat_guid': ANN}"
    cli = scripted(
        tmp_path,
        "for request in requests():\n"
        f"    if request['method'] == 'messages.history': answer(request, {{'messages': [{row}]}})\n"
        "    elif request['method'] == 'watch.subscribe':\n"
        "        ordinary(request)\n        for n in range(8, 20): tell(n)\n"
        "        go = os.path.join(os.path.dirname(sys.argv[0]), 'go')\n"
        "        while not os.path.exists(go): time.sleep(0.01)\n"
        "        tell(20)\n"
        "    else: ordinary(request)",
    )

    async with connected(Account(cli), MemoryInbox(cursor=7)) as (phone, inbox, diary):
        shown = await diary.when(lambda health: health.cause.startswith("catching up"))
        assert shown.state is AccountState.CONNECTED
        await inbox.texts(12)
        assert not phone.is_live
        (tmp_path / "go").touch()
        await inbox.texts(13)
        await diary.when(lambda health: not health.cause, after=diary.entries.index(shown))
        assert phone.is_live


async def test_a_full_poll_of_unreadable_rows_is_not_asked_for_again(tmp_path: Path) -> None:
    """Without progress a new subscription would bring the same rows, for ever."""
    cli = scripted(
        tmp_path,
        "asked = 0\n"
        + on_subscribe(
            "asked += 1\nordinary(request)\nfor _ in range(100): tell('odd')\ntell(7, text=str(asked))"
        ),
    )

    async with connected(Account(cli)) as (phone, inbox, _):
        await inbox.texts(1)
        await phone.chats()
        assert [row.text for row in inbox.rows] == ["1"]


async def test_reads_that_fail_degrade_the_account_until_they_work_again(tmp_path: Path) -> None:
    """A live watch with a broken history is neither fine nor dead; reading and listening are judged apart."""
    cli = scripted(
        tmp_path,
        "mended = os.path.join(os.path.dirname(sys.argv[0]), 'mended')\nreads = False\n"
        "for request in requests():\n"
        "    reads = reads or request['method'] == 'watch.unsubscribe'\n"
        "    broken = reads and not os.path.exists(mended)\n"
        "    if broken and request['method'] == 'chats.list': fail(request, -32603, 'odd')\n"
        "    else: ordinary(request)",
    )

    async with connected(Account(cli), timing=Timing(truth_interval=0.05, second_look=0.05)) as (_, _, diary):
        degraded = await diary.reaches(AccountState.DEGRADED)
        (tmp_path / "mended").touch()
        await diary.reaches(AccountState.CONNECTED, after=diary.entries.index(degraded))

    assert "odd" in degraded.cause


async def test_a_look_that_breaks_ends_nobody(tmp_path: Path) -> None:
    """A full disk or a bug in the minute's look degrades the account until the next one works (design 4, poison)."""

    class BrokenLook(MemoryInbox):
        looks = 0

        async def known(self) -> KnownDatabase | None:
            self.looks += 1
            if self.looks == 2:
                raise OSError("disk full")
            return await super().known()

    timing = Timing(truth_interval=0.05, second_look=0.05)
    async with connected(Account(scripted(tmp_path, LISTEN)), BrokenLook(7), timing) as (_, _, diary):
        degraded = await diary.reaches(AccountState.DEGRADED)
        await diary.reaches(AccountState.CONNECTED, after=diary.entries.index(degraded))

    assert "disk full" in degraded.cause


async def test_the_next_batch_waits_until_the_last_one_is_kept(tmp_path: Path) -> None:
    """The cursor must never run ahead of what is durable (promise 3)."""

    class SlowInbox(MemoryInbox):
        release = asyncio.Event()
        entered = asyncio.Event()

        async def receive(self, batch: object) -> None:
            self.entered.set()
            await self.release.wait()
            await super().receive(batch)  # type: ignore[arg-type]

    inbox = SlowInbox()
    cli = scripted(
        tmp_path,
        on_subscribe(
            "ordinary(request)\nfor number in range(request['params']['since_rowid'] + 1, 107): tell(number)"
        ),
    )
    async with connected(Account(cli), inbox):
        async with asyncio.timeout(10):
            await inbox.entered.wait()
        assert inbox.rows == []
        inbox.release.set()
        assert len(await inbox.texts(99)) == 99
        assert max(inbox.batches) <= 100


async def test_a_store_that_fails_loses_nothing(tmp_path: Path) -> None:
    """What could not be kept comes again from the cursor, after a wait that is shown."""

    class FailingOnce(MemoryInbox):
        failed = False

        async def receive(self, batch: object) -> None:
            if not self.failed:
                self.failed = True
                raise OSError("disk full")
            await super().receive(batch)  # type: ignore[arg-type]

    inbox = FailingOnce()
    cli = scripted(tmp_path, on_subscribe("ordinary(request)\ntell(request['params']['since_rowid'] + 1)"))
    async with connected(Account(cli), inbox) as (_, _, diary):
        assert (await diary.reaches(AccountState.BACKING_OFF)).cause == "disk full"
        assert (await inbox.texts(1))[0] == "8"


async def test_a_child_that_babbles_and_dies_is_retried_later_and_later(tmp_path: Path) -> None:
    """Each attempt is told with its cause; nothing spins (demand E1)."""
    cli, diary = scripted(tmp_path, "say('what a day')\nsys.exit(3)"), HealthDiary()

    timing = Timing(backoff=Backoff(first=0.05))
    async with open_phone(Account(cli), MemoryInbox(), on_health=diary.note, timing=timing):
        first = await diary.reaches(AccountState.BACKING_OFF)
        seen = len(diary.entries)
        again = await diary.when(lambda health: health.next_try != first.next_try, after=seen - 1)

    assert "what a day" in first.cause
    assert again.state is AccountState.BACKING_OFF
    assert again.since == first.since


async def test_an_imsg_that_is_not_there_is_a_misconfiguration(tmp_path: Path) -> None:
    """Named with the path and the fix, and retried: it may be installed any moment."""
    diary = HealthDiary()

    async with open_phone(Account(str(tmp_path / "imsg")), MemoryInbox(), on_health=diary.note, timing=QUICK):
        missing = await diary.reaches(AccountState.MISCONFIGURED)
        assert str(tmp_path / "imsg") in missing.cause
        assert "cliPath" in missing.cause
        scripted(tmp_path, LISTEN)
        await diary.reaches(AccountState.CONNECTED)


async def test_an_imsg_without_rpc_is_told_to_be_updated(tmp_path: Path) -> None:
    """Releases before 0.3 (imsg contract 2)."""
    cli, diary = (
        scripted(tmp_path, "say(\"Unknown subcommand 'rpc' for command 'imsg'\")\nsys.exit(1)"),
        HealthDiary(),
    )

    async with open_phone(Account(cli), MemoryInbox(), on_health=diary.note, timing=QUICK):
        old = await diary.reaches(AccountState.MISCONFIGURED)

    assert "Update imsg" in old.cause


async def test_a_version_that_cannot_be_read_does_not_keep_the_watch_from_starting(tmp_path: Path) -> None:
    """An unknown version counts as the newest."""
    async with connected(Account(scripted(tmp_path, LISTEN, version="?"))) as (phone, _, _):
        assert phone.health.version == ""


def _indented(program: str) -> str:
    return "\n".join("    " + line for line in program.splitlines())
