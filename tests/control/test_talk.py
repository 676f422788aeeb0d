from __future__ import annotations

from typing import Any

import pytest

from openclaw.control.talk import conversation, conversations
from openclaw.errors import BadRequest, NotFound

from .conftest import ANN, Running


async def test_a_conversation_is_read_page_by_page(running: Running):
    """Each page is in the order of reading and leads to the one before it, until there is none (docs/http.md)."""
    for row in (41, 42, 43):
        await running.ann_wrote(row, f"text {row}")
    newest: Any = await running.ledger.read(lambda tx: conversation(tx, ANN, None, None, 2))
    assert [entry["text"] for entry in newest["entries"]] == ["text 42", "text 43"]
    oldest: Any = await running.ledger.read(lambda tx: conversation(tx, ANN, None, newest["before"], 2))
    assert [entry["text"] for entry in oldest["entries"]] == ["text 41"]
    assert oldest["before"] is None


async def test_the_list_shows_the_beginning_of_the_last_words(running: Running):
    """A long text is for the conversation, not for the list."""
    await running.ann_wrote(text="x" * 1000)
    found: Any = await running.ledger.read(lambda tx: conversations(tx, None, None, 10))
    [chat] = found["conversations"]
    assert (chat["last"]["direction"], len(chat["last"]["text"])) == ("in", 200)
    assert found["next"] is None


@pytest.mark.parametrize("before", ["x", "-1", "1.2", "1.2.3", "9" * 40])
async def test_a_place_that_we_did_not_name_is_refused(running: Running, before: str):
    """`before` comes from an answer and from nowhere else."""
    await running.ann_wrote()
    with pytest.raises(BadRequest, match="before"):
        await running.ledger.read(lambda tx: conversation(tx, ANN, None, before, 2))
    with pytest.raises(NotFound):
        await running.ledger.read(lambda tx: conversation(tx, "+15559999999", None, None, 2))
