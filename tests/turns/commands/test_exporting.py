"""/export-session."""

from __future__ import annotations

import re

from tests.making import NOON

from openclaw.domain.ids import AgentId, SessionKey
from openclaw.domain.sessions import Session
from openclaw.store import Ledger
from openclaw.turns.commands.exporting import file_name

from .house import OTHER, Outside, give, says


async def test_the_file_is_the_operators_and_the_chat_learns_only_that_it_is_there(ledger: Ledger) -> None:
    """Behaviour facts I.2; one's own conversation only, and no path in the chat."""
    outside = Outside()
    said = (
        says(1, "/export"),
        says(2, "secret plans"),
        says(3, "unrelated", OTHER),
        says(4, "/export-session"),
    )
    texts = await give(ledger, *said, outside=outside)
    assert texts[0] == "There is nothing to export yet."
    assert texts[3] == "This conversation was exported; the gateway's operator has the file."
    [(name, text)] = outside.exports.files.items()
    assert "/" not in name
    assert "secret plans" in text
    assert "You said secret plans" in text
    assert "unrelated" not in text


async def test_nobody_chooses_the_place_from_a_chat(ledger: Ledger) -> None:
    """The original takes a path; here it would let whoever may command write anywhere."""
    outside = Outside()
    told = await give(ledger, says(1, "hello"), says(2, "/export ../../.ssh/config"), outside=outside)
    assert told[1] == "Where it goes cannot be chosen from a chat; send the command alone."
    assert outside.exports.files == {}


async def test_a_conversation_has_one_file_however_often_it_is_exported(ledger: Ledger) -> None:
    """A contact cannot fill the disk by it; the next conversation has a file of its own."""
    outside = Outside()
    said = ("one", "/export", "two", "/export", "/new", "three", "/export")
    await give(ledger, *(says(row, text) for row, text in enumerate(said, 1)), outside=outside)
    first, second = outside.exports.files.values()
    assert "You said two" in first
    assert "You said three" in second


def test_no_two_conversations_share_a_file() -> None:
    """Whatever their keys have in common once they are a name."""
    keys = ("agent:a:direct:x/y", "agent:a:direct:x-y", f"agent:a:{'x' * 200}1", f"agent:a:{'x' * 200}2")
    names = {file_name(Session(SessionKey(key), AgentId("a"), 1, NOON, NOON)) for key in keys}
    assert len(names) == len(keys)
    assert all(re.fullmatch(r"[A-Za-z0-9+._-]+\.md", name) and len(name) < 120 for name in names)
