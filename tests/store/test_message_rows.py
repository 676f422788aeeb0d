"""A message in its table, and back."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from tests.making import ANN, BOB, group_chat, inbound

from openclaw.domain.ids import MessageGuid
from openclaw.domain.messages import Quote
from openclaw.store import Ledger
from openclaw.store.message_rows import text_hash

from .keeping import keep


async def test_everything_that_a_phone_told_comes_back(ledger: Ledger) -> None:
    """Whose name, what is replied to, who is there: files are counted, the rest is as it came."""
    told = replace(
        inbound(1, "look", chat=group_chat()),
        participants=(ANN, BOB),
        destination="me@example.com",
        reply_to_guid=MessageGuid("G0"),
        quote=Quote("words", BOB),
        sender_name="Ann",
    )
    [held] = await ledger.write(lambda tx: keep(tx, told))
    assert held.message == told


@given(st.text(max_size=20))
def test_copies_of_one_message_have_one_hash(text: str) -> None:
    """What stays of a text when it is forgotten compares as texts do: without noise."""
    assert text_hash(f"\ufffc {text}  ") == text_hash(text)
