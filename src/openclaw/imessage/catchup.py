"""What waited for a watch while nobody listened: read by pages where imsg has them, and shown while it is worked off.

Knows neither the subscription nor the inbox.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import structlog

from openclaw.domain.health import AccountState
from openclaw.domain.ids import AccountId, RowId
from openclaw.domain.messages import InboundMessage
from openclaw.errors import RequestFailed
from openclaw.imessage import wire
from openclaw.imessage.board import HealthBoard
from openclaw.imessage.connection import READ_LIMIT, Requests
from openclaw.imessage.versions import FIRST_WITH_PAGES, Version, known_params

# A page of such rows is some hundred kilobytes: one line of imsg, one transaction of ours.
ROWS_PER_PAGE = 500
_METHOD_NOT_FOUND = -32601
# Often enough to be seen moving, seldom enough to cost nothing.
_SHOWN_EVERY = 1.0
_LOGGED_EVERY = 10.0

_log = structlog.get_logger("openclaw.imessage")


class CatchUp:
    """How far one life of a watch has come; shows it on the board. ``is_over`` once nothing waits any more."""

    def __init__(self, account: AccountId, board: HealthBoard) -> None:
        self.is_over = False
        self._account = account
        self._board = board
        self._rows = 0
        self._target = RowId(0)
        self._begun = self._shown = self._logged = 0.0

    def begin(self, cursor: RowId, newest: RowId | None) -> None:
        """Start to count: ``cursor`` is where the watch stands, ``newest`` what reads showed to be there."""
        self._begun = self._logged = asyncio.get_running_loop().time()
        self._rows, self._target = 0, newest or RowId(0)
        self.is_over = self._target <= cursor

    def note(self, rows: int, cursor: RowId) -> None:
        """``rows`` more have been kept, the last one being ``cursor``."""
        if self.is_over:
            return
        self._rows += rows
        now = asyncio.get_running_loop().time()
        if now - self._shown >= _SHOWN_EVERY:
            self._shown = now
            self.show()
        if now - self._logged >= _LOGGED_EVERY:
            self._logged = now
            _log.info(
                "watch.catching_up",
                account=self._account,
                rows=self._rows,
                cursor=cursor,
                newest=self._target,
            )

    def settle(self, cursor: RowId) -> None:
        """A subscription stands at ``cursor``: that is the end when it has come to what was there."""
        if cursor >= self._target:
            self.end()

    def show(self) -> None:
        """Show that the watch works, and how far it has come."""
        cause = "" if self.is_over else f"catching up: {self._rows} rows so far"
        self._board.show(AccountState.CONNECTED, cause)

    def end(self) -> None:
        """Nothing waits any more."""
        if self.is_over:
            return
        self.is_over = True
        self.show()
        if self._rows:
            took = round(asyncio.get_running_loop().time() - self._begun, 1)
            _log.info("watch.caught_up", account=self._account, rows=self._rows, seconds=took)


async def pages(
    requests: Requests,
    account: AccountId,
    version: Version | None,
    cursor: RowId,
    *,
    attachments: bool,
    tapbacks: bool = False,
) -> AsyncGenerator[tuple[list[InboundMessage], RowId]]:
    """All rows above ``cursor`` in order, a page at a time with the row it reaches; nothing from an imsg without pages.

    Raises ``WireError`` or ``PhoneUnusable``.
    """
    while True:
        page = await read_page(requests, account, version, cursor, attachments=attachments, tapbacks=tapbacks)
        # Without progress the same page would come again, for ever.
        if page is None or page.reaches <= cursor:
            return
        yield page.rows, page.reaches
        if not page.has_more:
            return
        cursor = page.reaches


async def read_page(
    requests: Requests,
    account: AccountId,
    version: Version | None,
    cursor: RowId,
    *,
    attachments: bool,
    tapbacks: bool = False,
) -> wire.RowPage | None:
    """The rows next above ``cursor``; ``None`` from an imsg without pages.

    Raises ``WireError`` or ``PhoneUnusable``.
    """
    if version is not None and version < FIRST_WITH_PAGES:
        return None
    params = wire.after_params(cursor, ROWS_PER_PAGE, attachments=attachments, tapbacks=tapbacks)
    try:
        known = known_params(version, "messages.after", params)
        result = await requests.request("messages.after", known, READ_LIMIT)
    except RequestFailed as error:
        if error.code == _METHOD_NOT_FOUND:
            return None
        raise
    return wire.parse_page(result, account)
