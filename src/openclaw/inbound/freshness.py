"""Freshness: was a message already old when it reached us? Judged by its age at first sight."""

from __future__ import annotations

from datetime import datetime, timedelta


def is_late(sent_at: datetime, received_at: datetime, after: timedelta) -> bool:
    """Whether a message had been waiting for longer than ``after`` when the ledger first saw it."""
    return received_at - sent_at > after
