"""The child that listens: from the phone's rows to the inbox, in order, from the last one kept.

Owns one subscription at a time. It must not judge a row; it only keeps the order and never goes on before the
inbox has.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from openclaw.domain.health import AccountState
from openclaw.domain.ids import RowId
from openclaw.domain.messages import InboundMessage
from openclaw.errors import WireError
from openclaw.imessage import wire
from openclaw.imessage.board import HealthBoard
from openclaw.imessage.command import command_of
from openclaw.imessage.connection import START_LIMIT, newest_row, open_imsg, subscribe
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
# Rows of one poll come without a longer pause than this, even from a slow Mac.
_POLL_GAP = 1.0

_log = structlog.get_logger("openclaw.imessage")


class Watch:
    """Listens for one account. ``run`` is one life of its child; ``version`` is what the last one turned out to be."""

    def __init__(
        self,
        account: PhoneAccount,
        inbox: Inbox,
        board: HealthBoard,
        on_live: Callable[[], None],
    ) -> None:
        self.version: Version | None = None
        self.is_deaf = False
        self._account = account
        self._command = command_of(account)
        self._inbox = inbox
        self._board = board
        self._on_live = on_live
        self._peer: Peer | None = None
        self._subscription = 0
        self._cursor = RowId(0)
        self._subscribed_from = RowId(0)
        self._burst = 0
        self._last_taken = 0.0

    @property
    def is_live(self) -> bool:
        """Whether a subscription stands."""
        return self._peer is not None and not self._peer.is_closed and self._subscription > 0

    @property
    def _has_left_rows_behind(self) -> bool:
        # Without progress the same hundred rows would come again, for ever.
        return self._burst >= ROWS_PER_POLL and self._cursor > self._subscribed_from

    def give_up_as_deaf(self) -> None:
        """End the present child: it has missed what reads can see."""
        if self._peer is not None:
            self.is_deaf = True
            self._peer.end()

    async def run(self, pulse: Pulse) -> None:
        """Listen until the child or its subscription ends; raises why. Call again for the next child."""
        self._subscription = 0
        async with reading_release(self._command) as release, open_imsg(self._command, _BACKLOG) as peer:
            self._peer = peer
            await self._begin(peer, release)
            pulse.healthy()
            self.is_deaf = False
            self._board.show(AccountState.CONNECTED)
            self._on_live()
            while True:
                await self._take(await peer.notifications(ROWS_PER_POLL))
                if self._has_left_rows_behind and not peer.has_notifications:
                    await self._subscribe_again(peer)

    async def _begin(self, peer: Peer, release: ReleaseReading) -> None:
        cursor = await self._inbox.cursor()
        if cursor is None:
            cursor = await newest_row(peer, self._account.id) or RowId(0)
            await self._inbox.begin(cursor)
        self._cursor = cursor
        self.version = await release.version()
        self._board.note_version(render_version(self.version))
        await self._subscribe(peer)
        _log.info("watch.live", account=self._account.id, cursor=cursor, version=render_version(self.version))

    async def _subscribe(self, peer: Peer) -> None:
        params = wire.subscribe_params(
            self._cursor, _DEBOUNCE_MS, attachments=self._account.include_attachments
        )
        self._subscription = await subscribe(peer, known_params(self.version, "watch.subscribe", params))
        self._subscribed_from = self._cursor
        self._burst = 0

    async def _subscribe_again(self, peer: Peer) -> None:
        """Fetch what a full poll left behind now, and not at the next poll five seconds later."""
        await peer.request("watch.unsubscribe", wire.unsubscribe_params(self._subscription), START_LIMIT)
        await self._subscribe(peer)

    async def _take(self, told: list[Notification]) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._last_taken > _POLL_GAP:
            self._burst = 0
        ended: wire.WatchEnd | None = None
        rows: list[InboundMessage] = []
        for notification in told:
            match notification.method:
                case "message":
                    self._burst += 1
                    self._read_into(rows, notification)
                case "error" | "watch.overflow":
                    ended = wire.parse_watch_end(notification.params)
                case _:
                    _log.debug("notification.unknown", account=self._account.id, method=notification.method)
        if rows:
            await self._deliver(rows)
        self._last_taken = asyncio.get_running_loop().time()
        if ended and ended.subscription in (None, self._subscription):
            raise WireError(f"imsg ended the watch: {ended.reason}")

    def _read_into(self, rows: list[InboundMessage], notification: Notification) -> None:
        row = wire.parse_told_message(notification.params, self._account.id)
        if row is None:
            _log.warning("row.unreadable", account=self._account.id)
            return
        rows.append(row)

    async def _deliver(self, rows: list[InboundMessage]) -> None:
        await self._inbox.receive(rows)
        # A row that came again from an older subscription must not turn the cursor back.
        self._cursor = max(self._cursor, *(row.row_id for row in rows))
        self._board.note_row(self._cursor)
