"""A bubble as a row of the table of deliveries, and back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import Cause, Delivery, DeliveryState, OutboundFile, OutboundMessage, Target
from openclaw.domain.handles import Handle
from openclaw.domain.ids import AccountId, ChatRowId, DeliveryId, MessageGuid
from openclaw.store.clock import from_ms


def values_of(bubble: OutboundMessage) -> dict[str, Any]:
    """The columns that say what ``bubble`` is and where it goes. The columns of a file are always among them."""
    file = bubble.file
    return {
        "account": bubble.account,
        "chat_key": bubble.chat_key,
        "service": bubble.service,
        "text": bubble.text,
        "file_path": file and file.path,
        "file_name": file and file.name,
        "file_type": file and file.mime_type,
        "file_size": file and file.size,
        "file_digest": file and file.digest,
        "reply_to": bubble.reply_to or None,
    } | _target_values(bubble.target)


def of_row(row: Row[Any]) -> Delivery:
    """A row of the table as the value that the stages know."""
    target: Target = (
        Handle(row.handle)
        if row.handle
        else ChatRef(ChatRowId(row.chat_row_id), row.chat_guid, row.chat_identifier)
    )
    return Delivery(
        id=DeliveryId(row.id),
        cause=Cause(row.cause),
        cause_id=row.cause_id,
        index=row.position,
        message=OutboundMessage(
            AccountId(row.account),
            target,
            row.text,
            row.service,
            _file(row),
            MessageGuid(row.reply_to or ""),
        ),
        state=DeliveryState(row.state),
        queued_at=from_ms(row.queued_at),
        changed_at=from_ms(row.changed_at),
        reason=row.reason or "",
        began_at=None if row.began_at is None else from_ms(row.began_at),
        attempts=row.attempts,
    )


def _target_values(target: Target) -> dict[str, Any]:
    match target:
        case ChatRef():
            return {
                "chat_row_id": target.row_id,
                "chat_guid": target.guid,
                "chat_identifier": target.identifier,
            }
        case _:
            return {"handle": target}


def _file(row: Row[Any]) -> OutboundFile | None:
    if row.file_path is None:
        return None
    return OutboundFile(row.file_path, row.file_name, row.file_type, row.file_size, row.file_digest)
