"""Rows that come in parts."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.simulator.looking import eventually

from openclaw.simulator import later, phone
from openclaw.simulator.behaviour import write_settings

ANN = "+15550100001"
QUICK = {"debounceMs": 0, "pollMs": 50}


def test_a_person_may_be_read_before_the_chat_is_known(database: Path, imsg: Callable[..., Any]) -> None:
    """`join_after`: `chat_id` 0 to 0.9, waited for from 0.10 (imsg contract 1.10, 5.2)."""
    write_settings(str(database), QUICK)
    old, new = imsg("0.9.0"), imsg("0.10.0")
    for child in (old, new):
        child.ask("watch.subscribe")
    said = phone.say(database, ANN, "hello", join_after=0.3)
    assert old.message()["chat_id"] == 0
    assert new.message()["chat_id"] == said.chat_id


def test_a_row_whose_chat_never_comes_is_dropped_from_0_10(database: Path, imsg: Callable[..., Any]) -> None:
    """It is retried for a while and then left out (imsg contract 1.10)."""
    write_settings(str(database), QUICK)
    child = imsg("0.10.0")
    child.ask("watch.subscribe")
    phone.say(database, ANN, "lost", joined=False)
    phone.say(database, ANN, "next")
    assert child.message()["text"] == "next"


def test_text_and_files_may_come_after_the_row(
    tmp_path: Path, database: Path, imsg: Callable[..., Any]
) -> None:
    """`text_after`: reported empty, and history has both later (imsg contract 5.2, oc#144025)."""
    write_settings(str(database), QUICK)
    picture = tmp_path / "cat.png"
    picture.write_bytes(b"png")
    child = imsg()
    child.ask("watch.subscribe", attachments=True)
    said = phone.say(database, ANN, "look", attachments=[picture], text_after=0.3)
    message = child.message()
    assert (message["text"], message["attachments"]) == ("", [])
    (bubble,) = eventually(lambda: [each for each in phone.read_thread(database, ANN) if each.text])
    assert (bubble.row_id, bubble.text, bubble.attachments) == (said.row_id, "\ufffclook", (str(picture),))


def test_what_the_owner_types_may_flip_too(database: Path, imsg: Callable[..., Any]) -> None:
    """`own_after`: the peer's for a moment (imsg#80)."""
    write_settings(str(database), QUICK)
    child = imsg()
    child.ask("watch.subscribe")
    phone.owner_types(database, "by hand", to=ANN, own_after=0.3)
    assert (child.message()["is_from_me"], child.notices) == (False, [])
    assert eventually(lambda: [each for each in phone.read_thread(database, ANN) if each.from_me])


def test_a_switch_makes_every_inbound_row_late(database: Path) -> None:
    """`late-join` and `late-text` hold for people as well unless `whose` is own."""
    for whose, seen in (("own", 1), ("inbound", 1), ("all", 1)):
        entry = {"kind": "late-join", "delayMs": 60_000, "whose": whose}
        write_settings(str(database), {"misbehaviour": [entry]})
        phone.say(database, ANN, whose)
        assert len(phone.read_thread(database, ANN)) == seen


def test_a_database_without_plans_has_nothing_due(database: Path) -> None:
    """Databases made by an earlier release lack the table."""
    later.settle(str(database))
    with closing(sqlite3.connect(database)) as connection:
        assert later.next_due(connection) is None
        later.plan(connection, 0, {"do": "join", "message": 1, "chat": 1})
        assert later.next_due(connection) is not None
