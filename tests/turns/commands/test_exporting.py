"""/export-session."""

from __future__ import annotations

from openclaw.store import Ledger

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
