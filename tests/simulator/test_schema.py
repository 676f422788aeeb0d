"""Opening and making databases."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from openclaw.simulator import schema

READ = {
    "message": "ROWID handle_id text date is_from_me service attributedBody guid associated_message_guid"
    " associated_message_type thread_originator_guid destination_caller_id is_audio_message balloon_bundle_id"
    " is_sent is_delivered error date_delivered item_type",
    "handle": "ROWID id",
    "chat": "ROWID chat_identifier guid display_name service_name account_id account_login last_addressed_handle",
    "chat_message_join": "chat_id message_id message_date",
    "chat_handle_join": "chat_id handle_id",
    "message_attachment_join": "message_id attachment_id",
    "attachment": "ROWID filename transfer_name uti mime_type total_bytes is_sticker user_info",
}


@pytest.mark.parametrize("table", READ)
def test_every_column_that_imsg_reads_is_there(table: str, database: Path) -> None:
    """Tables and columns (imsg contract 3.2), and those by which a Mac's database is known."""
    with closing(schema.open_reading(database)) as connection:
        columns = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
    assert set(READ[table].split()) <= columns


def test_it_is_read_without_any_right_to_write(database: Path) -> None:
    """imsg opens read only (imsg contract 3.1)."""
    with (
        closing(schema.open_reading(database)) as connection,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        connection.execute("DELETE FROM message")


def test_a_path_with_marks_of_a_uri_is_opened(tmp_path: Path) -> None:
    """A question mark, a hash or a percent sign in a name are part of the name."""
    odd = tmp_path / "50% #1?.db"
    schema.create(odd, "me@example.com", "")
    with closing(schema.open_reading(odd)) as connection:
        assert connection.execute("SELECT count(*) FROM message").fetchone() == (0,)


def test_only_databases_of_its_own_are_opened_for_writing(tmp_path: Path) -> None:
    """Nobody's real messages are ever touched."""
    foreign = tmp_path / "chat.db"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE message (ROWID INTEGER PRIMARY KEY)")
    with pytest.raises(schema.NotSimulated, match="not made by the simulator"):
        schema.open_writing(foreign)
    foreign.write_bytes(b"no database at all" * 100)
    with pytest.raises(schema.NotSimulated):
        schema.open_writing(foreign)


def test_what_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    """A missing file is; one that is no database opens and fails later (imsg contract 1.9)."""
    with pytest.raises(sqlite3.OperationalError):
        schema.open_reading(tmp_path / "none.db")
    (tmp_path / "text.db").write_bytes(b"no database at all" * 100)
    schema.open_reading(tmp_path / "text.db").close()
