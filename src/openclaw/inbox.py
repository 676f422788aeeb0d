"""The durable end of a phone's watch: from the line to the ledger and the gateway, and what the line asks of them.

One for each account. Judges nothing; what the phone needs to know of the ledger it is told here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from openclaw.domain.chats import ChatRef
from openclaw.domain.databases import AnotherDatabase, KnownDatabase, RestoredDatabase
from openclaw.domain.ids import AccountId, RowId
from openclaw.domain.messages import InboundMessage
from openclaw.gateway import Gateway
from openclaw.imessage.twins import Twins, may_be_one, shared
from openclaw.store import Ledger, accounts, databases, gaps, shared_rows

log = structlog.get_logger("openclaw.inbox")


@dataclass(frozen=True, slots=True)
class Beside:
    """The accounts that run in this gateway at each moment, and what they tell just now."""

    accounts: Collection[AccountId]
    twins: Twins


class LedgerInbox:
    """Where a phone's watch puts what it hears."""

    def __init__(
        self,
        ledger: Ledger,
        gateway: Gateway,
        account: AccountId,
        now: Callable[[], datetime],
        beside: Beside | None = None,
    ) -> None:
        self._ledger = ledger
        self._gateway = gateway
        self._account = account
        self._now = now
        self._beside = beside

    async def cursor(self) -> RowId | None:
        """The highest row that is safely accounts."""
        return await self._ledger.write(lambda tx: accounts.cursor(tx, self._account))

    async def known(self) -> KnownDatabase | None:
        """What the ledger knows of the phone's database."""
        return await self._ledger.read(lambda tx: databases.known(tx, self._account))

    async def unkept(self, rows: Sequence[InboundMessage]) -> list[InboundMessage]:
        """Rows that the ledger has never seen."""
        return await self._ledger.read(lambda tx: gaps.unkept(tx, self._account, rows))

    async def assured(self) -> RowId:
        """From which row on to look for such rows."""
        return await self._ledger.read(lambda tx: gaps.assured(tx, self._account))

    async def prove(self, row: RowId) -> None:
        """Nothing at or below ``row`` needs to be looked for again."""
        await self._ledger.write(lambda tx: gaps.prove(tx, self._account, row))

    async def moved(self, verdict: RestoredDatabase | AnotherDatabase, chats: Sequence[ChatRef]) -> None:
        """Set the ledger on another database, and say which conversations have other numbers there."""
        if isinstance(verdict, RestoredDatabase):
            await self._ledger.write(
                lambda tx: databases.restored(tx, self._account, verdict.start, self._now())
            )
            return
        moved = await self._ledger.write(
            lambda tx: databases.replaced(tx, self._account, verdict.start, chats, self._now())
        )
        for key, before, after in moved:
            log.warning("database.chat_moved", account=self._account, chat=key, before=before, now=after)

    async def begin(self, cursor: RowId, written_at: datetime | None) -> None:
        """Fix where a first run starts."""
        await self._ledger.write(
            lambda tx: accounts.begin(tx, self._account, cursor, self._now(), written_at)
        )

    async def receive(self, batch: Sequence[InboundMessage]) -> None:
        """Keep rows, and let the gateway deal with them. Raises PhoneUnusable when they are another account's, too."""
        await self._refuse_shared(batch)
        await self._gateway.receive(self._account, batch)

    async def keep(self, rows: Sequence[InboundMessage]) -> None:
        """Keep rows that were found in the history; the cursor stays where it is. Raises as ``receive``."""
        await self._refuse_shared(rows)
        await self._gateway.receive(self._account, rows, in_turn=False)

    async def _refuse_shared(self, rows: Sequence[InboundMessage]) -> None:
        """Raise PhoneUnusable when another running account tells, or told, one of ``rows``: both would answer it."""
        if self._beside is None or len(self._beside.accounts) < 2:
            return
        others = set(self._beside.accounts) - {self._account}
        kept = await self._ledger.read(lambda tx: shared_rows.keepers(tx, others, rows))
        for account, row, destination in kept:
            if may_be_one(row.destination, destination):
                raise shared(account)
        # Last, and without waiting in between: of two that tell a row at the same time one comes first.
        if twin := self._beside.twins.claim(self._account, rows, others):
            raise shared(twin)
