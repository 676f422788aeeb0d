"""Own messages that are edited, taken back or hung below others: the same on each release that knows it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from openclaw.simulator import phone, rewriting
from openclaw.simulator.behaviour import write_settings

ANN = "+15550100001"


@pytest.fixture(params=["0.9.0", "0.14.0"])
def child(request: pytest.FixtureRequest, database: Path, imsg: Callable[..., Any]) -> Any:
    """An imsg on a Mac whose helper runs, with a message of Ann."""
    write_settings(str(database), {"helper": True})
    return imsg(request.param)


def test_a_rich_send_writes_an_own_row_below_the_other(database: Path, child: Any) -> None:
    """It answers the guid of its row (imsg contract 1.5)."""
    said = phone.say(database, ANN, "when?")
    told = child.ask("send.rich", chat_guid=said.chat_guid, text="at six", reply_to=said.guid)
    [_, own] = phone.read_thread(database, ANN)
    assert told == {"ok": True, "guid": own.guid, "message_id": own.guid}
    [message, _] = child.ask("messages.history", chat_id=said.chat_id)["messages"]
    assert (message["text"], message["thread_originator_guid"]) == ("at six", said.guid)


def test_what_is_not_there_is_refused_and_nothing_is_sent(database: Path, child: Any) -> None:
    """The helper looks the message up first."""
    said = phone.say(database, ANN, "when?")
    refused = child.ask("send.rich", chat_guid=said.chat_guid, text="at six", reply_to="gone")
    assert refused["data"] == "Dylib error: Message not found"
    assert child.ask("send.rich", chat_guid=said.chat_guid)["data"] == "text is required"
    assert len(phone.read_thread(database, ANN)) == 1


def test_an_own_message_gets_other_words_and_is_taken_back(database: Path, child: Any) -> None:
    """The row stays; a second taking back finds nothing."""
    own = phone.owner_types(database, "at sx", to=ANN)
    where = {"chat_guid": own.chat_guid, "message_id": own.guid}
    assert child.ask("message.edit", **where, text="at six") == {"ok": True}
    assert [bubble.text for bubble in phone.read_thread(database, ANN)] == ["at six"]
    assert child.ask("message.unsend", **where) == {"ok": True}
    assert [(bubble.guid, bubble.text) for bubble in phone.read_thread(database, ANN)] == [(own.guid, "")]
    assert child.ask("message.unsend", **where)["data"] == "Dylib error: Message not found"


def test_other_peoples_and_old_messages_stay_as_they_are(database: Path, child: Any) -> None:
    """Apple's limits: fifteen minutes for an edit, two for taking back."""
    said = phone.say(database, ANN, "hello")
    own = phone.owner_types(database, "hi", to=ANN)
    theirs = {"chat_guid": said.chat_guid, "message_id": said.guid}
    assert (
        child.ask("message.edit", **theirs, text="x")["data"]
        == "Dylib error: only own messages can be changed"
    )
    where = {"chat_guid": own.chat_guid, "message_id": own.guid}
    for method, age, more in (
        ("message.unsend", rewriting.UNSEND_NS, {}),
        ("message.edit", rewriting.EDIT_NS, {"text": "x"}),
    ):
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("UPDATE message SET date = date - ? WHERE guid = ?", (age, own.guid))
        assert "too old" in child.ask(method, **where, **more)["data"]
    assert child.ask("message.edit", **where)["data"] == "text is required"
    assert child.ask("message.unsend", chat_guid=own.chat_guid)["data"] == "message_id is required"
