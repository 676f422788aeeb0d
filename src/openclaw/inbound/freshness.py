"""Freshness: was a message already old when it reached us? Judged by its age at first sight."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta


def is_late(
    sent_at: datetime, received_at: datetime, after: timedelta, offset: Callable[[], timedelta]
) -> bool:
    """Whether a message had been waiting for longer than ``after`` when the ledger first saw it.

    ``offset`` is what the phone's clock shows more than ours; it is asked for only where it can matter.
    """
    age = received_at - sent_at
    return abs(age) > after and age + offset() > after
