"""What imsg finds in the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from openclaw.simulator import phone, rows, schema
from openclaw.simulator.reading import Filter, Reader

ANN = "+15550100001"


@pytest.fixture
def reader(database: Path) -> Iterator[Reader]:
    """A reader of the database."""
    with closing(Reader(schema.open_reading(database))) as opened:
        yield opened


def test_a_commit_of_another_process_changes_the_data_version(database: Path, reader: Reader) -> None:
    """This stands in for file events (imsg contract 5.1)."""
    before = reader.data_version()
    assert reader.data_version() == before
    phone.say(database, ANN, "x")
    assert reader.data_version() != before


def test_a_chat_is_found_by_guid_twin_and_identifier(database: Path, reader: Reader) -> None:
    """Look-ups try the text, the `any` twin and the bare identifier (imsg contract 3.4)."""
    said = phone.say(database, ANN, "x")
    spellings = (said.chat_guid, ANN, f"any;-;{ANN}", f"any;+;{ANN}", f"SMS;-;{ANN}")
    assert [reader.find_chat(each) for each in spellings] == [said.chat_id] * 5
    assert reader.find_chat("any;-;+1999") is None


def test_a_message_of_two_chats_is_read_twice(database: Path, reader: Reader) -> None:
    """Once per chat, with the same id (imsg contract 3.4)."""
    said = phone.say(database, ANN, "x")
    group = phone.make_group(database, "G", [ANN])
    phone.join(database, phone.Said(said.row_id, said.guid, group, ""))
    assert [(row.id, row.chat) for row in reader.after(0, None, 10, tapbacks=False)] == [
        (1, said.chat_id),
        (1, group),
    ]


def test_the_newest_own_row_of_a_text_is_found(database: Path, reader: Reader) -> None:
    """Exactly this text, from the given moment on, in the chat if known (imsg contract 4.5)."""
    old = phone.owner_types(database, "same", to=ANN, at=1_700_000_000)
    new = phone.owner_types(database, "same", to=ANN, at=1_700_000_010)
    since = (1_700_000_005 - rows.APPLE_EPOCH_S) * 10**9
    assert reader.own_row("same", since, None) == (new.row_id, new.guid)
    assert reader.own_row("same", 0, old.chat_id) == (new.row_id, new.guid)
    assert reader.own_row("same", 0, 99) is None
    assert reader.own_row("sam", 0, None) is None


def test_filters_take_the_own_handle_where_there_is_no_other(database: Path, reader: Reader) -> None:
    """Participants compare without case on the handle, else the caller id (imsg contract 1.5)."""
    phone.make_group(database, "G", [ANN])
    phone.owner_types(database, "mine", group="G")
    (row,) = reader.after(0, None, 10, tapbacks=False)
    assert Filter(participants=("+15550100000",)).admits(row)
    assert not Filter(participants=(ANN,)).admits(row)
