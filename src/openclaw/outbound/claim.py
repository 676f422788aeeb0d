"""Claiming: the next bubble that may leave, ``sending`` on disk before its first byte does; the fuses stand here.

Runs inside one transaction, so that nothing is counted that is not sent, and nothing sent that was not counted.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import structlog

from openclaw.domain.delivery import Delivery
from openclaw.domain.ids import AccountId, ChatKey
from openclaw.outbound.fuses import HOUR, MINUTE, UNASKED, Fuses, Pace, Trip, tripped
from openclaw.store import Tx, accounts, deliveries, outbox

log = structlog.get_logger("openclaw.outbound")


def claim(
    tx: Tx, account: AccountId, fuses: Fuses, now: datetime, resting: Collection[ChatKey] = ()
) -> Delivery | None:
    """The bubble to send now, or ``None``. What would blow a fuse is paused instead, and stays queued."""
    while (bubble := outbox.first(tx, account, resting)) is not None:
        trip = _trip(tx, bubble, fuses, now)
        if trip is None:
            return deliveries.begin(tx, bubble, now)
        chat = accounts.EVERY_CHAT if trip.whole_account else bubble.message.chat_key
        accounts.set_pause(tx, account, chat, now, trip.reason)
        log.warning("fuse.blown", account=account, chat=chat, reason=trip.reason, resume="openclaw resume")
    return None


def _trip(tx: Tx, bubble: Delivery, fuses: Fuses, now: datetime) -> Trip | None:
    account, chat = bubble.message.account, bubble.message.chat_key
    strangers = _strangers(tx, bubble, now)
    by_account, in_chat = outbox.pace(tx, account, chat, now - MINUTE, now)
    if tripped(fuses, Pace(by_account, in_chat, strangers)) is None:
        return None
    # What was sent before the operator said "go on" counts no more; asked only now, because it hardly ever matters.
    of_account = _since(tx, account, accounts.EVERY_CHAT, now - MINUTE)
    by_account, _ = outbox.pace(tx, account, chat, of_account, now)
    _, in_chat = outbox.pace(tx, account, chat, _since(tx, account, chat, now - MINUTE), now)
    return tripped(fuses, Pace(by_account, in_chat, strangers))


def _strangers(tx: Tx, bubble: Delivery, now: datetime) -> int | None:
    account, chat = bubble.message.account, bubble.message.chat_key
    if bubble.cause not in UNASKED or outbox.spoken_to(tx, account, chat):
        return None
    return outbox.strangers(tx, account, UNASKED, _since(tx, account, chat, now - HOUR), now)


def _since(tx: Tx, account: AccountId, chat: ChatKey, at: datetime) -> datetime:
    resumed = accounts.resumed_at(tx, account, chat)
    return at if resumed is None else max(at, resumed)
