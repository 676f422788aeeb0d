"""`send`, over real pipes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.simulator.looking import eventually

from openclaw.simulator import phone
from openclaw.simulator.behaviour import write_settings

ANN = "+15550100001"


def test_a_send_to_a_new_handle_makes_the_chat(database: Path, imsg: Callable[..., Any]) -> None:
    """0.5 answers only `ok`; the number is read as E.164 of the region (imsg contract 1.10, 4.2)."""
    assert imsg().ask("send", to="(555) 010-0001", text="hi") == {"ok": True}
    (bubble,) = phone.read_thread(database, ANN)
    assert (bubble.from_me, bubble.text, bubble.service) == (True, "hi", "iMessage")


def test_the_own_row_comes_back_in_the_watch(database: Path, imsg: Callable[..., Any]) -> None:
    """It is `is_from_me` with the peer as sender (imsg contract 3.4)."""
    write_settings(str(database), {"debounceMs": 0})
    child = imsg()
    child.ask("watch.subscribe")
    child.ask("send", to=ANN, text="hi")
    message = child.message()
    assert (message["is_from_me"], message["sender"], message["text"]) == (True, ANN, "hi")


def test_before_0_5_a_direct_chat_is_addressed_as_a_chat(database: Path, imsg: Callable[..., Any]) -> None:
    """The own row still carries the peer, and the service is that of the chat (imsg contract 1.10, 3.4)."""
    write_settings(str(database), {"debounceMs": 0})
    said = phone.say(database, ANN, "green", service="SMS")
    child = imsg("0.4.0")
    child.ask("watch.subscribe", since_rowid=said.row_id)
    child.ask("send", chat_id=said.chat_id, text="answer")
    message = child.message()
    assert (message["chat_id"], message["sender"], message["is_from_me"]) == (said.chat_id, ANN, True)


@pytest.mark.parametrize(
    ("version", "keys"), [("0.6.0", {"ok", "id", "guid"}), ("0.8.1", {"ok", "id", "guid", "transport"})]
)
def test_newer_releases_answer_the_row(
    version: str, keys: set[str], database: Path, imsg: Callable[..., Any]
) -> None:
    """`id` and `guid` from 0.6, `transport` from 0.8.1 (imsg contract 1.10)."""
    answer = imsg(version).ask("send", to=ANN, text="hi")
    (bubble,) = phone.read_thread(database, ANN)
    assert set(answer) == keys
    assert (answer["id"], answer["guid"]) == (bubble.row_id, bubble.guid)


def test_a_row_with_its_text_in_the_body_is_not_found(database: Path, imsg: Callable[..., Any]) -> None:
    """Verification compares the `text` column only and then answers plain `ok` (imsg contract 4.5)."""
    write_settings(str(database), {"ownText": "body"})
    assert imsg("0.6.0").ask("send", to=ANN, text="hi") == {"ok": True}
    assert [each.text for each in phone.read_thread(database, ANN)] == ["hi"]


def test_a_group_is_addressed_by_its_chat(database: Path, imsg: Callable[..., Any]) -> None:
    """All three selectors lead to the chat (imsg contract 4.1)."""
    chat = phone.make_group(database, "Both", [ANN, "bob@example.com"])
    guid = phone.say(database, ANN, "x", chat=chat).chat_guid
    child = imsg()
    for selector in ({"chat_id": chat}, {"chat_guid": guid}, {"chat_identifier": guid.rpartition(";")[2]}):
        assert child.ask("send", text="to all", **selector) == {"ok": True}
    assert [each.text for each in phone.read_thread(database, "Both")] == ["x", *["to all"] * 3]


@pytest.mark.parametrize(
    ("given", "service"),
    [({}, "iMessage"), ({"service": "sms"}, "SMS"), ({"service": "imessage"}, "iMessage")],
)
def test_the_chat_id_of_an_sms_chat_is_sent_as_imessage_unless_told(
    given: dict[str, str], service: str, database: Path, imsg: Callable[..., Any]
) -> None:
    """A chat named like a handle becomes a direct send (imsg contract 4.2)."""
    chat = phone.say(database, ANN, "green", service="SMS").chat_id
    imsg().ask("send", chat_id=chat, text="answer", **given)
    assert [each.service for each in phone.read_thread(database, ANN)] == ["SMS", service]


def test_from_0_11_the_service_of_the_chat_is_kept(database: Path, imsg: Callable[..., Any]) -> None:
    """`auto` really detects SMS (imsg contract 1.10)."""
    chat = phone.say(database, ANN, "green", service="SMS").chat_id
    imsg("0.11.0").ask("send", chat_id=chat, text="answer")
    assert {each.chat_id for each in phone.read_thread(database, ANN)} == {chat}


def test_on_macos_26_a_reply_stays_in_the_any_chat(
    tmp_path: Path, database: Path, imsg: Callable[..., Any]
) -> None:
    """Guids start with `any` there (imsg contract 3.4)."""
    database.unlink()
    phone.create_database(database, macos=26)
    said = phone.say(database, ANN, "x")
    assert said.chat_guid == f"any;-;{ANN}"
    child = imsg("0.9.0")
    assert child.ask("send", chat_guid=f"any;+;{ANN}", text="twin")["ok"]
    assert {each.chat_id for each in phone.read_thread(database, ANN)} == {said.chat_id}


@pytest.mark.parametrize(
    ("params", "code", "data"),
    [
        ({"to": ANN, "text": "x", "service": "iMessage"}, -32602, "invalid service"),
        ({"to": ANN, "chat_id": 1, "text": "x"}, -32602, "use to or chat_*; not both"),
        ({"text": "x"}, -32602, "to is required for direct sends"),
        ({"to": ANN, "text": ""}, -32602, "text or file is required"),
        ({"chat_id": 99, "text": "x"}, -32602, "unknown chat_id 99"),
        ({"to": ANN, "file": "/nowhere/x.png"}, -32603, "Attachment not found at /nowhere/x.png"),
    ],
)
def test_what_cannot_be_sent_is_said_before_anything_is(
    params: dict[str, Any], code: int, data: str, database: Path, imsg: Callable[..., Any]
) -> None:
    """Codes and texts of validation (imsg contract 1.3, 4.1, 4.4)."""
    error = imsg().ask("send", **params)
    assert (error["code"], error["data"]) == (code, data)
    assert phone.read_thread(database, ANN) == []


def test_an_unknown_chat_by_name_is_an_applescript_failure(imsg: Callable[..., Any]) -> None:
    """Only `chat_id` is looked up beforehand (imsg contract 1.3, 4.2)."""
    assert (
        imsg().ask("send", chat_guid="iMessage;+;chat5", text="x")["data"].startswith("AppleScript failed: ")
    )


def test_text_and_file_are_two_messages_and_the_file_is_staged(
    tmp_path: Path, database: Path, imsg: Callable[..., Any]
) -> None:
    """The copy lies below Attachments/imsg; the text goes first (imsg contract 4.3, 4.4)."""
    picture = tmp_path / "cat.png"
    picture.write_bytes(b"png")
    imsg().ask("send", to=ANN, text="look", file=str(picture))
    text, file = phone.read_thread(database, ANN)
    assert (text.text, file.text) == ("look", "\ufffc")
    staged = Path(file.attachments[0])
    assert staged.read_bytes() == b"png"
    assert staged.is_relative_to(database.parent / "Attachments" / "imsg")


def test_0_3_sends_the_file_as_it_lies(tmp_path: Path, database: Path, imsg: Callable[..., Any]) -> None:
    """Files are staged from 0.4 on (imsg contract 1.10)."""
    imsg("0.3.0").ask("send", to=ANN, file=str(tmp_path / "cat.png"))
    assert phone.read_thread(database, ANN)[0].attachments == (str(tmp_path / "cat.png"),)


def test_names_are_looked_up_from_0_6(database: Path, imsg: Callable[..., Any]) -> None:
    """One hit is used, several are an error that lists them (imsg contract 4.2)."""
    contacts = {ANN: "Ann Example", "bob@example.com": "Bob Example"}
    write_settings(str(database), {"contacts": contacts})
    child = imsg("0.6.0")
    child.ask("send", to="ann", text="hi")
    assert [each.text for each in phone.read_thread(database, ANN)] == ["hi"]
    assert child.ask("send", to="example", text="hi")["data"].startswith(
        "Invalid chat target: Multiple contacts"
    )
    assert child.ask("chats.list")["chats"][0]["contact_name"] == "Ann Example"


def test_a_ghost_row_is_an_error_from_0_6(database: Path, imsg: Callable[..., Any]) -> None:
    """An empty unjoined own row filed under the chat means that nothing was delivered (imsg contract 4.5)."""
    chat = phone.make_group(database, "Both", [ANN])
    write_settings(str(database), {"misbehaviour": [{"kind": "ghost-row"}]})
    assert imsg("0.5.0").ask("send", chat_id=chat, text="x") == {"ok": True}
    error = imsg("0.6.0").ask("send", chat_id=chat, text="x")
    assert error["code"] == -32603
    assert "unjoined empty outgoing row" in error["data"]


def test_a_hanging_send_blocks_requests_but_not_the_watch(database: Path, imsg: Callable[..., Any]) -> None:
    """Requests are serial, notifications keep flowing (imsg contract 1.8)."""
    write_settings(str(database), {"debounceMs": 0, "misbehaviour": [{"kind": "hang-send"}]})
    child = imsg()
    child.ask("watch.subscribe")
    sending, listing = child.request("send", to="bob@example.com", text="x"), child.request("chats.list")
    phone.say(database, ANN, "meanwhile")
    assert child.message()["text"] == "meanwhile"
    write_settings(str(database), {"debounceMs": 0})
    assert child.answer(sending)["result"] == {"ok": True}
    assert len(child.answer(listing)["result"]["chats"]) == 2


def test_a_send_that_hangs_too_long_ends_as_a_script_failure(
    database: Path, imsg: Callable[..., Any]
) -> None:
    """Only the limit of the Apple event ends it (imsg contract 4.3)."""
    write_settings(str(database), {"misbehaviour": [{"kind": "hang-send", "seconds": 0}]})
    assert "timed out" in imsg().ask("send", to=ANN, text="x")["data"]
    assert phone.read_thread(database, ANN) == []


def test_a_lost_answer_has_sent_all_the_same(database: Path, imsg: Callable[..., Any]) -> None:
    """The row is there and the next request is answered (misbehaviour `lost-answer`, once)."""
    write_settings(str(database), {"misbehaviour": [{"kind": "lost-answer", "times": 1}]})
    child = imsg()
    child.request("send", to=ANN, text="one")
    assert child.ask("send", to=ANN, text="two") == {"ok": True}
    assert [each.text for each in phone.read_thread(database, ANN)] == ["one", "two"]


def test_a_late_own_row_comes_after_the_answer(database: Path, imsg: Callable[..., Any]) -> None:
    """Misbehaviour `late-own-row`: neither the answer nor the end of the program waits; Messages writes it."""
    write_settings(str(database), {"misbehaviour": [{"kind": "late-own-row", "delayMs": 1000}]})
    child = imsg()
    assert child.ask("send", to=ANN, text="late") == {"ok": True}
    assert phone.read_thread(database, ANN) == []
    assert child.end() == 0
    assert [each.text for each in eventually(lambda: phone.read_thread(database, ANN))] == ["late"]


def test_a_refused_send_says_why(database: Path, imsg: Callable[..., Any]) -> None:
    """Missing Automation permission (imsg contract 1.3, 4.3)."""
    write_settings(str(database), {"misbehaviour": [{"kind": "refuse-send"}]})
    assert "-1743" in imsg().ask("send", to=ANN, text="x")["data"]


def test_a_database_of_somebody_else_is_never_written(
    tmp_path: Path, database: Path, imsg: Callable[..., Any]
) -> None:
    """Only what the simulator made may be changed by it."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DELETE FROM _SqliteDatabaseProperties")
        connection.commit()
    assert "not made by the simulator" in imsg().ask("send", to=ANN, text="x")["data"]


@pytest.mark.parametrize(
    ("params", "data"),
    [
        ({"to": ANN, "text": "x", "transport": "pigeon"}, "invalid transport"),
        (
            {"to": ANN, "text": "x", "transport": "Bridge"},
            "bridge transport requires an existing chat target",
        ),
    ],
)
def test_transports_are_checked_from_0_8_1(
    params: dict[str, Any], data: str, imsg: Callable[..., Any]
) -> None:
    """Before that the key is unknown and ignored (imsg contract 1.10, 4.1)."""
    assert imsg("0.8.1").ask("send", **params)["data"] == data
    assert imsg("0.8.0").ask("send", **params)["ok"] is True
