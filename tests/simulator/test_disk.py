"""Another database in the place of the one that imsg has open, over real pipes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openclaw.simulator import phone
from openclaw.simulator.behaviour import write_settings
from openclaw.simulator.schema import NotSimulated

ANN, BOB = "+15550100001", "bob@example.com"


def texts(child: Any) -> list[str]:
    """What imsg finds in the newest chat."""
    chats = child.ask("chats.list")["chats"]
    rows = child.ask("messages.history", chat_id=chats[0]["id"])["messages"] if chats else []
    return [row["text"] for row in rows]


def test_a_running_imsg_reads_the_replaced_database_for_ever(
    database: Path, imsg: Callable[..., Any]
) -> None:
    """The old file stays open; only a new child sees the new one (imsg contract 3.1, 5.2)."""
    write_settings(str(database), {"debounceMs": 0, "pollMs": 20})
    phone.say(database, ANN, "old Mac")
    before = imsg("0.9.0")
    before.ask("watch.subscribe")
    phone.replace_database(database)
    phone.say(database, BOB, "new Mac")
    assert texts(before) == ["old Mac"]
    assert texts(imsg("0.9.0")) == ["new Mac"]
    assert before.notices == []


def test_another_mac_has_numbers_of_its_own(database: Path) -> None:
    """The same chat number is another chat there, and rows may count from anywhere (imsg contract 5.2)."""
    phone.say(database, ANN, "chat 1 is Ann's")
    phone.replace_database(database, "me@example.com", guid_prefix="any", first_id=500)
    said = phone.say(database, BOB, "hello")
    assert (said.row_id, said.chat_id, said.chat_guid) == (500, 500, f"any;-;{BOB}")


def test_an_older_copy_put_back_lacks_what_came_later(database: Path, imsg: Callable[..., Any]) -> None:
    """A restored backup: the ids of the lost rows are given out again (imsg contract 5.3)."""
    phone.say(database, ANN, "kept")
    copy = phone.snapshot(database, database.parent / "copy.db")
    lost = phone.say(database, ANN, "lost")
    phone.restore(database, copy)
    again = phone.say(database, ANN, "after")
    assert (again.row_id, again.guid == lost.guid) == (lost.row_id, False)
    assert texts(imsg()) == ["after", "kept"]
    phone.restore(database, copy)
    assert [each.text for each in phone.read_thread(database, ANN)] == ["kept"]


def test_a_send_of_a_child_with_the_old_database_goes_out_and_is_not_found(
    database: Path, imsg: Callable[..., Any]
) -> None:
    """Messages writes where the file is now, imsg looks into the old one: plain `ok` (imsg contract 4.5)."""
    child = imsg("0.6.0")
    child.ask("chats.list")
    phone.replace_database(database)
    assert child.ask("send", to=ANN, text="hi") == {"ok": True}
    assert [each.text for each in phone.read_thread(database, ANN)] == ["hi"]


def test_only_what_the_simulator_made_is_replaced(tmp_path: Path) -> None:
    """Nobody's messages are overwritten."""
    with pytest.raises(NotSimulated):
        phone.replace_database(tmp_path / "none.db")
