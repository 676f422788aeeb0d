"""What saying something needs from a phone, stated by the one who needs it."""

from __future__ import annotations

from typing import Protocol

from openclaw.domain.delivery import OutboundMessage, SendResult


class Channel(Protocol):
    """A line to one account's phone."""

    async def send(self, message: OutboundMessage) -> SendResult:
        """Hand one bubble to the phone; the result says what is known of its fate. Never raises for a bad line."""
        ...
