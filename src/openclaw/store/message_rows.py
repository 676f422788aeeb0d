"""Rows of the message table: what of a phone's row is kept, and how a kept row is read. Only ``messages`` writes."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import AccountId, ChatRowId, MessageGuid, MessageId, RowId
from openclaw.domain.messages import InboundMessage, LedgerMessage, MessageState, Quote, canonical_text
from openclaw.store import told_files
from openclaw.store.clock import from_ms, to_ms

NO_GUID = "row:"
"""What the identity of a row without a guid begins with."""


def text_hash(text: str) -> str:
    """What stays of a text when the text itself is forgotten: equal for copies of one message."""
    return hashlib.blake2b(canonical_text(text).encode(), digest_size=8).hexdigest()


def values_of(identity: str, row: InboundMessage, now: datetime) -> dict[str, Any]:
    """The columns of a row that was just received."""
    chat = row.chat
    return {
        "account": row.account,
        "identity": identity,
        "row_id": row.row_id,
        "chat_key": chat.key if chat else None,
        "chat_row_id": chat.row_id if chat else None,
        "chat_guid": chat.guid if chat else None,
        "chat_identifier": chat.identifier if chat else None,
        "sender": row.sender,
        "sender_name": row.sender_name or None,
        "from_me": row.from_me,
        "destination": row.destination,
        "participants": json.dumps(row.participants) if row.participants else None,
        "is_reaction": row.is_reaction,
        "reply_to_guid": row.reply_to_guid or None,
        **quote_columns(row.quote),
        "text": row.text,
        "text_hash": text_hash(row.text),
        "files": len(row.attachments),
        "own_files": told_files.written(row),
        "sent_at": to_ms(row.sent_at),
        "received_at": to_ms(now),
        "state": MessageState.RECEIVED,
        "released": False,
    }


def quote_columns(quote: Quote | None) -> dict[str, Any]:
    """The columns of what a message replies to."""
    if quote is None:
        return {"quote_text": None, "quote_sender": None, "quote_own": None}
    return {"quote_text": quote.text, "quote_sender": quote.sender, "quote_own": quote.own}


def load_row(row: Row[Any]) -> LedgerMessage:
    """The message that a row of the table is."""
    chat = ChatRef(ChatRowId(row.chat_row_id), row.chat_guid, row.chat_identifier) if row.chat_key else None
    message = InboundMessage(
        account=AccountId(row.account),
        row_id=RowId(row.row_id),
        guid=MessageGuid("" if row.identity.startswith(NO_GUID) else row.identity),
        chat=chat,
        sender=row.sender,
        from_me=row.from_me,
        text=row.text or "",
        sent_at=from_ms(row.sent_at),
        participants=tuple(json.loads(row.participants or "[]")),
        destination=row.destination,
        is_reaction=row.is_reaction,
        attachments=told_files.read(row.own_files),
        reply_to_guid=MessageGuid(row.reply_to_guid or ""),
        quote=Quote(row.quote_text, row.quote_sender or "", bool(row.quote_own)) if row.quote_text else None,
        sender_name=row.sender_name or "",
    )
    return LedgerMessage(
        id=MessageId(row.id),
        message=message,
        received_at=from_ms(row.received_at),
        state=MessageState(row.state),
        reason=row.reason or "",
        files=row.files,
        released=row.released,
        session=row.session_key or "",
        agent=row.agent or "",
        is_group=bool(row.is_group),
        authorised=bool(row.authorised),
        owner=bool(row.owner),
        approver=bool(row.approver),
        command=row.command or "",
        turn=row.turn_id,
        shown_in=row.shown_in,
        quiet_until=None if row.quiet_until is None else from_ms(row.quiet_until),
    )
