"""Watch subscriptions, over real pipes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from openclaw.simulator import phone
from openclaw.simulator.behaviour import write_settings
from openclaw.simulator.reading import Row
from openclaw.simulator.twins import LinkTwins

ANN = "+15550100001"
QUICK = {"debounceMs": 0}


def test_a_new_message_is_reported_with_its_chat(database: Path, imsg: Callable[..., Any]) -> None:
    """The notification carries subscription and message (imsg contract 1.7)."""
    write_settings(str(database), QUICK)
    child = imsg()
    assert child.ask("watch.subscribe") == {"subscription": 1}
    said = phone.say(database, ANN, "hello")
    notice = child.notice()
    assert (notice["method"], notice["params"]["subscription"]) == ("message", 1)
    message = notice["params"]["message"]
    assert (message["id"], message["guid"], message["chat_id"]) == (said.row_id, said.guid, said.chat_id)
    assert (message["sender"], message["text"], message["is_from_me"]) == (ANN, "hello", False)


@pytest.mark.parametrize(
    ("since", "texts"), [(-1, ["a", "b", "c"]), (1, ["b", "c"]), (0, ["c"]), (None, ["c"])]
)
def test_zero_means_from_now_and_minus_one_everything(
    since: int | None, texts: list[str], database: Path, imsg: Callable[..., Any]
) -> None:
    """`since_rowid` is exclusive, 0 counts as not given (imsg contract 1.5)."""
    write_settings(str(database), QUICK)
    phone.say(database, ANN, "a")
    phone.say(database, ANN, "b")
    child = imsg()
    child.ask("watch.subscribe", **({} if since is None else {"since_rowid": since}))
    phone.say(database, ANN, "c")
    assert [child.message()["text"] for _ in texts] == texts


def test_the_delay_of_the_version_holds_back_an_event(database: Path, imsg: Callable[..., Any]) -> None:
    """Nothing is read before the delay after the first event is over (imsg contract 5.1)."""
    write_settings(str(database), {"debounceMs": 10_000})
    child = imsg()
    child.ask("watch.subscribe")
    phone.say(database, ANN, "waits")
    assert child.ask("chats.list")["chats"]
    assert child.notices == []
    write_settings(str(database), QUICK)
    assert child.ask("watch.unsubscribe", subscription=1) == {"ok": True}
    assert child.ask("watch.subscribe", since_rowid=-1) == {"subscription": 2}
    assert child.notice()["params"]["subscription"] == 2


def test_a_poll_reads_a_hundred_rows_and_waits(database: Path, imsg: Callable[..., Any]) -> None:
    """The rest of a backlog comes with the next event (imsg contract 5.1)."""
    write_settings(str(database), QUICK)
    for number in range(101):
        phone.say(database, ANN, str(number))
    child = imsg()
    child.ask("watch.subscribe", since_rowid=-1)
    assert [child.message()["text"] for _ in range(100)][-1] == "99"
    phone.say(database, ANN, "event")
    assert [child.message()["text"] for _ in range(2)] == ["100", "event"]


def test_the_fallback_poll_needs_no_event(database: Path, imsg: Callable[..., Any]) -> None:
    """From 0.6 a backlog drains without file events (imsg contract 5.1)."""
    write_settings(str(database), {"pollMs": 20})
    for number in range(150):
        phone.say(database, ANN, str(number))
    child = imsg("0.6.0")
    child.ask("watch.subscribe", since_rowid=-1)
    assert [child.message()["text"] for _ in range(150)][-1] == "149"


def test_a_chat_filter_and_an_unknown_chat_stay_silent(database: Path, imsg: Callable[..., Any]) -> None:
    """An unknown `chat_id` is accepted (imsg contract 1.5)."""
    write_settings(str(database), QUICK)
    chat = phone.say(database, ANN, "old").chat_id
    child = imsg()
    assert child.ask("watch.subscribe", chat_id=99, since_rowid=-1) == {"subscription": 1}
    assert child.ask("watch.subscribe", chat_id=chat) == {"subscription": 2}
    phone.say(database, "bob@example.com", "elsewhere")
    phone.say(database, ANN, "here")
    notice = child.notice()
    assert (notice["params"]["subscription"], notice["params"]["message"]["text"]) == (2, "here")


def test_tapbacks_are_reported_when_asked_for(database: Path, imsg: Callable[..., Any]) -> None:
    """`include_reactions` adds the event fields (imsg contract 1.6, 3.6)."""
    write_settings(str(database), QUICK)
    said = phone.say(database, ANN, "well", body_only=True)
    child = imsg()
    child.ask("watch.subscribe", since_rowid=said.row_id, include_reactions=True)
    phone.tapback(database, ANN, said.guid, "🎉")
    phone.tapback(database, ANN, said.guid, "like", remove=True)
    party, like = child.message(), child.message()
    assert (party["reaction_type"], party["reaction_emoji"]) == ("custom", "🎉")
    assert (party["is_reaction"], party["is_reaction_add"], party["reacted_to_guid"]) == (
        True,
        True,
        said.guid,
    )
    assert (like["reaction_type"], like["is_reaction_add"]) == ("like", False)


def test_own_rows_of_a_direct_chat_name_the_peer_as_sender(database: Path, imsg: Callable[..., Any]) -> None:
    """In groups the sender is the own handle (imsg contract 3.4)."""
    write_settings(str(database), QUICK)
    phone.make_group(database, "Both", [ANN])
    child = imsg()
    child.ask("watch.subscribe")
    phone.owner_types(database, "direct", to=ANN)
    phone.owner_types(database, "group", group="Both")
    direct, group = child.message(), child.message()
    assert (direct["is_from_me"], direct["sender"]) == (True, ANN)
    assert (group["is_from_me"], group["sender"]) == (True, "+15550100000")


def test_a_row_without_chat_is_emitted_once_to_0_9(database: Path, imsg: Callable[..., Any]) -> None:
    """`chat_id: 0` with empty chat fields, and never again (imsg contract 3.4, 5.2)."""
    write_settings(str(database), QUICK)
    child = imsg()
    child.ask("watch.subscribe")
    said = phone.say(database, ANN, "early", joined=False)
    message = child.message()
    assert (message["chat_id"], message["chat_guid"], message["is_group"]) == (0, "", False)
    phone.join(database, said)
    phone.say(database, ANN, "next")
    assert child.message()["text"] == "next"


def test_a_row_without_chat_is_waited_for_from_0_10(database: Path, imsg: Callable[..., Any]) -> None:
    """It is retried until the join is there (imsg contract 1.10)."""
    write_settings(str(database), QUICK)
    child = imsg("0.14.0")
    child.ask("watch.subscribe")
    said = phone.say(database, ANN, "early", joined=False)
    phone.join(database, said)
    assert child.message()["chat_id"] == said.chat_id


def test_a_database_error_ends_the_subscription_with_a_notice(
    database: Path, imsg: Callable[..., Any]
) -> None:
    """The `error` notification carries the real text; requests go on (imsg contract 1.7)."""
    write_settings(str(database), QUICK)
    child = imsg()
    child.ask("watch.subscribe")
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DROP TABLE message")
    notice = child.notice()
    assert notice["method"] == "error"
    assert "no such table" in notice["params"]["error"]["message"]
    assert child.ask("watch.unsubscribe", subscription=1) == {"ok": True}


def test_chats_are_remembered_for_the_life_of_the_process(database: Path, imsg: Callable[..., Any]) -> None:
    """A rename stays unseen until a restart, except from 0.14 (imsg contract 1.8)."""
    chat = phone.make_group(database, "Before", [ANN])
    phone.say(database, ANN, "x", chat=chat)
    old, new = imsg("0.9.0"), imsg("0.14.0")
    names = [child.ask("chats.list")["chats"][0]["name"] for child in (old, new)]
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE chat SET display_name = 'After'")
        connection.commit()
    names += [child.ask("chats.list")["chats"][0]["name"] for child in (old, new)]
    assert names == ["Before", "Before", "Before", "After"]


@pytest.mark.parametrize("value", [-5, "x"])
def test_a_bad_delay_consumes_no_number(value: Any, imsg: Callable[..., Any]) -> None:
    """Subscriptions count only what passed validation (imsg contract 1.5)."""
    child = imsg("0.6.0")
    assert child.ask("watch.subscribe", debounce_ms=value)["code"] == -32602
    assert child.ask("watch.subscribe", debounce_ms=0) == {"subscription": 1}


def test_the_second_row_of_a_link_is_a_twin_for_90_seconds() -> None:
    """Key is chat, direction, sender and text; an id not above the last is dropped too (imsg contract 3.8)."""
    twins = LinkTwins()
    link = "com.apple.messages.URLBalloonProvider"

    def row(number: int, second: int, balloon: str | None = link) -> Row:
        return Row(number, "", "u", None, second * 10**9, False, ANN, None, 0, None, None, balloon, 1)

    assert [
        twins.is_twin(row(*each), "https://example.com") for each in ((5, 0), (6, 90), (7, 91), (4, 500))
    ] == [*(False, True, False, True)]
    assert not twins.is_twin(row(6, 0, None), "https://example.com")


def misbehave(database: Path, *entries: dict[str, Any], **settings: Any) -> None:
    """Watches without delay and with quick polls, and what goes wrong."""
    write_settings(str(database), {"debounceMs": 0, "pollMs": 50, "misbehaviour": list(entries), **settings})


def test_a_stalled_watch_tells_everything_afterwards(database: Path, imsg: Callable[..., Any]) -> None:
    """`stall`: alive and answering, but silent until it is over (imsg#126, imsg#307)."""
    misbehave(database, {"kind": "stall"})
    child = imsg("0.9.0")
    child.ask("watch.subscribe", since_rowid=-1)
    for text in ("a", "b"):
        phone.say(database, ANN, text)
    assert len(child.ask("messages.history", chat_id=1)["messages"]) == 2
    assert child.notices == []
    misbehave(database)
    assert [child.message()["text"] for _ in range(2)] == ["a", "b"]


def test_a_stall_ends_by_itself(database: Path, imsg: Callable[..., Any]) -> None:
    """After `seconds`, though the entry is still there."""
    misbehave(database, {"kind": "stall", "seconds": 0.2})
    child = imsg()
    child.ask("watch.subscribe", since_rowid=-1)
    phone.say(database, ANN, "late")
    assert child.message()["text"] == "late"


@pytest.mark.parametrize(("version", "told"), [("0.5.0", False), ("0.9.0", False), ("0.10.0", True)])
def test_file_events_stop_for_good_when_the_wal_is_rotated(
    version: str, told: bool, database: Path, imsg: Callable[..., Any]
) -> None:
    """`wal-rotation`: re-armed from 0.10; a later subscription hears again (imsg contract 1.10, 5.2; imsg#126)."""
    misbehave(database, pollMs=600_000)
    child = imsg(version)
    child.ask("watch.subscribe")
    # Its first poll is over, or it would find by that what it must not hear of.
    phone.say(database, ANN, "before")
    child.message()
    misbehave(database, {"kind": "wal-rotation"}, pollMs=600_000)
    phone.say(database, ANN, "unheard" if not told else "heard")
    after = child.request("watch.subscribe", since_rowid=-1)
    first = child.notice()
    assert child.answer(after)["result"]["subscription"] == 2
    assert told or first["params"]["subscription"] == 2
    phone.say(database, ANN, "again")
    numbers = [child.notice()["params"]["subscription"] for _ in range(3 if told else 1)]
    assert numbers.count(1) + (first["params"]["subscription"] == 1) == (2 if told else 0)


def test_the_fallback_poll_carries_on_after_a_rotation(database: Path, imsg: Callable[..., Any]) -> None:
    """From 0.6 only the poll is left (imsg contract 5.2)."""
    misbehave(database)
    child = imsg("0.6.0")
    child.ask("watch.subscribe")
    misbehave(database, {"kind": "wal-rotation"})
    phone.say(database, ANN, "by poll")
    assert child.message()["text"] == "by poll"


def test_a_row_may_be_reported_twice(database: Path, imsg: Callable[..., Any]) -> None:
    """`duplicate`, as often as `times` says (oc#1647)."""
    misbehave(database, {"kind": "duplicate", "times": 1})
    child = imsg()
    child.ask("watch.subscribe")
    for text in ("a", "b"):
        phone.say(database, ANN, text)
    assert [child.message()["text"] for _ in range(3)] == ["a", "a", "b"]


def test_the_rows_of_one_poll_may_be_reported_backwards(database: Path, imsg: Callable[..., Any]) -> None:
    """`reorder`: ids come descending (imsg contract 1.8 promises ascending ones)."""
    misbehave(database, {"kind": "reorder"})
    phone.backlog(database, ANN, ["a", "b", "c"])
    child = imsg()
    child.ask("watch.subscribe", since_rowid=-1)
    assert [child.message()["text"] for _ in range(3)] == ["c", "b", "a"]


def test_a_row_may_never_be_reported_though_history_has_it(database: Path, imsg: Callable[..., Any]) -> None:
    """`drop`: only those with `text` in them (imsg#46, oc#54264)."""
    misbehave(database, {"kind": "drop", "text": "lost"})
    phone.backlog(database, ANN, ["a", "is lost", "b"])
    child = imsg()
    child.ask("watch.subscribe", since_rowid=-1)
    assert [child.message()["text"] for _ in range(2)] == ["a", "b"]
    history = child.ask("messages.history", chat_id=1)["messages"]
    assert [row["text"] for row in history] == ["b", "is lost", "a"]


def test_a_watch_with_too_much_to_tell_overflows_from_0_14(database: Path, imsg: Callable[..., Any]) -> None:
    """`watch.overflow` ends the subscription and says where to go on (imsg contract 1.10)."""
    misbehave(database)
    phone.backlog(database, ANN, list("abc"))
    child = imsg("0.14.0")
    child.ask("watch.subscribe", since_rowid=-1, buffer_limit=2)
    assert [child.message()["text"] for _ in range(2)] == ["a", "b"]
    assert child.notice() == {
        "jsonrpc": "2.0",
        "method": "watch.overflow",
        "params": {"subscription": 1, "resume_after_rowid": 2},
    }
    child.ask("watch.subscribe", since_rowid=2)
    assert child.message()["text"] == "c"


def test_a_watch_may_be_made_to_overflow(database: Path, imsg: Callable[..., Any]) -> None:
    """`overflow`, which 0.13 does not know."""
    misbehave(database, {"kind": "overflow", "times": 1})
    said = phone.say(database, ANN, "a")
    new, old = imsg("0.14.0"), imsg("0.9.0")
    for child in (new, old):
        child.ask("watch.subscribe", since_rowid=-1)
    assert new.notice()["params"]["resume_after_rowid"] == said.row_id - 1
    assert old.message()["text"] == "a"


def test_a_message_may_lack_its_direction(database: Path, imsg: Callable[..., Any]) -> None:
    """`missing-direction`: no `is_from_me` on the wire (oc#59363, oc#12873)."""
    misbehave(database, {"kind": "missing-direction", "times": 2})
    phone.say(database, ANN, "a")
    child = imsg()
    child.ask("watch.subscribe", since_rowid=-1)
    assert "is_from_me" not in child.message()
    rows = [child.ask("messages.history", chat_id=1)["messages"][0] for _ in range(2)]
    assert ["is_from_me" in row for row in rows] == [False, True]
