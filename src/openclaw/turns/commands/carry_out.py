"""Carrying out a command that does not wait for its lane, over the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from openclaw.domain.ids import SessionKey
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.domain.turns import TurnState
from openclaw.store import Tx, messages, sessions, turns
from openclaw.turns.commands.answers import Situation, answer

# Enough to count what waits; a longer queue is shown as this many.
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Moment:
    """What the ledger does not know: the sender's normalised handle, the agent's model, and the lane's state."""

    handle: str
    model: str
    running: bool
    stopped: bool


def carry_out(tx: Tx, held: LedgerMessage, moment: Moment, now: datetime) -> str:
    """Do what ``held`` commands, settle it, and return the text that answers it."""
    key = SessionKey(held.session)
    waiting = messages.waiting(tx, key, _MOST)
    stopped = moment.stopped
    if held.command == "/stop":
        stopped, waiting = _stop(tx, key, waiting, now) or stopped, []
    session = sessions.find(tx, key)
    messages.settle(tx, [held.id], MessageState.ANSWERED, now, held.command)
    return answer(
        held.command,
        Situation(
            sender=held.message.sender,
            handle=moment.handle,
            agent=held.agent,
            model=moment.model,
            is_group=held.is_group,
            since=session.started_at.astimezone() if session else None,
            said=len(sessions.history(tx, session)) if session else 0,
            waiting=len(waiting),
            running=moment.running,
            stopped=stopped,
        ),
    )


def _stop(tx: Tx, key: SessionKey, waiting: Sequence[LedgerMessage], now: datetime) -> bool:
    """Cancel what has yet to be answered: a turn that was to run again too. Whether there was anything."""
    stopped = [one.id for one in waiting]
    for again in turns.queued(tx, key):
        turns.end(tx, again.id, TurnState.CANCELLED, now)
        stopped += [message.id for message in again.messages]
    messages.settle(tx, stopped, MessageState.CANCELLED, now, "stopped")
    return bool(stopped)
