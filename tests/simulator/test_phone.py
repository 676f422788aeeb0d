"""What people do to the database."""

from __future__ import annotations

import multiprocessing
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from openclaw.simulator import phone, typedstream
from openclaw.simulator.schema import NotSimulated

ANN, BOB = "+15550100001", "bob@example.com"


def rows(database: Path, sql: str) -> list[tuple[Any, ...]]:
    """What stands in the database."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql).fetchall()


def test_an_inbound_message_has_all_its_rows(database: Path) -> None:
    """message, handle, chat and both joins, dated in nanoseconds since 2001 (imsg contract 3.2, 3.3)."""
    said = phone.say(database, ANN, "hello", at=1_700_000_000)
    assert rows(database, "SELECT id, service FROM handle") == [(ANN, "iMessage")]
    assert rows(database, "SELECT guid, style, chat_identifier, service_name FROM chat") == [
        (said.chat_guid, 45, ANN, "iMessage")
    ]
    assert rows(database, "SELECT * FROM chat_handle_join") == [(said.chat_id, 1)]
    date = (1_700_000_000 - 978_307_200) * 10**9
    assert rows(database, "SELECT * FROM chat_message_join") == [(said.chat_id, said.row_id, date)]
    assert rows(
        database, "SELECT guid, text, handle_id, date, is_from_me, destination_caller_id FROM message"
    ) == [(said.guid, "hello", 1, date, 0, "+15550100000")]


def test_a_body_only_message_has_no_text_column(database: Path) -> None:
    """Newer systems keep the text in the archive alone (imsg contract 3.5)."""
    phone.say(database, ANN, "grüß", body_only=True)
    ((text, body),) = rows(database, "SELECT text, attributedBody FROM message")
    assert (text, typedstream.decode(body)) == (None, "grüß")
    assert phone.read_thread(database, ANN)[0].text == "grüß"


def test_one_person_has_a_chat_for_each_service(database: Path) -> None:
    """iMessage and SMS are two chats; a thread by handle shows both (imsg contract 3.4)."""
    blue = phone.say(database, ANN, "blue")
    green = phone.say(database, ANN, "green", service="SMS")
    assert (blue.chat_guid, green.chat_guid) == (f"iMessage;-;{ANN}", f"SMS;-;{ANN}")
    assert [each.service for each in phone.read_thread(database, ANN)] == ["iMessage", "SMS"]


def test_a_group_is_reached_by_name_and_by_id(database: Path) -> None:
    """Own rows of a group have no handle (imsg contract 3.4)."""
    chat = phone.make_group(database, "Family", [ANN, BOB])
    phone.say(database, BOB, "by name", group="Family")
    phone.owner_types(database, "by id", chat=chat)
    assert rows(database, "SELECT handle_id FROM message ORDER BY ROWID") == [(2,), (0,)]
    assert [(each.sender, each.text) for each in phone.read_thread(database, chat)] == [
        (BOB, "by name"),
        ("", "by id"),
    ]
    assert phone.read_thread(database, "Family", since=1)[0].from_me


def test_attachments_stand_as_marks_before_the_text(tmp_path: Path, database: Path) -> None:
    """U+FFFC marks each file (imsg contract 3.5)."""
    picture = tmp_path / "cat.HEIC"
    picture.write_bytes(b"12345")
    phone.say(database, ANN, "look", attachments=[picture])
    (bubble,) = phone.read_thread(database, ANN)
    assert (bubble.text, bubble.attachments) == ("\ufffclook", (str(picture),))
    assert rows(database, "SELECT transfer_name, mime_type, total_bytes FROM attachment") == [
        ("cat.HEIC", "image/heic", 5)
    ]


@pytest.mark.parametrize(
    ("kind", "remove", "number", "text"),
    [
        ("love", False, 2000, "Love “hi”"),
        ("question", True, 3005, "Question “hi”"),
        ("🎉", False, 2006, "Reacted 🎉 to “hi”"),
    ],
)
def test_a_tapback_refers_to_its_message(
    kind: str, remove: bool, number: int, text: str, database: Path
) -> None:
    """Type and reference of a tapback row; it is no bubble (imsg contract 3.6)."""
    said = phone.say(database, ANN, "hi", body_only=True)
    phone.tapback(database, BOB, said.guid, kind, remove=remove)
    sql = "SELECT associated_message_type, associated_message_guid, text FROM message WHERE ROWID = 2"
    assert rows(database, sql) == [(number, f"p:0/{said.guid}", text)]
    assert len(phone.read_thread(database, ANN)) == 1


def test_a_row_may_get_its_chat_later(database: Path) -> None:
    """A late join, as iCloud does it (imsg contract 5.2)."""
    said = phone.say(database, ANN, "early", joined=False)
    assert phone.read_thread(database, ANN) == []
    phone.join(database, said)
    assert len(phone.read_thread(database, ANN)) == 1


def test_what_is_not_there_is_named(tmp_path: Path, database: Path) -> None:
    """Unknown chats, groups, messages and databases are errors with a way on."""
    with pytest.raises(phone.NoSuchChat, match="7"):
        phone.say(database, ANN, "x", chat=7)
    with pytest.raises(phone.NoSuchChat, match="'Nobody'"):
        phone.say(database, ANN, "x", group="Nobody")
    with pytest.raises(phone.NoSuchChat, match="guid"):
        phone.tapback(database, ANN, "no-guid")
    with pytest.raises(ValueError, match="where the owner types"):
        phone.owner_types(database, "x")
    with pytest.raises(NotSimulated, match="simulator init"):
        phone.say(tmp_path / "none.db", ANN, "x")
    with pytest.raises(FileExistsError):
        phone.create_database(database)
    assert phone.read_thread(database, "nobody") == []


def talk(database: Path, who: int) -> None:
    """One of several processes that write at once."""
    for number in range(20):
        phone.say(database, f"+1555010{who:04d}", str(number))


def test_several_processes_write_at_once(database: Path) -> None:
    """Nobody fails on a lock and nothing is lost (WAL and a busy timeout, as imsg contract 3.1)."""
    context = multiprocessing.get_context("spawn")
    people = [context.Process(target=talk, args=(database, who)) for who in range(4)]
    for person in people:
        person.start()
    for person in people:
        person.join(60)
    assert [person.exitcode for person in people] == [0] * 4
    assert rows(database, "SELECT count(*), count(DISTINCT guid) FROM message") == [(80, 80)]
    assert rows(database, "SELECT count(*) FROM chat") == [(4,)]


def test_the_database_is_private(database: Path) -> None:
    """Files 0600, directories 0700."""
    assert database.stat().st_mode & 0o777 == 0o600
    assert database.parent.stat().st_mode & 0o777 == 0o700


def test_a_backlog_ends_now_and_a_backfill_long_ago(database: Path) -> None:
    """Many rows in one transaction; iCloud brings old dates under new row ids (oc#2551, oc#89237)."""
    said = phone.backlog(database, ANN, ["a", "b", "c"], step=60, body_only=True)
    assert [each.row_id for each in said] == [1, 2, 3]
    times = [each.at for each in phone.read_thread(database, ANN)]
    assert [round(later - times[0]) for later in times] == [0, 60, 120]
    assert abs(times[-1] - time.time()) < 60
    group = phone.make_group(database, "G", [ANN])
    phone.backlog(database, ANN, ["old"], at=1_500_000_000, chat=group)
    assert [(each.row_id, each.at) for each in phone.read_thread(database, "G")] == [(4, 1_500_000_000)]
