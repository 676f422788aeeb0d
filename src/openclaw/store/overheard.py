"""Overheard: what was said in a group beside its agent, and tapbacks: context of the next answer there. Only looks.

What becomes of such a message is written by ``messages``; where its diagram is.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, or_, select

from openclaw.domain.ids import AccountId, ChatKey, MessageGuid, MessageId, TurnId
from openclaw.domain.messages import LedgerMessage, MessageState, Quote
from openclaw.store import deliveries
from openclaw.store.clock import to_ms
from openclaw.store.message_rows import load_row
from openclaw.store.schema import IN_CONTEXT, delivery
from openclaw.store.schema import message as table

# Words that a prompt may repeat: somebody who was let in wrote them, and nobody has to decide about them any more.
_QUOTABLE = (
    MessageState.WAITING,
    MessageState.IN_TURN,
    MessageState.ANSWERED,
    MessageState.SILENT,
    MessageState.FAILED,
    MessageState.CANCELLED,
    MessageState.CONTEXT,
)
_OF_CHAT = (
    IN_CONTEXT,
    table.c.account == bindparam("of_account"),
    table.c.chat_key == bindparam("of_chat"),
    or_(table.c.shown_in.is_(None), table.c.shown_in == bindparam("of_turn")),
    table.c.is_reaction == bindparam("tapbacks"),
)
_NEWEST = select(table).where(*_OF_CHAT).order_by(table.c.id.desc()).limit(bindparam("most"))
# SQLite has no offset without a limit, and takes -1 for none.
_BEYOND = select(table.c.id).where(*_OF_CHAT).order_by(table.c.id.desc()).limit(-1).offset(bindparam("most"))
_QUOTED = select(table.c.text, table.c.sender, table.c.from_me, table.c.state).where(
    table.c.account == bindparam("of_account"),
    table.c.identity == bindparam("guid"),
    table.c.chat_key == bindparam("of_chat"),
)
_NO_TURN = TurnId(0)


def newest(
    tx: Connection,
    account: AccountId,
    chat: ChatKey,
    most: int,
    turn: TurnId = _NO_TURN,
    *,
    tapbacks: bool = False,
) -> list[LedgerMessage]:
    """At most ``most`` messages that are context of a chat, or of its ``tapbacks``, the newest ones, oldest first.

    What another turn than ``turn`` shows already is left out.
    """
    wanted = _wanted(account, chat, most, turn, tapbacks)
    return [load_row(row) for row in reversed(tx.execute(_NEWEST, wanted).all())]


def beyond(
    tx: Connection,
    account: AccountId,
    chat: ChatKey,
    most: int,
    turn: TurnId = _NO_TURN,
    *,
    tapbacks: bool = False,
) -> list[MessageId]:
    """The context of a chat, or of it the ``tapbacks``, that is older than the newest ``most``."""
    wanted = _wanted(account, chat, most, turn, tapbacks)
    return [MessageId(found) for found in tx.scalars(_BEYOND, wanted)]


def _wanted(account: AccountId, chat: ChatKey, most: int, turn: TurnId, tapbacks: bool) -> dict[str, object]:
    return {"of_account": account, "of_chat": chat, "of_turn": turn, "most": most, "tapbacks": tapbacks}


def older_than(tx: Connection, before: datetime, limit: int) -> list[MessageId]:
    """Context that reached us before a moment and that no turn shows."""
    query = select(table.c.id).where(
        IN_CONTEXT, table.c.shown_in.is_(None), table.c.received_at < to_ms(before)
    )
    return [MessageId(found) for found in tx.scalars(query.order_by(table.c.id).limit(limit))]


def quoted(
    tx: Connection, account: AccountId, chat: ChatKey, guid: MessageGuid, told: Quote | None
) -> Quote | None:
    """What the message ``guid`` of a chat said, and whether it was ours; ``told`` is what the phone says of it."""
    ours = deliveries.by_guids(tx, account, [guid]).get(guid)
    if ours is not None:
        said = tx.scalar(select(delivery.c.text).where(delivery.c.id == ours, delivery.c.chat_key == chat))
        text = said or (told.text if told else "")
        return Quote(text, own=True) if text else None
    row = tx.execute(_QUOTED, {"of_account": account, "guid": guid, "of_chat": chat}).one_or_none()
    if row is not None and row.from_me:
        return Quote(told.text, own=True) if told else None
    if told is None and row is not None and row.text and row.state in _QUOTABLE:
        return Quote(row.text, row.sender)
    return told
