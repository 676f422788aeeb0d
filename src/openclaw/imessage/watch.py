"""The child that listens: from the phone's rows to the inbox, in order, from the last one kept.

Owns one subscription at a time. It must not judge a row; it only keeps the order and never goes on before the
inbox has.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing

import structlog

from openclaw.domain.databases import Anchor, AnotherDatabase, DatabaseVerdict, KnownDatabase, SameDatabase
from openclaw.domain.ids import RowId
from openclaw.domain.messages import InboundMessage
from openclaw.errors import WireError
from openclaw.imessage import wire
from openclaw.imessage.board import HealthBoard
from openclaw.imessage.catchup import CatchUp, pages
from openclaw.imessage.command import command_of
from openclaw.imessage.connection import START_LIMIT, newest, open_imsg, subscribe
from openclaw.imessage.ground import compare, look
from openclaw.imessage.ports import Inbox, PhoneAccount
from openclaw.imessage.release import ReleaseReading, reading_release
from openclaw.imessage.versions import Version, known_params, render_version
from openclaw.jsonrpc.frames import Notification
from openclaw.jsonrpc.peer import Peer
from openclaw.supervision import Pulse

# imsg reads at most this many rows a poll; a poll that brings so many has left some behind.
ROWS_PER_POLL = 100
# Several polls' worth: more waits in the pipe.
_BACKLOG = 10 * ROWS_PER_POLL
# The delay that releases before 0.6 had; their successors' 500 ms only makes every answer later.
_DEBOUNCE_MS = 250
# imsg polls at once when it is subscribed to; rows that reads show and the watch never does are not waited for longer.
_QUIET = 2.0

UNPROVEN = (
    "Another Messages database is here, or the ledger was restored; group numbers are not trusted until: "
    "openclaw channels confirm-database --account {}"
)

_log = structlog.get_logger("openclaw.imessage")


class Watch:
    """Listens for one account. ``run`` is one life of its child; ``version`` is what the last one turned out to be.

    ``on_live`` is called when a subscription stands, ``on_moved`` when another database was found: children that have
    the old one open are of no use any more.
    """

    def __init__(
        self,
        account: PhoneAccount,
        inbox: Inbox,
        board: HealthBoard,
        on_live: Callable[[], None],
        on_moved: Callable[[], None],
    ) -> None:
        self.version: Version | None = None
        self.is_deaf = False
        self._account = account
        self._command = command_of(account)
        self._inbox = inbox
        self._board = board
        self._on_live = on_live
        self._on_moved = on_moved
        self._told: tuple[DatabaseVerdict, tuple[Anchor, ...]] | None = None
        self._peer: Peer | None = None
        self._subscription = 0
        self._cursor = RowId(0)
        self._subscribed_from = RowId(0)
        self._burst = 0
        self._catch_up = CatchUp(account.id, board)

    @property
    def is_live(self) -> bool:
        """Whether a subscription stands and has brought what waited."""
        standing = self._peer is not None and not self._peer.is_closed and self._subscription > 0
        return standing and self._catch_up.is_over

    @property
    def _has_left_rows_behind(self) -> bool:
        # Without progress the same hundred rows would come again, for ever.
        return self._burst >= ROWS_PER_POLL and self._cursor > self._subscribed_from

    def has_dealt_with(self, verdict: DatabaseVerdict, known: KnownDatabase) -> bool:
        """Whether this very finding about the database has had its consequences already."""
        return (verdict, known.anchors[:1]) == self._told

    def give_up(self, *, deaf: bool) -> None:
        """End the present child, because it missed what reads can see (``deaf``), or for another database."""
        if self._peer is not None:
            self.is_deaf = deaf
            self._peer.end()

    async def run(self, pulse: Pulse) -> None:
        """Listen until the child or its subscription ends; raises why. Call again for the next child."""
        self._subscription = 0
        async with reading_release(self._command) as release, open_imsg(self._command, _BACKLOG) as peer:
            self._peer = peer
            await self._begin(peer, release)
            pulse.healthy()
            self.is_deaf = False
            self._catch_up.show()
            self._on_live()
            while True:
                await self._listen(peer)

    async def _begin(self, peer: Peer, release: ReleaseReading) -> None:
        newest = await self._find_cursor(peer)
        self.version = await release.version()
        self._board.note_version(render_version(self.version))
        self._catch_up.begin(self._cursor, newest)
        await self._subscribe(peer)
        self._catch_up.settle(self._cursor)
        _log.info(
            "watch.live",
            account=self._account.id,
            cursor=self._cursor,
            version=render_version(self.version),
        )

    async def _find_cursor(self, peer: Peer) -> RowId:
        """Where to listen from in the database that this child has opened; returns its newest row in sight."""
        known = await self._inbox.known()
        if known is None:
            end = await newest(peer, self._account.id)
            self._cursor = end.row if end else RowId(0)
            await self._inbox.begin(self._cursor, end.written_at if end else None)
            return self._cursor
        sight = await look(peer, self._account.id, known)
        verdict = compare(known, sight)
        if isinstance(verdict, SameDatabase) or self.has_dealt_with(verdict, known):
            self._cursor = known.cursor
            self._board.warn(UNPROVEN.format(self._account.id) if known.unproven else "")
            return sight.newest
        # Rows without a conversation lead the cursor on again; what is gone must not turn it back for ever.
        self._told = verdict, known.anchors[:1]
        await self._inbox.moved(verdict, sight.chats)
        self._cursor = verdict.start
        self._board.count_from(max(verdict.start, sight.newest))
        if isinstance(verdict, AnotherDatabase):
            _log.error("database.replaced", account=self._account.id, why=verdict.why, start=verdict.start)
            self._board.warn(UNPROVEN.format(self._account.id))
        else:
            _log.warning("database.restored", account=self._account.id, start=verdict.start)
        self._on_moved()
        return sight.newest

    async def _subscribe(self, peer: Peer) -> None:
        """Listen from the last row kept on, after reading by pages what is there, where imsg can."""
        account = self._account
        files, tapbacks = account.include_attachments, account.reaction_notifications != "off"
        async with aclosing(
            pages(peer, account.id, self.version, self._cursor, attachments=files, tapbacks=tapbacks)
        ) as read:
            async for rows, reaches in read:
                await self._deliver(rows)
                self._cursor = max(self._cursor, reaches)
        params = wire.subscribe_params(self._cursor, _DEBOUNCE_MS, attachments=files, tapbacks=tapbacks)
        self._subscription = await subscribe(peer, known_params(self.version, "watch.subscribe", params))
        self._subscribed_from = self._cursor
        self._burst = 0

    async def _subscribe_again(self, peer: Peer) -> None:
        """Fetch what a full poll left behind now, and not at the next poll five seconds later."""
        await peer.request("watch.unsubscribe", wire.unsubscribe_params(self._subscription), START_LIMIT)
        await self._subscribe(peer)

    async def _listen(self, peer: Peer) -> None:
        try:
            async with asyncio.timeout(None if self._catch_up.is_over else _QUIET):
                told = await peer.notifications(ROWS_PER_POLL)
        except TimeoutError:
            self._catch_up.end()
            return
        ended = await self._take(told)
        if ended is not None:
            if not ended.goes_on or self._cursor <= self._subscribed_from:
                raise WireError(f"imsg ended the watch: {ended.reason}")
            _log.info("watch.overflow", account=self._account.id, cursor=self._cursor)
            await self._subscribe(peer)
        elif self._has_left_rows_behind and not peer.has_notifications:
            await self._subscribe_again(peer)

    async def _take(self, told: list[Notification]) -> wire.WatchEnd | None:
        """Keep the rows of ``told``; the end of our subscription, if that is among it."""
        ended: wire.WatchEnd | None = None
        rows: list[InboundMessage] = []
        for notification in told:
            match notification.method:
                case "message":
                    self._burst += 1
                    self._read_into(rows, notification)
                case "error" | "watch.overflow":
                    end = wire.parse_watch_end(notification.params)
                    ended = end if end.subscription in (None, self._subscription) else ended
                case _:
                    _log.debug("notification.unknown", account=self._account.id, method=notification.method)
        await self._deliver(rows)
        return ended

    def _read_into(self, rows: list[InboundMessage], notification: Notification) -> None:
        row = wire.parse_told_message(notification.params, self._account.id)
        if row is None:
            _log.warning("row.unreadable", account=self._account.id)
            return
        rows.append(row)

    async def _deliver(self, rows: list[InboundMessage]) -> None:
        if not rows:
            return
        await self._inbox.receive(rows)
        # A row that came again from an older subscription must not turn the cursor back.
        self._cursor = max(self._cursor, *(row.row_id for row in rows))
        self._board.note_row(self._cursor)
        self._catch_up.note(len(rows), self._cursor)
        if self._subscription:
            self._catch_up.settle(self._cursor)
