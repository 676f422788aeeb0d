"""The read methods of the simulated imsg, over real pipes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openclaw.simulator import phone
from openclaw.simulator.behaviour import write_settings

ANN, BOB = "+15550100001", "bob@example.com"


def test_chats_come_with_the_latest_activity_first(database: Path, imsg: Callable[..., Any]) -> None:
    """Fields and order of `chats.list`; a chat without messages is absent (imsg contract 1.5, 1.6)."""
    phone.say(database, ANN, "first", at=1_700_000_000)
    group = phone.make_group(database, "Family", [BOB, ANN])
    phone.make_group(database, "Silent", [ANN])
    phone.say(database, BOB, "second", group="Family", at=1_700_000_001.5)
    family, direct = imsg().ask("chats.list")["chats"]
    assert direct["id"] != group == family["id"]
    assert family["participants"] == [ANN, BOB]
    assert (family["is_group"], family["name"], family["service"]) == (True, "Family", "iMessage")
    assert family["last_message_at"] == "2023-11-14T22:13:21.500Z"
    assert (direct["identifier"], direct["guid"], direct["name"]) == (ANN, f"iMessage;-;{ANN}", "")
    assert set(direct) == {
        *("id", "identifier", "guid", "name", "service", "last_message_at", "participants", "is_group")
    }


def test_history_is_newest_first_without_tapbacks(database: Path, imsg: Callable[..., Any]) -> None:
    """`messages.history` (imsg contract 1.5)."""
    first = phone.say(database, ANN, "one")
    phone.say(database, ANN, "two")
    phone.tapback(database, ANN, first.guid)
    child = imsg()
    messages = child.ask("messages.history", chat_id=first.chat_id)["messages"]
    assert [each["text"] for each in messages] == ["two", "one"]
    assert [m["text"] for m in child.ask("messages.history", chat_id=first.chat_id, limit=0)["messages"]] == [
        "two"
    ]


def test_history_of_an_unknown_chat_is_empty_and_the_chat_is_required(imsg: Callable[..., Any]) -> None:
    """An unknown `chat_id` is no error, a missing one is (imsg contract 1.3, 1.5)."""
    child = imsg()
    assert child.ask("messages.history", chat_id=99) == {"messages": []}
    assert child.ask("messages.history")["data"] == "chat_id is required"


@pytest.mark.parametrize(("version", "found"), [("0.4.0", []), ("0.5.0", ["from bob"])])
def test_filters_apply_before_the_limit_from_0_5(
    version: str, found: list[str], database: Path, imsg: Callable[..., Any]
) -> None:
    """In 0.3 and 0.4 they apply to the newest rows only (imsg contract 1.5)."""
    chat = phone.make_group(database, "Both", [ANN, BOB])
    phone.say(database, BOB, "from bob", chat=chat)
    phone.say(database, ANN, "from ann", chat=chat)
    asked = {"chat_id": chat, "limit": 1, "participants": [BOB.upper()]}
    messages = imsg(version).ask("messages.history", **asked)["messages"]
    assert [each["text"] for each in messages] == found


@pytest.mark.parametrize(("version", "code"), [("0.5.0", -32603), ("0.14.0", -32602)])
def test_a_bad_date_is_an_internal_error(version: str, code: int, imsg: Callable[..., Any]) -> None:
    """-32603, not -32602, before 0.14 (imsg contract 1.3)."""
    error = imsg(version).ask("messages.history", chat_id=1, start="2026-01-01")
    assert (error["code"], error["data"]) == (code, "Invalid ISO8601 date: 2026-01-01")


def test_dates_include_the_start_and_exclude_the_end(database: Path, imsg: Callable[..., Any]) -> None:
    """`start` inclusive, `end` exclusive (imsg contract 1.5)."""
    first, *_ = [phone.say(database, ANN, str(second), at=1_700_000_000 + second) for second in range(3)]
    between = {"start": "2023-11-14T22:13:20Z", "end": "2023-11-14T23:13:22.000+01:00"}
    messages = imsg().ask("messages.history", chat_id=first.chat_id, **between)["messages"]
    assert [each["text"] for each in messages] == ["1", "0"]


def test_errors_of_notifications_come_with_id_null(imsg: Callable[..., Any]) -> None:
    """No answer on success, but errors are sent (imsg contract 1.2)."""
    child = imsg()
    child.write('{"method":"chats.list"}')
    child.write('{"method":"nothing.here"}')
    assert child.answer(None)["error"] == {
        "code": -32601,
        "message": "Method not found",
        "data": "nothing.here",
    }


def test_notifications_are_never_answered_from_0_14(imsg: Callable[..., Any]) -> None:
    """The strict release stays silent even on errors (imsg contract 1.10)."""
    child = imsg("0.14.0")
    child.write('{"jsonrpc":"2.0","method":"nothing.here"}')
    child.write('{"jsonrpc":"2.0","method":"chats.list","params":[]}')
    assert child.ask("chats.list") == {"chats": []}


def test_a_method_of_a_newer_release_is_not_found(imsg: Callable[..., Any]) -> None:
    """-32601 also means `newer than this version` (imsg contract 1.3)."""
    assert imsg("0.9.0").ask("messages.after", since_rowid=0)["code"] == -32601


def test_methods_that_need_the_helper_fail(imsg: Callable[..., Any]) -> None:
    """On a Mac with its protection on, typing and the bridge do not work (imsg contract 1.3, 1.5)."""
    assert imsg("0.5.0").ask("typing.start", to=ANN)["data"].startswith("Typing indicator failed: ")
    assert imsg("0.9.0").ask("tapback", chat_id=1)["data"].startswith("imsg bridge not ready: ")


def test_pages_after_a_row_come_in_row_order(database: Path, imsg: Callable[..., Any]) -> None:
    """`messages.after` of 0.14 returns the next cursor and whether there is more (imsg contract 1.10)."""
    rows = [phone.say(database, ANN, str(number)).row_id for number in range(3)]
    child = imsg("0.14.0")
    page = child.ask("messages.after", since_rowid=0, limit=2)
    assert ([each["text"] for each in page["messages"]], page["has_more"]) == (["0", "1"], True)
    assert page["next_rowid"] == rows[1]
    assert child.ask("messages.after", since_rowid=rows[1])["has_more"] is False


def test_status_of_0_14_lists_the_methods(database: Path, imsg: Callable[..., Any]) -> None:
    """`initialize` and `status` answer the same snapshot (imsg contract 1.10)."""
    child = imsg("0.14.0")
    assert child.ask("initialize", protocol_version=1) == child.ask("status")
    assert child.ask("status")["database"] == {"path": str(database), "ready": True}
    assert child.ask("initialize", protocol_version=2)["code"] == -32602


def test_a_database_that_is_none_fails_request_by_request(tmp_path: Path, imsg: Callable[..., Any]) -> None:
    """It opens; then requests fail with -32603 and a text that lost its cause (imsg contract 1.3, 1.9)."""
    (tmp_path / "mac" / "chat.db").write_bytes(b"not a database, and longer than one page header" * 99)
    for leftover in ("chat.db-wal", "chat.db-shm"):
        (tmp_path / "mac" / leftover).unlink(missing_ok=True)
    error = imsg().ask("chats.list")
    assert error["code"] == -32603
    assert "couldn’t be completed" in error["data"]


def test_the_end_of_input_ends_it_cleanly(imsg: Callable[..., Any]) -> None:
    """Every line read before is answered, subscriptions end, exit code 0 (imsg contract 1.1)."""
    child = imsg()
    assert child.ask("watch.subscribe") == {"subscription": 1}
    last = child.request("chats.list")
    assert child.end() == 0
    assert child.answer(last)["result"] == {"chats": []}


def test_a_hanging_request_holds_up_all_later_ones(database: Path, imsg: Callable[..., Any]) -> None:
    """`hang`: of one method or any, until it is taken away (imsg contract 1.8; imsg#78)."""
    hang = {"kind": "hang", "method": "chats.list"}
    write_settings(str(database), {"misbehaviour": [hang]})
    child = imsg()
    assert child.ask("messages.history", chat_id=1) == {"messages": []}
    waiting = [child.request("chats.list"), child.request("messages.history", chat_id=1)]
    write_settings(str(database), {})
    assert [set(child.answer(each)["result"]) for each in waiting] == [{"chats"}, {"messages"}]


@pytest.mark.parametrize(("version", "order"), [("0.9.0", ["slow", "quick"]), ("0.14.0", ["quick", "slow"])])
def test_reads_overtake_each_other_from_0_14(
    version: str, order: list[str], database: Path, imsg: Callable[..., Any]
) -> None:
    """`slow`: four reads run at a time there, one before (imsg contract 1.8, 1.10)."""
    slow = {"kind": "slow", "method": "chats.list", "delayMs": 1000, "times": 1}
    write_settings(str(database), {"misbehaviour": [slow]})
    child = imsg(version)
    child.write('{"jsonrpc":"2.0","id":"slow","method":"chats.list"}')
    child.write('{"jsonrpc":"2.0","id":"quick","method":"messages.history","params":{"chat_id":1}}')
    child.answer(order[1])
    assert list(child.order) == order


def test_a_slow_read_is_answered_after_the_input_ended(database: Path, imsg: Callable[..., Any]) -> None:
    """Every line that was read is answered (imsg contract 1.1)."""
    slow = {"kind": "slow", "method": "chats.list", "delayMs": 200}
    write_settings(str(database), {"misbehaviour": [slow]})
    child = imsg("0.14.0")
    asked = child.request("chats.list")
    assert child.end() == 0
    assert child.answer(asked)["result"] == {"chats": []}


def test_a_request_may_fail_with_any_code(database: Path, imsg: Callable[..., Any]) -> None:
    """`fail`: such as -32000 with object data, as from 0.14 (imsg contract 1.3, 1.10)."""
    busy = {"kind": "fail", "method": "send", "code": -32000, "data": {"retry_safe": True}, "times": 1}
    write_settings(str(database), {"misbehaviour": [busy]})
    child = imsg("0.14.0")
    assert child.ask("send", to="+15550100001", text="x") == {
        "code": -32000,
        "message": "Busy",
        "data": {"retry_safe": True},
    }
    assert child.ask("send", to="+15550100001", text="x")["ok"] is True


def test_an_error_may_name_no_request(database: Path, imsg: Callable[..., Any]) -> None:
    """`null-id`: the request itself is never answered (imsg contract 1.2)."""
    write_settings(str(database), {"misbehaviour": [{"kind": "null-id", "times": 1}]})
    child = imsg()
    child.request("chats.list")
    assert child.answer(None)["error"]["code"] == -32603
    assert child.ask("chats.list") == {"chats": []}
