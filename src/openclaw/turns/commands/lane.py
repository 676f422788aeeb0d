"""The lane of a session as commands reach it, and the end of what waits in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from openclaw.domain.ids import AccountId, ChatKey, MessageId, SessionKey
from openclaw.domain.messages import InboundMessage, MessageState
from openclaw.domain.turns import TurnState
from openclaw.store import Tx, messages, turns

Place = tuple[AccountId, ChatKey]
"""A chat of an account."""

# Enough to count what waits; a longer queue is shown as this many.
_MOST = 1000

STOPPED = "stopped"
"""Why what somebody stopped by a command was not answered."""


async def _nobody(_ids: Collection[MessageId]) -> None:
    """Nobody judges here."""


@dataclass(frozen=True, slots=True)
class Lane:
    """What is known of a session's lane outside the ledger: ending its running turn, and whether one runs.

    ``wake`` looks whether a session has anything to do; ``judge`` gives messages that were put back their verdicts.
    ``interrupt`` ends the running turn only if it answers a chat: people may share a session.
    """

    cancel: Callable[[SessionKey], bool]
    is_running: Callable[[SessionKey], bool]
    wake: Callable[[SessionKey], None] = lambda session: None
    judge: Callable[[Collection[MessageId]], Awaitable[None]] = _nobody
    interrupt: Callable[[SessionKey, AccountId, ChatKey, str], bool] = lambda session, account, chat, why: (
        False
    )


def stop(
    tx: Tx, session: SessionKey, now: datetime, reason: str = STOPPED, place: Place | None = None
) -> int:
    """Cancel what has yet to be answered, a turn that was to run again too; how many messages that were.

    Only what was said at ``place``, where one is given: whoever else shares the session has not stopped anything.
    """
    waiting = messages.waiting(tx, session, _MOST)
    stopped = [one.id for one in waiting if place is None or place_of(one.message) == place]
    for again in turns.queued(tx, session):
        if place is None or (again.account, again.chat.key) == place:
            turns.end(tx, again.id, TurnState.CANCELLED, now)
            stopped += [message.id for message in again.messages]
    messages.settle(tx, stopped, MessageState.CANCELLED, now, reason)
    return len(stopped)


def place_of(message: InboundMessage) -> Place | None:
    """Where a message was said; ``None`` when its chat is not known."""
    return (message.account, message.chat.key) if message.chat else None
