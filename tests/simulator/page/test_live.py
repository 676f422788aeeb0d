"""What open windows are told."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from openclaw.simulator import phone, schema

ANN, BOB = "+15550100001", "bob@example.com"


def told(window: Any, name: str) -> Any:
    """The data of the next event called ``name``."""
    while event := window.next():
        if event[0] == name:
            return event[1]
    raise EOFError(name)


def test_a_new_row_is_told_to_every_window(database: Path, window: Callable[[], Any]) -> None:
    """Two windows stay in step without reload (issue)."""
    first, second = window(), window()
    said = phone.say(database, ANN, "<b>hello</b>\nyou")
    for one in (first, second):
        change = told(one, "change")
        assert [each["text"] for each in change["bubbles"]] == ["<b>hello</b>\nyou"]
        assert [(each["id"], each["unread"]) for each in change["chats"]] == [(said.chat_id, 0)]


def test_rows_come_in_their_order_and_once(database: Path, window: Callable[[], Any]) -> None:
    """However looks and commits fall together, nothing is lost or doubled."""
    one = window()
    texts = [f"{number}" for number in range(40)]
    for text in texts:
        phone.say(database, ANN, text)
    seen: list[str] = []
    while len(seen) < len(texts):
        seen += [each["text"] for each in told(one, "change")["bubbles"]]
    assert seen == texts


def test_a_row_that_gets_its_chat_later_is_told_then(database: Path, window: Callable[[], Any]) -> None:
    """macOS may write a row before it joins it to its chat (imsg contract 3.3)."""
    phone.say(database, ANN, "first")
    one = window()
    late = phone.say(database, ANN, "late", joined=False)
    phone.say(database, ANN, "after")
    assert [each["text"] for each in told(one, "change")["bubbles"]] == ["after"]
    phone.join(database, late)
    assert [each["text"] for each in told(one, "change")["bubbles"]] == ["late"]


def test_a_reaction_is_told_as_the_bubble_it_belongs_to(database: Path, window: Callable[[], Any]) -> None:
    """The window replaces the bubble; the reaction is none itself."""
    said = phone.say(database, ANN, "nice")
    one = window()
    phone.tapback(database, ANN, said.guid, "laugh")
    (bubble,) = told(one, "change")["bubbles"]
    assert (bubble["guid"], [each["kind"] for each in bubble["reactions"]]) == (said.guid, ["laugh"])


def test_reading_in_one_window_clears_the_count_in_the_other(
    page: Any, database: Path, window: Callable[[], Any]
) -> None:
    """Unread counts are the database's, not a window's."""
    chat = phone.owner_types(database, "are you there?", to=ANN).chat_id
    assert page.get("api/chats").json["chats"][0]["unread"] == 1
    one = window()
    assert page.post(f"api/chats/{chat}/read").code == 200
    assert [each["unread"] for each in told(one, "change")["chats"]] == [0]


def test_a_switch_is_told_with_the_names(page: Any, window: Callable[[], Any]) -> None:
    """Which are on is visible in every window (brief)."""
    one = window()
    page.post("api/trouble", kind="noise", mode="on")
    assert told(one, "settings")["trouble"]["noise"] == "on"
    page.post("api/contacts", name="Ann", address=ANN)
    assert told(one, "settings")["people"] == {ANN: "Ann"}


def test_an_answer_under_way_is_told_and_its_end_too(
    page: Any, database: Path, window: Callable[[], Any]
) -> None:
    """The typing bubble stands while the gateway runs a turn (brief), for windows that open meanwhile as well."""
    chat = phone.say(database, ANN, "hello").chat_id
    one = window()
    page.answering = {chat}
    assert told(one, "typing") == {"chats": [chat]}
    second = window()
    assert told(second, "typing") == {"chats": [chat]}
    page.answering = set()
    assert told(one, "typing") == {"chats": []}


def test_after_very_many_rows_at_once_the_window_reads_anew(
    database: Path, window: Callable[[], Any]
) -> None:
    """No event grows without limit (style, 25)."""
    guid = phone.say(database, ANN, "hello").guid
    one = window()
    with closing(schema.open_writing(database)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for number in range(300):
            connection.execute(
                "INSERT INTO message (guid, text, handle_id, date) SELECT ?, text, handle_id, date FROM message"
                " WHERE guid = ?",
                (f"copy-{number}", guid),
            )
            connection.execute("INSERT INTO chat_message_join SELECT 1, max(ROWID), max(date) FROM message")
        connection.execute("COMMIT")
    assert one.next() == ("resync", {})


def test_the_stream_ends_with_its_server(page: Any, window: Callable[[], Any]) -> None:
    """A gateway that stops does not wait for windows, which connect again by themselves."""
    one = window()
    page.stop()
    assert one.next() is None


def test_a_window_that_closed_is_forgotten(database: Path, window: Callable[[], Any]) -> None:
    """The next one begins with what is there then, and is told what comes after."""
    one = window()
    one.close()
    phone.say(database, ANN, "meanwhile")
    second = window()
    phone.say(database, BOB, "now")
    assert told(second, "change")["bubbles"][-1]["text"] == "now"
