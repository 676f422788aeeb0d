"""Bubbles that nobody sends any more: cut off by a stop, or in doubt for too long. Nothing is sent again here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from openclaw.domain.delivery import Delivery, DeliveryState
from openclaw.domain.ids import AccountId
from openclaw.store import Tx, accounts, deliveries, outbox

_UNCONFIRMED_AFTER = timedelta(seconds=120)
# Until then its row, or the proof that there is none, may still be found.
_PARKED_AFTER = timedelta(minutes=10)
_EXPIRED_AFTER = timedelta(hours=1)


def recover(tx: Tx, now: datetime, account: AccountId | None = None) -> None:
    """Deal with the bubbles, of all accounts or one, whose sending was cut off: whether they left is not known."""
    for delivery in deliveries.in_state(tx, DeliveryState.SENDING):
        if account in (None, delivery.message.account):
            deliveries.doubt(tx, delivery.id, now, "its sending was cut off")


def sweep(tx: Tx, now: datetime) -> int:
    """Give up on what has been in doubt for too long; nothing is sent again here. Returns how many changed."""
    changed = 0
    for state, after, becomes, reason in (
        (DeliveryState.SENT, _UNCONFIRMED_AFTER, DeliveryState.UNCONFIRMED, "no row of it was seen"),
        (
            DeliveryState.UNKNOWN,
            _PARKED_AFTER,
            DeliveryState.PARKED,
            "whether it left could not be found out",
        ),
        (DeliveryState.QUEUED, _EXPIRED_AFTER, DeliveryState.EXPIRED, "it could not be sent for an hour"),
    ):
        for delivery in _not_paused(tx, outbox.overdue(tx, state, after, now), now):
            deliveries.mark(tx, delivery.id, becomes, now, reason)
            changed += 1
    return changed


def _not_paused(tx: Tx, overdue: Sequence[Delivery], now: datetime) -> list[Delivery]:
    """Without the bubbles that a pause holds back: what is asked to wait is not late, and has its hour afterwards."""
    queued = [one for one in overdue if one.state is DeliveryState.QUEUED]
    if not queued:
        return list(overdue)
    paused = accounts.paused_chats(tx)
    places = {(one.message.account, one.message.chat_key) for one in queued}
    excused = {place for place in places if accounts.is_paused(paused, *place)}
    for place in places - excused:
        resumed = accounts.resumed_at(tx, *place)
        if resumed is not None and now - _EXPIRED_AFTER < resumed <= now:
            excused.add(place)
    return [one for one in overdue if (one.message.account, one.message.chat_key) not in excused]
