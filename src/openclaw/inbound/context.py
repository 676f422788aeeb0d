"""Context: what of other people's words an agent may see beside what is said to it, as the lists allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from openclaw.domain.admission import Reason
from openclaw.domain.handles import parse_handle
from openclaw.domain.ids import AccountId, ChatKey, MessageId
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.inbound.access import AccessPolicy
from openclaw.store import Tx, messages, overheard


def keep(
    tx: Tx, account: AccountId, chat: ChatKey, ids: Sequence[MessageId], most: int, now: datetime
) -> None:
    """Keep messages as context of the next answer in a chat; the oldest beyond ``most`` are let go."""
    messages.overhear(tx, ids, now, Reason.NOT_MENTIONED)
    let_go(tx, account, chat, most, now)


def let_go(
    tx: Tx, account: AccountId, chat: ChatKey, most: int, now: datetime, *, tapbacks: bool = False
) -> None:
    """Let the oldest context of a chat go, beyond ``most`` of what was said there or, of their own, of ``tapbacks``."""
    beyond = overheard.beyond(tx, account, chat, most, tapbacks=tapbacks)
    messages.settle(tx, beyond, MessageState.DROPPED, now, Reason.CONTEXT_LEFT)


def with_quote(tx: Tx, held: LedgerMessage, policy: AccessPolicy) -> LedgerMessage:
    """An admitted message with what it replies to, as far as the agent may see that (behaviour facts C.9).

    Of releases of imsg that do not tell what is quoted, our own ledger does, while it still has the words.
    """
    message, chat = held.message, held.message.chat
    if chat is None or not (message.reply_to_guid or message.quote):
        return held
    quote = message.quote
    if message.reply_to_guid:
        quote = overheard.quoted(tx, message.account, chat.key, message.reply_to_guid, quote)
    if quote is not None and not quote.own and policy.is_group(message):
        sender = parse_handle(quote.sender, policy.region)
        quote = quote if policy.shows_quote(sender, chat) else None
    return replace(held, message=replace(message, quote=quote))
