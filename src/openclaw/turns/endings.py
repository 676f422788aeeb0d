"""How a turn ends without an answer: failed, cancelled, interrupted or cut off, and its messages with it."""

from __future__ import annotations

import asyncio
from datetime import datetime

from openclaw.domain.ids import SessionKey
from openclaw.domain.messages import MessageState
from openclaw.domain.turns import Turn, TurnState
from openclaw.store import Tx, messages, turns

MAX_ATTEMPTS = 3
"""A third failure is final: what fails three times is poison, and must not block the lane."""

RETRY_AFTER_S = (1.0, 5.0)
"""How long a lane waits after the first and the second failure: most of what fails a model passes by itself."""

_ENDS = {
    TurnState.FAILED: (MessageState.FAILED, "agent-failed"),
    TurnState.CANCELLED: (MessageState.CANCELLED, "stopped"),
    TurnState.INTERRUPTED: (MessageState.FAILED, "interrupted"),
}


def end(tx: Tx, turn: Turn, state: TurnState, now: datetime, error: str = "", *, reason: str = "") -> None:
    """Write down that a turn ended without an answer, and what became of its messages."""
    turns.end(tx, turn.id, state, now, error)
    settled, usual = _ENDS[state]
    messages.settle(tx, [message.id for message in turn.messages], settled, now, reason or usual)


def let_go() -> None:
    """End here when the gateway stops as well: of two requests to end a task, only one arrives as an exception."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def recover(tx: Tx, now: datetime, session: SessionKey | None = None) -> None:
    """Deal with turns, of all sessions or one, that were cut off: again if nothing had an effect, else interrupted."""
    for turn in turns.running(tx):
        if session not in (None, turn.session):
            continue
        if turn.effects:
            end(tx, turn, TurnState.INTERRUPTED, now, "the gateway stopped while the agent was acting")
        elif turn.attempts >= MAX_ATTEMPTS:
            end(tx, turn, TurnState.FAILED, now, "the gateway stopped three times during this turn")
        else:
            turns.put_back(tx, turn.id, now, "the gateway stopped during the turn")
