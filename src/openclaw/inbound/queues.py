"""Queues: a message does not overtake a doubtful one of its chat, but waits two seconds at most. One transaction."""

from __future__ import annotations

from datetime import datetime

from openclaw.domain.admission import Reason, Suspect
from openclaw.domain.ids import AccountId, ChatKey, MessageId
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.inbound.second_looks import BEHIND
from openclaw.store import Tx, messages


class Queues:
    """The chats in which a row is in doubt. Made anew for each batch, from the ledger."""

    def __init__(self, tx: Tx, now: datetime) -> None:
        self._now = now
        self._doubtful: dict[tuple[AccountId, ChatKey], dict[MessageId, datetime]] = {}
        for held in messages.in_state(tx, MessageState.SUSPECT, newest_first=True):
            self._join(held, held.reason)

    def join(self, held: LedgerMessage, verdict: Suspect) -> None:
        """``held`` is in doubt."""
        self._join(held, verdict.reason)

    def leave(self, held: LedgerMessage) -> None:
        """``held`` is in doubt no more."""
        if chat := held.message.chat:
            self._doubtful.get((held.message.account, chat.key), {}).pop(held.id, None)

    def wait_s(self, held: LedgerMessage) -> float:
        """How many seconds ``held`` has to wait for an earlier row of its chat; 0 when it need not."""
        chat = held.message.chat
        if chat is None:
            return 0.0
        before = self._doubtful.get((held.message.account, chat.key), {})
        times = [came for each, came in before.items() if each < held.id]
        # Its own clock counts: a row behind a series of doubtful ones waits for all of them, but not for ever.
        left = max(times, default=held.received_at) + BEHIND - self._now
        mine = held.received_at + BEHIND - self._now
        return max(0.0, min(left, mine).total_seconds()) if times else 0.0

    def _join(self, held: LedgerMessage, reason: str) -> None:
        # Rows that only settle are in doubt for the same time each, so they keep their order by themselves.
        if (chat := held.message.chat) and reason != str(Reason.SETTLING):
            key = (held.message.account, chat.key)
            self._doubtful.setdefault(key, {})[held.id] = held.received_at
