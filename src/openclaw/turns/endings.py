"""How a turn ends without an answer: failed, cancelled or interrupted, and its messages with it."""

from __future__ import annotations

import asyncio
from datetime import datetime

from openclaw.domain.messages import MessageState
from openclaw.domain.turns import Turn, TurnState
from openclaw.store import Tx, messages, turns

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
