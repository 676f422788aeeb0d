"""What saying something needs from a phone, stated by the one who needs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from openclaw.domain.delivery import OutboundFile, OutboundMessage, SendResult, Target
from openclaw.domain.messages import InboundMessage


class Channel(Protocol):
    """A line to one account's phone."""

    @property
    def is_live(self) -> bool:
        """Whether the watch stands, so that a row that appears on the phone reaches us."""
        ...

    async def send(self, message: OutboundMessage, on_written: Callable[[], None]) -> SendResult:
        """Hand one bubble to the phone; the result says what is known of its fate. Never raises for a bad line.

        ``on_written`` is called as soon as a byte of the request may have left. After ``Unknown`` nothing that took
        the bubble lives any more.
        """
        ...

    async def release(self, file: OutboundFile) -> None:
        """The bubble of ``file`` is settled: a copy that was made for the phone is removed. Never raises."""
        ...

    async def recent(self, target: Target, limit: int) -> list[InboundMessage]:
        """The newest ``limit`` rows of a conversation, newest first; empty for one that is not known.

        Raises:
            OpenClawError: the phone's history could not be read.
        """
        ...
