"""The lane of a session as commands reach it, and the end of what waits in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from openclaw.domain.ids import MessageId, SessionKey
from openclaw.domain.messages import MessageState
from openclaw.domain.turns import TurnState
from openclaw.store import Tx, messages, turns

# Enough to count what waits; a longer queue is shown as this many.
_MOST = 1000


async def _nobody(_ids: Collection[MessageId]) -> None:
    """Nobody judges here."""


@dataclass(frozen=True, slots=True)
class Lane:
    """What is known of a session's lane outside the ledger: ending its running turn, and whether one runs.

    ``wake`` looks whether a session has anything to do; ``judge`` gives messages that were put back their verdicts.
    """

    cancel: Callable[[SessionKey], bool]
    is_running: Callable[[SessionKey], bool]
    wake: Callable[[SessionKey], None] = lambda session: None
    judge: Callable[[Collection[MessageId]], Awaitable[None]] = _nobody


def stop(tx: Tx, session: SessionKey, now: datetime, reason: str = "stopped") -> int:
    """Cancel what has yet to be answered, a turn that was to run again too; how many messages that were."""
    stopped = [one.id for one in messages.waiting(tx, session, _MOST)]
    for again in turns.queued(tx, session):
        turns.end(tx, again.id, TurnState.CANCELLED, now)
        stopped += [message.id for message in again.messages]
    messages.settle(tx, stopped, MessageState.CANCELLED, now, reason)
    return len(stopped)
