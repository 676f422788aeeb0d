"""The rows that macOS writes."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest

from openclaw.simulator import rows, schema


def test_guids_are_random_and_spelled_like_a_mac() -> None:
    """Upper case, version 4."""
    made = {rows.new_guid() for _ in range(100)}
    assert len(made) == 100
    assert all(
        re.fullmatch(r"[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}", each)
        for each in made
    )


def test_handles_and_direct_chats_are_made_once(database: Path) -> None:
    """The same address on another service is another handle and another chat (imsg contract 3.4)."""
    with closing(schema.open_writing(database)) as connection:
        first = (
            rows.handle(connection, "+1555", "iMessage"),
            rows.direct_chat(connection, "+1555", "iMessage"),
        )
        again = (
            rows.handle(connection, "+1555", "iMessage"),
            rows.direct_chat(connection, "+1555", "iMessage"),
        )
        other = rows.handle(connection, "+1555", "SMS"), rows.direct_chat(connection, "+1555", "SMS")
    assert first == again
    assert first[0] != other[0]
    assert first[1] != other[1]


@pytest.mark.parametrize(
    ("name", "mime"), [("a.JPG", "image/jpeg"), ("a.caf", "audio/x-caf"), ("a", "application/octet-stream")]
)
def test_attachments_are_typed_by_suffix(name: str, mime: str, database: Path) -> None:
    """An unknown suffix is plain data; a file that is not there has no size (imsg contract 3.7)."""
    with closing(schema.open_writing(database)) as connection:
        chat = rows.direct_chat(connection, "+1555", "iMessage")
        rows.message(connection, rows.Row("\ufffc", 1, chat, "iMessage", False, files=(f"/nowhere/{name}",)))
        found = connection.execute("SELECT mime_type, total_bytes, transfer_name FROM attachment").fetchall()
    assert found == [(mime, 0, name)]
