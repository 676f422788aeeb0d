"""Which rows lie between what is proven to be kept and the cursor: read whole, and only where something happened.

A watch may go past rows without a word. Knows no ledger; what it reads is compared with one elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import structlog

from openclaw.domain.ids import AccountId, ChatRowId, RowId
from openclaw.domain.messages import InboundMessage
from openclaw.errors import RequestFailed
from openclaw.imessage.catchup import read_page
from openclaw.imessage.connection import Requests, read_history
from openclaw.imessage.versions import Version

# Each row of history costs imsg a scan of its message table: a chat is read deeper only while the rows go on.
_DEPTHS = (3, 15, 60, 200)
# What one look may read before it leaves the rest of the chats to the next one.
_ROWS_PER_LOOK = 300
# Pages come in the order of numbers and cost little; a backlog of this many is worked off in one look.
_PAGES_PER_LOOK = 4
# Chats are listed by activity: behind so many with nothing new, the rest has nothing new either.
_QUIET_IN_A_ROW = 3

_log = structlog.get_logger("openclaw.imessage")


class Sweep:
    """What is proven of one phone's database. Use a new one for another database.

    ``proven`` is a row at or below which everything counts as kept. Call :meth:`settle` when the rows of a look are.
    """

    def __init__(self, requests: Requests, account: AccountId, proven: RowId, *, attachments: bool) -> None:
        self._requests = requests
        self._account = account
        self._attachments = attachments
        self._proven = proven
        # Proven by pages in the look before: a row may get its chat, and be shown, a moment after its number.
        self._nearly = proven
        self._reached = proven
        # By chats: the activity at the last look that read one to its proven row, and that row.
        self._settled: dict[ChatRowId, tuple[datetime | None, RowId]] = {}
        self._read: dict[ChatRowId, tuple[datetime | None, RowId]] = {}
        self._is_first = True
        # The cursor of a look in which every chat that had to be was read to its proven row.
        self._whole: RowId | None = None

    @property
    def complete(self) -> RowId:
        """The row at or below which everything is proven, whichever way it was read."""
        return self._proven

    async def look(
        self, cursor: RowId, activity: Mapping[ChatRowId, datetime], version: Version | None
    ) -> list[InboundMessage]:
        """The rows that are not proven yet, also those above ``cursor``, unordered and perhaps twice.

        ``activity`` is the newest date of each chat, the newest first. Raises ``WireError`` or ``PhoneUnusable``.
        """
        self._read.clear()
        self._whole = None
        self._reached = self._nearly
        by_pages = await self._by_pages(cursor, version)
        return await self._by_chats(cursor, activity) if by_pages is None else by_pages

    def settle(self) -> None:
        """What the last look showed is kept."""
        reached = max(self._nearly, self._reached, self._whole or 0)
        self._proven, self._nearly = self._nearly, RowId(reached)
        for chat, (at, row) in self._read.items():
            self._settled[chat] = at, row
        self._read.clear()

    async def _by_pages(self, cursor: RowId, version: Version | None) -> list[InboundMessage] | None:
        found: list[InboundMessage] = []
        at = self._proven
        for _ in range(_PAGES_PER_LOOK):
            page = await read_page(self._requests, self._account, version, at, attachments=self._attachments)
            if page is None:
                return None
            found += page.rows
            at = max(at, page.reaches)
            if not page.has_more or at >= cursor:
                at = cursor
                break
        self._reached = min(at, cursor)
        return found

    async def _by_chats(self, cursor: RowId, activity: Mapping[ChatRowId, datetime]) -> list[InboundMessage]:
        found: list[InboundMessage] = []
        quiet = spent = 0
        is_whole = True
        for chat, at in activity.items():
            settled_at, proven = self._settled.get(chat, (None, self._proven))
            if settled_at == at:
                continue
            if self._is_first and quiet >= _QUIET_IN_A_ROW:
                self._read[chat] = at, proven
                continue
            if spent >= _ROWS_PER_LOOK:
                return found
            rows, cost = await self._chat(chat, proven)
            spent += cost
            if rows is None:
                is_whole = False
                continue
            new = [row for row in rows if row.row_id > proven]
            found += new
            quiet = 0 if new else quiet + 1
            is_ahead = any(row.row_id > cursor for row in new)
            self._read[chat] = None if is_ahead else at, max(proven, cursor)
        self._is_first = False
        self._whole = cursor if is_whole else None
        return found

    async def _chat(self, chat: ChatRowId, proven: RowId) -> tuple[list[InboundMessage] | None, int]:
        """The newest rows of one chat down to ``proven``, ``None`` when imsg cannot read it; and how many were read."""
        rows: list[InboundMessage] = []
        spent = 0
        for depth in _DEPTHS:
            try:
                rows = await read_history(
                    self._requests, self._account, chat, depth, attachments=self._attachments
                )
            except RequestFailed as error:
                _log.warning("chat.unreadable", account=self._account, chat=chat, cause=str(error))
                return None, spent
            spent += len(rows)
            if len(rows) < depth or rows[-1].row_id <= proven:
                return rows, spent
        _log.warning("chat.not_read_to_the_end", account=self._account, chat=chat, rows=len(rows))
        return rows, spent
