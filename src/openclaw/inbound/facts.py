"""Facts: what the ledger knows that bears on a message, gathered for the gates, which do not look for themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import DeliveryState
from openclaw.domain.handles import Handle, parse_handle
from openclaw.domain.messages import InboundMessage, LedgerMessage
from openclaw.inbound.access import AccessPolicy
from openclaw.inbound.admit import Facts
from openclaw.inbound.echo import OwnWords
from openclaw.inbound.freshness import is_late
from openclaw.store import Tx, accounts, deliveries, pairing

# As far back as any of the echo rules looks: an open bubble may be older when the phone was away.
_OWN_WINDOW_MARGIN = timedelta(minutes=15)
# The other policies ignore grants, and a catch-up of thousands of rows need not look them up.
_ASKS_FOR_GRANTS = ("pairing", "open")
_NEVER_LEFT = (DeliveryState.QUEUED, DeliveryState.EXPIRED, DeliveryState.FAILED)
_OPEN = (*deliveries.UNCERTAIN, DeliveryState.UNCONFIRMED, DeliveryState.PARKED)


def gather(
    tx: Tx,
    held: LedgerMessage,
    policy: AccessPolicy,
    own_handles: frozenset[Handle],
    late_after: timedelta,
    now: datetime,
) -> Facts:
    """The facts about one message. ``own_handles`` are those of every account of this installation."""
    message, chat = held.message, held.message.chat
    if chat is None:
        return Facts(
            now, own_words=_by_guid(tx, message, now), own_handles=own_handles, released=held.released
        )
    sender = None if message.from_me else parse_handle(message.sender, policy.region)
    open_requests = (
        pairing.open_requests(tx, now, message.account) if sender and policy.dm_policy == "pairing" else []
    )
    return Facts(
        now=now,
        own_words=_own_words(tx, message, chat, now),
        own_handles=own_handles,
        account_handles=policy.own_handles | accounts.own_handles(tx, message.account),
        granted=sender is not None
        and policy.dm_policy in _ASKS_FOR_GRANTS
        and pairing.is_granted(tx, message.account, sender),
        pairing_open=any(request.handle == sender for request in open_requests),
        requests_open=len(open_requests),
        late=is_late(message.sent_at, held.received_at, late_after),
        released=held.released,
        paused=accounts.is_paused(accounts.paused_chats(tx), message.account, chat.key),
    )


def _own_words(tx: Tx, message: InboundMessage, chat: ChatRef, now: datetime) -> tuple[OwnWords, ...]:
    since = min(now, message.sent_at) - _OWN_WINDOW_MARGIN
    words = tuple(
        OwnWords(delivery.id, delivery.message.text, changed, delivery.state in _OPEN, guid)
        for delivery, changed, guid in deliveries.recent(tx, message.account, chat.key, since)
        if delivery.state not in _NEVER_LEFT
    )
    return words if any(one.guid == message.guid for one in words) else words + _by_guid(tx, message, now)


def _by_guid(tx: Tx, message: InboundMessage, now: datetime) -> tuple[OwnWords, ...]:
    """The bubble that has the guid of ``message``, however old it is and whatever chat was reported."""
    known = deliveries.by_guid(tx, message.account, message.guid) if message.guid else None
    return () if known is None else (OwnWords(known, "", now, open=False, guid=message.guid),)
