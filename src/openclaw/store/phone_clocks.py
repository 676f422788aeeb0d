"""How far a phone's clock is from ours, as the rows of our own bubbles show it."""

from __future__ import annotations

from datetime import timedelta
from statistics import median

from sqlalchemy import Connection, select

from openclaw.domain.delivery import DeliveryState
from openclaw.domain.ids import AccountId
from openclaw.store.schema import delivery, message

# Enough that one slow Apple event does not count, few enough that a clock that was set right counts soon.
_LAST = 5


def offset(tx: Connection, account: AccountId) -> timedelta:
    """What the phone's clock shows more than ours; zero while no bubble's own row has been seen."""
    query = (
        select(message.c.sent_at - delivery.c.began_at)
        .join(message, (message.c.account == delivery.c.account) & (message.c.identity == delivery.c.guid))
        .where(
            delivery.c.account == account,
            delivery.c.began_at.is_not(None),
            delivery.c.state == DeliveryState.CONFIRMED,
        )
        .order_by(delivery.c.began_at.desc())
        .limit(_LAST)
    )
    found = [int(each) for each in tx.scalars(query)]
    return timedelta(milliseconds=median(found)) if found else timedelta()
