"""What the ledger knows of one conversation. Only looks; what a chat is belongs to ``accounts``."""

from __future__ import annotations

from sqlalchemy import Connection, select

from openclaw.domain.turns import ChatFacts, Origin
from openclaw.store import accounts, messages
from openclaw.store.clock import from_ms
from openclaw.store.schema import message


def chat_facts(tx: Connection, origin: Origin) -> ChatFacts:
    """What is known of the conversation ``origin``, and of no other."""
    known = accounts.find_chat(tx, origin.account, origin.chat.key)
    here = (message.c.account == origin.account, message.c.chat_key == origin.chat.key)
    oldest = tx.scalar(select(message.c.received_at).where(*here).order_by(message.c.id).limit(1))
    # The phone tells the members with each message; the newest that it told them with counts.
    newest = tx.scalar(
        select(message.c.id)
        .where(*here, message.c.participants.is_not(None))
        .order_by(message.c.id.desc())
        .limit(1)
    )
    told = messages.load(tx, [newest]) if newest is not None else []
    return ChatFacts(
        name=known[0].name if known else "",
        is_group=origin.is_group,
        members=told[0].message.participants if told else (),
        own_handles=tuple(sorted(accounts.own_handles(tx, origin.account))),
        known_since=from_ms(oldest) if oldest is not None else None,
    )
