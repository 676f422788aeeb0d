"""Backlogs: late messages wait until all of theirs are in, then each chat's go on together (demand B12, C6).

What came late is known only when the rows stop coming: iCloud brings old rows in any number.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime

import structlog

from openclaw.domain.admission import Reason
from openclaw.domain.ids import AccountId, MessageId, SessionKey
from openclaw.domain.messages import MessageState
from openclaw.store import Tx, messages

log = structlog.get_logger("openclaw.inbound")

QUIET_S = 2.0
"""How long no late row may have come before a backlog counts as complete."""

LONGEST_S = 60.0
"""How long a backlog that does not end is waited for; a phone that is always late must be answered too."""

# The writer's time belongs to everybody.
_AT_ONCE = 1000


def let_go(tx: Tx, account: AccountId, now: datetime) -> set[SessionKey]:
    """Hand the late messages of ``account`` to their lanes, many at a time; the sessions to wake, none at the end."""
    late = messages.in_state(tx, MessageState.LATE, account=account, limit=_AT_ONCE)
    sessions: dict[SessionKey, list[MessageId]] = defaultdict(list)
    for held in late:
        sessions[SessionKey(held.session)].append(held.id)
    for ids in sessions.values():
        messages.put_back(tx, ids, MessageState.WAITING, now, Reason.LATE)
    return set(sessions)


class Backlogs:
    """Waits, for each account, until its late rows stop coming; then calls ``let_go`` with the account."""

    def __init__(self, let_go: Callable[[AccountId], Awaitable[None]], quiet_s: float = QUIET_S) -> None:
        self._let_go = let_go
        self._quiet_s = quiet_s
        self._growing: dict[AccountId, tuple[float, float]] = {}
        self._stirred = asyncio.Event()

    def grow(self, account: AccountId) -> None:
        """Late rows of ``account`` have come."""
        now = asyncio.get_running_loop().time()
        first, _ = self._growing.get(account, (now, now))
        self._growing[account] = (first, min(now + self._quiet_s, first + LONGEST_S))
        self._stirred.set()

    async def run(self) -> None:
        """Let each backlog go when it is complete, until cancelled."""
        while True:
            now = asyncio.get_running_loop().time()
            for account in [one for one, (_, due) in self._growing.items() if due <= now]:
                del self._growing[account]
                # Listed boundary: a full disk passes; the backlog is on disk, and is let go a little later.
                try:
                    await self._let_go(account)
                except Exception:
                    log.exception("backlog.broken", account=account)
                    self.grow(account)
            next_due = min((due for _, due in self._growing.values()), default=None)
            with suppress(TimeoutError):
                async with asyncio.timeout(None if next_due is None else max(0.0, next_due - now)):
                    await self._stirred.wait()
            self._stirred.clear()
