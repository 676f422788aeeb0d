"""Times as the ledger keeps them: whole milliseconds since 1970, UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Whole numbers throughout: a float of seconds loses a millisecond now and then.
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(moment: datetime) -> int:
    """``moment`` (aware) in milliseconds."""
    return (moment - _EPOCH) // _MILLISECOND


def from_ms(value: int) -> datetime:
    """The moment that ``value`` milliseconds mean, in UTC."""
    return _EPOCH + value * _MILLISECOND
