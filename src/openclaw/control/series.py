"""Series: the last hours of the gateway as numbers for charts. Pure but for the one look into the ledger."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

from openclaw.control.shapes import Json, iso
from openclaw.domain.delivery import DeliveryState
from openclaw.domain.messages import MessageState
from openclaw.store import Tx, deliveries, delivery_lists, figures
from openclaw.store.figures import Figures, Moment

_BUCKET = timedelta(hours=1)


def health(tx: Tx, now: datetime, hours: int) -> Json:
    """The last ``hours`` in buckets of one full hour each; the last bucket is the hour that runs."""
    last = now.replace(minute=0, second=0, microsecond=0)
    begin = last - _BUCKET * (hours - 1)
    found = figures.since(tx, begin)
    queued = deliveries.in_state(tx, DeliveryState.QUEUED, limit=1)
    open_work = delivery_lists.count_by_state(tx, DeliveryState.QUEUED)
    waiting = figures.messages_by_state(tx, MessageState.WAITING)
    return {
        "from": iso(begin),
        "to": iso(now),
        "bucketSeconds": round(_BUCKET.total_seconds()),
        "buckets": [_bucket(found, begin + _BUCKET * index) for index in range(hours)],
        "now": {
            "oldestQueuedSeconds": _seconds(max(now - queued[0].queued_at, timedelta())) if queued else None,
            "queued": open_work.get(DeliveryState.QUEUED, 0),
            "waiting": waiting.get(MessageState.WAITING, 0),
        },
    }


def _bucket(found: Figures, begin: datetime) -> Json:
    received, answered, sent = (
        _within(moments, begin) for moments in (found.received, found.answered, found.sent)
    )
    return {
        "at": iso(begin),
        "received": len(received),
        "answered": _count(found.finished, begin),
        "sent": len(sent),
        "failed": _count(found.failed, begin),
        "latencyMedianSeconds": _seconds(middle(answered)) if answered else None,
        "latencyP95Seconds": _seconds(high(answered)) if answered else None,
        "readLagSeconds": _seconds(max(received)) if received else None,
        "outboxSeconds": _seconds(max(sent)) if sent else None,
    }


def middle(times: Sequence[timedelta]) -> timedelta:
    """The median."""
    return timedelta(seconds=median(one.total_seconds() for one in times))


def high(times: Sequence[timedelta]) -> timedelta:
    """The time below which nineteen of twenty lie: one that really occurred, not one between two."""
    return sorted(times)[-(-len(times) * 19 // 20) - 1]


def _within(moments: Sequence[Moment], begin: datetime) -> list[timedelta]:
    first = bisect_left(moments, begin, key=_at)
    return [one.took for one in moments[first : bisect_left(moments, begin + _BUCKET, key=_at)]]


def _at(moment: Moment) -> datetime:
    return moment.at


def _count(times: Sequence[datetime], begin: datetime) -> int:
    return bisect_left(times, begin + _BUCKET) - bisect_left(times, begin)


def _seconds(time: timedelta) -> float:
    return round(time.total_seconds(), 3)
