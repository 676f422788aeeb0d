"""Is the watch deaf, or the database another one? Compare what a young child reads with what has arrived.

A live process proves nothing: file events stop when a WAL file is rotated, and a replaced database is never noticed.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from typing import NoReturn

import structlog

from openclaw.domain.databases import DatabaseVerdict, KnownDatabase, SameDatabase
from openclaw.domain.health import AccountState
from openclaw.domain.ids import RowId
from openclaw.domain.messages import InboundMessage, is_link_twin
from openclaw.errors import OpenClawError
from openclaw.imessage.board import HealthBoard
from openclaw.imessage.connection import Requests
from openclaw.imessage.ground import Sight, compare, look
from openclaw.imessage.ports import Inbox, PhoneAccount
from openclaw.imessage.sweep import Sweep
from openclaw.imessage.watch import UNPROVEN, Watch

_HOUR_S = 3600.0

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
        # The rows for which the watch has been restarted already: another restart would not show them either.
        self._restarted_for: set[RowId] = set()
        self._sweep: Sweep | None = None
        self._told_proven = RowId(0)
        self._restarts: deque[float] = deque()

    async def run(self, interval: float, second_look: float) -> NoReturn:
        """Check until cancelled; a watch that stays behind is given up."""
        while True:
            await asyncio.sleep(interval)
            # Listed boundary: what goes wrong in a look, a bug or a full disk included, ends no account.
            try:
                if self._watch.is_live:
                    await self._look(second_look)
            except Exception as error:
                bug = None if isinstance(error, OpenClawError) else error
                _log.warning("truth.failed", account=self._account.id, cause=str(error), exc_info=bug)
                if self._watch.is_live:
                    self._board.show(AccountState.DEGRADED, f"history cannot be read: {error}")

    def forget(self) -> None:
        """Another database was found: what was proven of the one before says nothing."""
        self._sweep, self._told_proven = None, RowId(0)

    async def _look(self, second_look: float) -> None:
        missed = await self._unheard()
        if missed:
            # The row may just be on its way: imsg polls every five seconds at the latest.
            await asyncio.sleep(second_look)
            later = await self._unheard()
            missed = {number: row for number, row in later.items() if number in missed}
        if not self._watch.is_live:
            return
        if not missed:
            self._restarted_for.clear()
            if self._board.health.state is AccountState.DEGRADED:
                self._board.show(AccountState.CONNECTED)
        elif self._restarted_for.issuperset(missed) or not self._may_restart():
            await self._take(list(missed.values()))
        else:
            await self._restart(max(missed))
            self._restarted_for |= missed.keys()

    def _may_restart(self) -> bool:
        """Whether another restart is within what the configuration allows for an hour."""
        now = asyncio.get_running_loop().time()
        while self._restarts and self._restarts[0] < now - _HOUR_S:
            self._restarts.popleft()
        return len(self._restarts) < self._account.deaf_restarts_per_hour

    async def _restart(self, newest: RowId) -> None:
        cursor = await self._inbox.cursor()
        _log.error("watch.deaf", account=self._account.id, newest=newest, cursor=cursor)
        self._board.show(AccountState.DEAF, f"row {newest} is in the history, the watch stopped at {cursor}")
        self._restarts.append(asyncio.get_running_loop().time())
        self._watch.give_up(deaf=True)

    async def _take(self, rows: Sequence[InboundMessage]) -> None:
        """Keep rows that the history shows and a watch of their own never told."""
        _log.warning("rows.never_told", account=self._account.id, rows=[row.row_id for row in rows])
        # The watch may only be slow: a cursor that went to them would lose what lies between when its child dies.
        await self._inbox.keep(sorted(rows, key=lambda row: row.row_id))

    async def _unheard(self) -> dict[RowId, InboundMessage]:
        """The rows above the cursor that the watch should have shown; those it went past are kept at once."""
        known = await self._inbox.known()
        if known is None:
            return {}
        sight = await look(self._reads, self._account.id, known)
        if not self._watch.is_live:
            return {}
        self._board.note_row(sight.newest)
        if self._is_moved(known, compare(known, sight)):
            return {}
        rows = {row.row_id: row for row in [*sight.rows, *await self._go_over(known.cursor, sight)]}
        above = [rows[number] for number in unheard(rows.values(), known.cursor)]
        # Those with a guid may have been kept out of their turn before; the others cannot be recognised.
        missing = {row.row_id for row in await self._inbox.unkept(above)}
        return {row.row_id: row for row in above if not row.guid or row.row_id in missing}

    async def _go_over(self, cursor: RowId, sight: Sight) -> Sequence[InboundMessage]:
        """Everything that is not proven to be kept; what the watch went past is kept now."""
        if self._sweep is None:
            proven, files = await self._inbox.assured(), self._account.include_attachments
            self._sweep = Sweep(self._reads, self._account.id, proven, attachments=files)
        sweep = self._sweep
        rows = await sweep.look(cursor, sight.activity, self._watch.version)
        if not self._watch.is_live or sweep is not self._sweep:
            return ()
        if lost := await self._inbox.unkept([row for row in rows if row.row_id <= cursor]):
            await self._take(lost)
        sweep.settle()
        if sweep.complete > self._told_proven:
            await self._inbox.prove(sweep.complete)
            self._told_proven = sweep.complete
        return rows

    def _is_moved(self, known: KnownDatabase, verdict: DatabaseVerdict) -> bool:
        """Whether the watch was ended because it listens to a database that is not there any more."""
        if isinstance(verdict, SameDatabase) or self._watch.has_dealt_with(verdict, known):
            self._board.warn(UNPROVEN.format(self._account.id) if known.unproven else "")
            return False
        _log.error("database.changed", account=self._account.id, verdict=verdict)
        # The next child of the watch opens what is there now, judges for itself, and moves the cursor.
        self._watch.give_up(deaf=False)
        return True


def unheard(recent: Iterable[InboundMessage], cursor: RowId) -> set[RowId]:
    """The rows above ``cursor`` that a watch should have shown: all but the second rows of links."""
    rows = sorted(recent, key=lambda row: row.row_id)
    heard = [row for row in rows if row.row_id <= cursor]
    return {
        row.row_id
        for row in rows
        if row.row_id > cursor and not any(is_link_twin(row, other) for other in heard)
    }
