"""Fuses: how much may be sent before sending stops and the operator is told. Pure (decision 011)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from openclaw.domain.delivery import Cause

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

UNASKED = (Cause.CHALLENGE, Cause.OPERATOR, Cause.NOTICE)
"""Causes of bubbles that answer no admitted message: the first of them to a chat makes it a new contact."""


@dataclass(frozen=True, slots=True)
class Fuses:
    """The limits of one account (``messages.fuse``)."""

    per_contact_per_minute: int = 20
    per_account_per_minute: int = 60
    new_contacts_per_hour: int = 5


@dataclass(frozen=True, slots=True)
class Pace:
    """What was sent lately: by the account and into the chat within a minute, and to how many new contacts in an hour.

    ``strangers`` is ``None`` for a bubble that goes to no new contact.
    """

    account: int
    chat: int
    strangers: int | None = None


@dataclass(frozen=True, slots=True)
class Trip:
    """A fuse went: what is to be paused, and why."""

    whole_account: bool
    reason: str


def tripped(fuses: Fuses, pace: Pace) -> Trip | None:
    """The fuse that one more bubble would blow, if any."""
    if pace.account >= fuses.per_account_per_minute:
        return Trip(
            True, f"fuse: {pace.account} bubbles of this account within a minute (perAccountPerMinute)"
        )
    if pace.chat >= fuses.per_contact_per_minute:
        return Trip(False, f"fuse: {pace.chat} bubbles to this chat within a minute (perContactPerMinute)")
    if pace.strangers is not None and pace.strangers >= fuses.new_contacts_per_hour:
        return Trip(False, f"fuse: {pace.strangers} new contacts within an hour (newContactsPerHour)")
    return None
