"""Is the watch deaf? Compare what reads can see with what has arrived.

A live process proves nothing: file events stop when a WAL file is rotated, and a replaced database is never noticed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from typing import NoReturn

import structlog

from openclaw.domain.health import AccountState
from openclaw.domain.ids import RowId
from openclaw.domain.messages import InboundMessage
from openclaw.errors import OpenClawError
from openclaw.imessage.board import HealthBoard
from openclaw.imessage.connection import Requests, list_chats, read_history
from openclaw.imessage.ports import Inbox, PhoneAccount
from openclaw.imessage.watch import Watch

# Each row of history costs imsg a scan of its message table, so few of them are asked for.
_CHATS = 3
_ROWS = 3
# imsg shows the two rows of a link once in the watch and twice in the history, within this time.
_TWINS_WITHIN = timedelta(seconds=90)

_log = structlog.get_logger("openclaw.imessage")


class TruthCheck:
    """Looks every ``interval`` seconds, and once more ``second_look`` seconds after a suspicion."""

    def __init__(
        self, account: PhoneAccount, reads: Requests, watch: Watch, inbox: Inbox, board: HealthBoard
    ) -> None:
        self._account = account
        self._reads = reads
        self._watch = watch
        self._inbox = inbox
        self._board = board

    async def run(self, interval: float, second_look: float) -> NoReturn:
        """Check until cancelled; a watch that stays behind is given up."""
        while True:
            await asyncio.sleep(interval)
            if not self._watch.is_live:
                continue
            try:
                await self._look(second_look)
            except OpenClawError as error:
                _log.warning("truth.failed", account=self._account.id, cause=str(error))
                if self._watch.is_live:
                    self._board.show(AccountState.DEGRADED, f"history cannot be read: {error}")

    async def _look(self, second_look: float) -> None:
        missed = await self._unheard()
        if missed:
            # The row may just be on its way: imsg polls every five seconds at the latest.
            await asyncio.sleep(second_look)
            missed &= await self._unheard()
        if missed and self._watch.is_live:
            newest, cursor = max(missed), await self._inbox.cursor()
            _log.error("watch.deaf", account=self._account.id, newest=newest, cursor=cursor)
            self._board.show(
                AccountState.DEAF, f"row {newest} is in the history, the watch stopped at {cursor}"
            )
            self._watch.give_up(deaf=True)
        elif self._watch.is_live and self._board.health.state is AccountState.DEGRADED:
            self._board.show(AccountState.CONNECTED)

    async def _unheard(self) -> set[RowId]:
        recent: list[InboundMessage] = []
        for chat in await list_chats(self._reads, _CHATS):
            recent += await read_history(self._reads, self._account.id, chat.chat.row_id, _ROWS)
        for row in recent:
            self._board.note_row(row.row_id)
        cursor = await self._inbox.cursor()
        return set() if cursor is None else unheard(recent, cursor)


def unheard(recent: Iterable[InboundMessage], cursor: RowId) -> set[RowId]:
    """The rows above ``cursor`` that a watch should have shown: all but the second rows of links."""
    rows = sorted(recent, key=lambda row: row.row_id)
    heard = [row for row in rows if row.row_id <= cursor]
    return {
        row.row_id for row in rows if row.row_id > cursor and not any(_is_twin(row, other) for other in heard)
    }


def _is_twin(row: InboundMessage, other: InboundMessage) -> bool:
    same = (row.chat, row.sender, row.from_me, row.text) == (
        other.chat,
        other.sender,
        other.from_me,
        other.text,
    )
    return same and abs(row.sent_at - other.sent_at) <= _TWINS_WITHIN
