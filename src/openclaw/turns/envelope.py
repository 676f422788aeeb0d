"""The envelope of a message: when it was written, and how long nobody had spoken, as an agent is told. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# Shorter pauses say nothing; hours are told up to two days (behaviour facts D.6).
_SHORTEST = timedelta(minutes=1)
_IN_MINUTES = timedelta(hours=1)
_IN_HOURS = timedelta(hours=48)


def stamp(moment: datetime, zone: tzinfo | None) -> str:
    """``Tue 2026-11-24 14:05 CET`` in ``zone``; ``None`` is the zone of this computer."""
    local = moment.astimezone(zone)
    # The words are ours, not those of the computer's language.
    return f"{_DAYS[local.weekday()]} {minute(moment, zone)} {local.tzname() or ''}".strip()


def minute(moment: datetime, zone: tzinfo | None) -> str:
    """``2026-11-24 14:05`` in ``zone``."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def elapsed(since: datetime, now: datetime) -> str:
    """``5 min``, ``3 h`` or ``4 days``; "" for less than a minute, and for a clock that was set back."""
    passed = now - since
    if passed < _SHORTEST:
        return ""
    if passed < _IN_MINUTES:
        return f"{passed // timedelta(minutes=1)} min"
    if passed < _IN_HOURS:
        return f"{passed // timedelta(hours=1)} h"
    return f"{passed.days} days"
