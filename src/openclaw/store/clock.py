"""Times as the ledger keeps them: whole milliseconds since 1970, UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def to_ms(moment: datetime) -> int:
    """``moment`` (aware) in milliseconds."""
    return int(moment.timestamp() * 1000)


def from_ms(value: int) -> datetime:
    """The moment that ``value`` milliseconds mean, in UTC."""
    return datetime.fromtimestamp(value / 1000, UTC)
