"""Result objects by release."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from openclaw.simulator import phone

ANN = "+15550100001"


def test_attachments_are_filled_when_asked_for(
    tmp_path: Path, database: Path, imsg: Callable[..., Any]
) -> None:
    """All eight fields; a file that is gone is `missing` (imsg contract 1.6, 3.7)."""
    picture = tmp_path / "cat.png"
    picture.write_bytes(b"png")
    chat = phone.say(database, ANN, "", attachments=[picture, tmp_path / "gone.gif"]).chat_id
    child = imsg()
    plain, full = (
        child.ask("messages.history", chat_id=chat, attachments=wanted)["messages"][0]
        for wanted in (False, True)
    )
    assert (plain["text"], plain["attachments"]) == ("\ufffc\ufffc", [])
    there, gone = full["attachments"]
    assert there == {
        "filename": str(picture),
        "transfer_name": "cat.png",
        "uti": "public.png",
        "mime_type": "image/png",
        "total_bytes": 3,
        "is_sticker": False,
        "original_path": str(picture),
        "missing": False,
    }
    assert (gone["missing"], gone["total_bytes"]) == (True, 0)


@pytest.mark.parametrize(
    ("version", "added"),
    [
        ("0.4.0", set[str]()),
        ("0.5.0", {"thread_originator_guid", "destination_caller_id"}),
        ("0.9.0", {"thread_originator_guid", "destination_caller_id", "reply_to_text", "reply_to_sender"}),
    ],
)
def test_optional_fields_come_with_their_release(
    version: str, added: set[str], database: Path, imsg: Callable[..., Any]
) -> None:
    """Absent optionals are omitted, never null (imsg contract 1.6)."""
    root = phone.say(database, ANN, "root")
    phone.say(database, ANN, "reply", reply_to=root.guid)
    always = {
        "id",
        "chat_id",
        "guid",
        "sender",
        "is_from_me",
        "text",
        "created_at",
        "attachments",
        "reactions",
    }
    always |= {"chat_identifier", "chat_guid", "chat_name", "participants", "is_group"}
    message = imsg(version).ask("messages.history", chat_id=root.chat_id, limit=1)["messages"][0]
    assert set(message) == always | added


@pytest.mark.parametrize(
    ("version", "attachments", "shown"), [("0.5.0", False, 0), ("0.5.0", True, 2), ("0.6.0", False, 2)]
)
def test_reactions_are_replayed(
    version: str, attachments: bool, shown: int, database: Path, imsg: Callable[..., Any]
) -> None:
    """Adding replaces, removing deletes, types coexist; to 0.5 only with attachments (imsg contract 1.6, 3.6)."""
    said = phone.say(database, ANN, "nice")
    for kind, remove in (("like", False), ("love", False), ("like", True), ("🎉", False), ("love", False)):
        phone.tapback(database, ANN, said.guid, kind, remove=remove)
    asked = {"chat_id": said.chat_id, "attachments": attachments}
    reactions = imsg(version).ask("messages.history", **asked)["messages"][0]["reactions"]
    assert [each["emoji"] for each in reactions] == ["❤️", "🎉"][:shown]


def test_an_emoji_removal_without_emoji_takes_the_first_custom_one(
    database: Path, imsg: Callable[..., Any]
) -> None:
    """A 3006 whose emoji cannot be found (imsg contract 3.6)."""
    said = phone.say(database, ANN, "nice")
    phone.tapback(database, ANN, said.guid, "🎉")
    gone = phone.tapback(database, ANN, said.guid, "🎉", remove=True)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(
            "UPDATE message SET text = 'x', attributedBody = NULL WHERE ROWID = ?", (gone.row_id,)
        )
        connection.commit()
    assert imsg("0.6.0").ask("messages.history", chat_id=said.chat_id)["messages"][0]["reactions"] == []


def test_a_long_body_is_garbled_in_0_5(database: Path, imsg: Callable[..., Any]) -> None:
    """Bodies of 128 bytes and more have junk in front to 0.6 (imsg contract 1.10)."""
    chat = phone.say(database, ANN, "a" * 200, body_only=True).chat_id
    old, new = (
        imsg(number).ask("messages.history", chat_id=chat)["messages"][0]["text"]
        for number in ("0.5.0", "0.8.0")
    )
    assert (old.endswith("a" * 200), old == "a" * 200, new) == (True, False, "a" * 200)
