"""Databases: is a phone's ``chat.db`` still the one whose numbers the ledger knows?

Row and chat numbers mean something inside one database only. While an account is unproven, nothing that is keyed by a
chat number is trusted but the pairs of lasting name and number that were known before.
"""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import AccountId
from openclaw.store import schema

_UNPROVEN = select(schema.account.c.id).where(schema.account.c.unproven_since.is_not(None))
_NUMBER = select(schema.chat.c.row_id).where(
    schema.chat.c.account == bindparam("of_account"), schema.chat.c.key == bindparam("of_key")
)


def unproven(tx: Connection) -> frozenset[AccountId]:
    """The accounts whose chat numbers nobody has confirmed since their database was replaced."""
    return frozenset(AccountId(account) for account in tx.scalars(_UNPROVEN))


def knows_chat(tx: Connection, account: AccountId, chat: ChatRef) -> bool:
    """Whether the ledger knows this chat, by its guid, under this very number."""
    if not chat.guid:
        return False
    return tx.scalar(_NUMBER, {"of_account": account, "of_key": chat.key}) == chat.row_id
