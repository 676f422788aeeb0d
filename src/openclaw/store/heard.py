"""Heard: what people said in a chat and an agent may point to. Only looks."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from openclaw.domain.ids import AccountId, ChatKey
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.store.message_rows import NO_GUID, load_row
from openclaw.store.schema import message as table

# Somebody who was let in wrote it, and an agent was shown it or is about to be.
_LET_IN = (
    MessageState.WAITING,
    MessageState.IN_TURN,
    MessageState.ANSWERED,
    MessageState.SILENT,
    MessageState.CONTEXT,
)
_NEWEST = (
    select(table)
    .where(
        table.c.account == bindparam("of_account"),
        table.c.chat_key == bindparam("of_chat"),
        table.c.state.in_(_LET_IN),
        table.c.from_me.is_(False),
        table.c.is_reaction.is_(False),
        table.c.identity.not_like(f"{NO_GUID}%"),
    )
    .order_by(table.c.id.desc())
    .limit(bindparam("most"))
)


def newest(tx: Connection, account: AccountId, chat: ChatKey, most: int) -> list[LedgerMessage]:
    """At most ``most`` messages of other people in a chat that the phone can find again, newest first."""
    wanted = {"of_account": account, "of_chat": chat, "most": most}
    return [load_row(row) for row in tx.execute(_NEWEST, wanted)]
