"""/context."""

from __future__ import annotations

import json

from openclaw.store import Ledger

from .house import give, says


async def test_it_tells_sizes_and_no_words(ledger: Ledger) -> None:
    """Behaviour facts I.2: list, detail, json; nothing of what is said or instructed is shown."""
    said = ("remember the blue door", "/context", "/context detail", "/context json", "/context everything")
    texts = await give(ledger, *(says(row, text) for row, text in enumerate(said, 1)))
    assert "History: 2 entries" in texts[1]
    assert "a summary in front: no" in texts[2]
    parts = json.loads(texts[3])
    assert (parts["historyEntries"], parts["userEntries"], parts["assistantEntries"]) == (2, 1, 1)
    assert parts["instructionTokens"] > 0
    assert texts[4] == "/context [list | detail | json]"
    assert "blue door" not in "".join(texts[1:])
