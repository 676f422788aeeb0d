"""The list of conversations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from openclaw.errors import NotFound
from openclaw.simulator import phone
from openclaw.simulator.page import conversations

ANN, BOB = "+15550100001", "bob@example.com"


def test_the_list_shows_people_groups_and_their_last_words(page: Any, database: Path) -> None:
    """One entry a chat, with members, service and the newest bubble (issue: several contacts at once)."""
    phone.say(database, ANN, "by text", service="SMS", at=1_700_000_000)
    group = phone.make_group(database, "Trip", [ANN, BOB])
    phone.say(database, BOB, "who comes?", chat=group)
    listed = page.get("api/chats").json
    assert listed["account"] == "+15550100000"
    direct, trip = sorted(listed["chats"], key=lambda chat: chat["group"])
    assert (direct["members"], direct["service"], direct["last"]["at"]) == ([ANN], "SMS", 1_700_000_000)
    assert (trip["name"], trip["members"], trip["last"]["sender"]) == ("Trip", [ANN, BOB], BOB)
    assert trip["last"]["text"] == "who comes?"


def test_hostile_names_and_words_come_back_as_they_are(page: Any, database: Path) -> None:
    """Markup in names and texts is data all the way (issue: attacks as tests)."""
    words = "</script><img src=x onerror=alert(1)>\u202e\u0000\ud83d\ude00".encode(
        "utf-16", "surrogatepass"
    ).decode("utf-16")
    group = phone.make_group(database, "<b>\"'&", [ANN, BOB])
    phone.say(database, ANN, words, chat=group)
    (chat,) = page.get("api/chats").json["chats"]
    assert (chat["name"], chat["last"]["text"]) == ("<b>\"'&", words)
    assert page.get(f"api/chats/{group}/bubbles").json["bubbles"][0]["text"] == words
    assert page.get("api/chats").headers["content-type"] == "application/json"


def test_a_reaction_is_not_the_last_word(database: Path, page: Any) -> None:
    """The list shows the bubble, not the row that reacts to it."""
    said = phone.say(database, ANN, "nice")
    phone.tapback(database, ANN, said.guid)
    assert page.get("api/chats").json["chats"][0]["last"]["text"] == "nice"


def test_a_long_text_is_cut_for_the_list(database: Path, page: Any) -> None:
    """The list stays quick whatever is said (issue: 10,000 messages)."""
    phone.say(database, ANN, "x" * 100_000)
    assert len(page.get("api/chats").json["chats"][0]["last"]["text"]) == 160


def test_reading_marks_what_the_account_said_and_nothing_else(database: Path, page: Any) -> None:
    """Only answers are unread, each until its own conversation is opened."""
    first = phone.owner_types(database, "to Ann", to=ANN).chat_id
    phone.owner_types(database, "to Bob", to=BOB)
    phone.say(database, ANN, "thanks")
    assert [chat["unread"] for chat in page.get("api/chats").json["chats"]] == [1, 1]
    page.post(f"api/chats/{first}/read")
    assert [chat["unread"] for chat in page.get("api/chats").json["chats"]] == [0, 1]


def test_reading_nothing_writes_nothing(database: Path) -> None:
    """A commit without need would wake every look-alike."""
    chat = phone.say(database, ANN, "hello").chat_id
    before = (
        database.with_name("chat.db-wal").stat().st_size if database.with_name("chat.db-wal").exists() else 0
    )
    conversations.mark_read(database, chat)
    after = (
        database.with_name("chat.db-wal").stat().st_size if database.with_name("chat.db-wal").exists() else 0
    )
    assert before == after


def test_a_conversation_that_is_not_there_is_named(database: Path) -> None:
    """The message names the thing (style, 21)."""
    with pytest.raises(NotFound, match="no conversation 5"):
        conversations.find(database, 5)
