"""The helper inside the simulated Messages: what it does where it runs, and that nothing does where it does not."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from openclaw.simulator import phone, status
from openclaw.simulator.behaviour import write_settings
from openclaw.simulator.helper import JOURNAL
from openclaw.simulator.versions import version

ANN = "+15550100001"


def journal(database: Path) -> list[dict[str, Any]]:
    """What the other side has seen."""
    path = Path(f"{database}{JOURNAL}")
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_without_the_helper_nothing_of_it_works(database: Path, imsg: Callable[..., Any]) -> None:
    """Most Macs have their protection on (imsg contract 1.5)."""
    said = phone.say(database, ANN, "hello")
    child = imsg("0.9.0")
    for method in ("typing", "read", "tapback"):
        assert child.ask(method, chat_guid=said.chat_guid)["code"] == -32603
    assert journal(database) == []


@pytest.mark.parametrize("release", ["0.9.0", "0.14.0"])
def test_the_helper_types_reads_and_reacts(release: str, database: Path, imsg: Callable[..., Any]) -> None:
    """Each answers `ok`, and a tapback the name it has on the wire (imsg contract 1.5)."""
    write_settings(str(database), {"helper": True})
    said = phone.say(database, ANN, "hello")
    child = imsg(release)
    assert child.ask("typing", chat_guid=said.chat_guid) == {"ok": True}
    assert child.ask("typing", chat_guid=said.chat_guid, typing=False) == {"ok": True}
    assert child.ask("read", chat_guid=said.chat_guid) == {"ok": True}
    reacted = child.ask("tapback", chat_guid=said.chat_guid, message_id=said.guid, reaction="‼")
    assert reacted == {"ok": True, "reaction": "emphasize"}
    assert [(each["method"], each.get("typing")) for each in journal(database)] == [
        ("typing", True),
        ("typing", False),
        ("read", None),
        ("tapback", None),
    ]
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT is_read FROM message WHERE guid = ?", (said.guid,)).fetchone() == (
            1,
        )
    (message,) = child.ask("messages.history", chat_id=said.chat_id)["messages"]
    (reaction,) = message["reactions"]
    assert (reaction["type"], reaction["is_from_me"]) == ("emphasis", True)


def test_a_tapback_goes_as_it_came(database: Path, imsg: Callable[..., Any]) -> None:
    """`remove` takes it away; an unknown word, message or chat is an error."""
    write_settings(str(database), {"helper": True})
    said = phone.say(database, ANN, "hello")
    child = imsg("0.9.0")
    where = {"chat_guid": said.chat_guid, "message_id": said.guid}
    child.ask("tapback", **where, reaction="like")
    child.ask("tapback", **where, reaction="like", remove=True)
    (message,) = child.ask("messages.history", chat_id=said.chat_id)["messages"]
    assert message["reactions"] == []
    assert child.ask("tapback", **where, reaction="👀")["code"] == -32602
    assert child.ask("tapback", chat_guid=said.chat_guid, reaction="like")["data"] == "message_id is required"
    assert child.ask("tapback", **(where | {"message_id": "gone"}), reaction="like")["code"] == -32603
    assert child.ask("read", chat_guid="iMessage;-;nobody")["code"] == -32602
    assert "not ready" in child.ask("message.delete", **where)["data"]


def test_the_status_tells_that_the_helper_runs() -> None:
    """`status --json` and, from 0.14, the snapshot."""
    assert status.report(version("0.9.0"), helper=True)["v2_ready"] is True
    found = status.snapshot(version("0.14.0"), "/x/chat.db", ready=True, helper=True)
    assert "tapback" in found["methods"]
    assert found["bridge"] == {"ready": True}
