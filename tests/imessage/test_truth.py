"""Which rows a watch should have shown. The check itself runs in ``test_phone.py``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import AccountId, ChatRowId, MessageGuid, RowId
from openclaw.domain.messages import InboundMessage
from openclaw.imessage.truth import unheard

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def row(number: int, text: str = "hello", seconds: float = 0.0) -> InboundMessage:
    """A message of one chat, ``seconds`` after noon."""
    return InboundMessage(
        account=AccountId("default"),
        row_id=RowId(number),
        guid=MessageGuid(f"G{number}"),
        chat=ChatRef(ChatRowId(1), "iMessage;-;+15550100001"),
        sender="+15550100001",
        from_me=False,
        text=text,
        sent_at=NOON + timedelta(seconds=seconds),
    )


def test_rows_above_the_cursor_have_not_been_heard() -> None:
    """The newest id that reads show against the cursor (design 5)."""
    assert unheard([row(9, "a"), row(8, "b"), row(7, "c")], RowId(7)) == {8, 9}
    assert unheard([row(7), row(6)], RowId(7)) == set()


def test_the_second_row_of_a_link_is_not_missed() -> None:
    """The watch swallows it, the history shows it (imsg contract 3.8); a new child would tell it as new."""
    link = "https://example.com"

    assert unheard([row(8, link, 2), row(7, link)], RowId(7)) == set()
    assert unheard([row(8, link, 200), row(7, link)], RowId(7)) == {8}
