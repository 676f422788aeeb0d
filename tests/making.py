"""Values that many tests begin with."""

from __future__ import annotations

from datetime import UTC, datetime

from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import AccountId, ChatRowId, MessageGuid, RowId
from openclaw.domain.messages import InboundMessage

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
ACCOUNT = AccountId("default")
ANN = "+15550100001"
BOB = "+15550100002"


def direct_chat(handle: str = ANN, row: int = 1, service: str = "iMessage") -> ChatRef:
    """The chat with one person."""
    return ChatRef(ChatRowId(row), f"{service};-;{handle}", handle)


def group_chat(row: int = 7) -> ChatRef:
    """A chat with several people."""
    return ChatRef(ChatRowId(row), f"iMessage;+;chat{row}", f"chat{row}")


def inbound(
    row: int,
    text: str,
    *,
    chat: ChatRef | None = None,
    sender: str = ANN,
    from_me: bool | None = False,
    at: datetime = NOON,
    account: AccountId = ACCOUNT,
) -> InboundMessage:
    """A message as the watch would report it; in the direct chat with its sender unless told otherwise."""
    where = direct_chat(sender) if chat is None else chat
    return InboundMessage(account, RowId(row), MessageGuid(f"guid-{row}"), where, sender, from_me, text, at)
