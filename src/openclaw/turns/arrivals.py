"""Arrivals: what a message does to what waits already, written in the transaction of its verdict.

Messages that one person sends in quick succession wait until nothing more comes, so that they become one turn; what
waits behind a running turn is kept within the bounds of its queue. Nothing is kept in memory: the ledger has the time
until which a message waits, and the mark of one that is told in short.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from openclaw.domain.admission import Reason
from openclaw.domain.ids import SessionKey
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.domain.turns import QueueDrop, QueueMode
from openclaw.store import Tx, messages, queues, session_settings, turns
from openclaw.turns.queueing import Queue

LONGEST = timedelta(minutes=1)
"""How long somebody who goes on and on is let finish, at most, however short the pauses."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What is done with each arrival. ``quiet`` is how long a person has to be silent; 0 takes each at once."""

    queue: Queue = field(default_factory=Queue)
    quiet: timedelta = timedelta(0)

    def note(self, tx: Tx, held: LedgerMessage, now: datetime) -> bool:
        """``held`` waits for its lane, or is a command beside it. Whether the running turn is to give way to it."""
        if self.quiet:
            self._hush(tx, held, now)
        key = SessionKey(held.session)
        if held.state is not MessageState.WAITING or not turns.is_open(tx, key):
            return False
        queue = self.queue.with_settings(session_settings.load(tx, key))
        _bound(tx, key, queue, now)
        return queue.mode is QueueMode.INTERRUPT

    def _hush(self, tx: Tx, held: LedgerMessage, now: datetime) -> None:
        """Let ``held`` wait with what its sender wrote just before, or end all such waiting in its chat."""
        if held.command or held.files or not held.message.text.replace("\ufffc", "").strip():
            queues.unhush(tx, held, now)
            return
        since = queues.hushed_since(tx, held, now) or now
        # What is to come would wait longer than anybody should for an answer: it is taken up as it is.
        queues.hush(tx, held, now, min(now + self.quiet, since + max(LONGEST, self.quiet)))


def _bound(tx: Tx, key: SessionKey, queue: Queue, now: datetime) -> None:
    newest_stay = queue.drop is not QueueDrop.NEW
    over = queues.beyond(tx, key, queue.cap, newest_stay=newest_stay)
    match queue.drop:
        case QueueDrop.OLD:
            messages.settle(tx, over, MessageState.DROPPED, now, Reason.QUEUE_FULL_OLD)
        case QueueDrop.NEW:
            messages.settle(tx, over, MessageState.DROPPED, now, Reason.QUEUE_FULL_NEW)
        case QueueDrop.SUMMARIZE:
            messages.put_back(tx, over, MessageState.WAITING, now, Reason.QUEUE_CONDENSED)
