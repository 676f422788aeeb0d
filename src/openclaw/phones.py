"""The phones of all accounts that are enabled, each with what sends to it; opened, closed and replaced one by one.

An account whose line to the phone is configured anew is closed and opened again; every other change leaves its
children alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from openclaw.config.accounts import AccountConfig
from openclaw.domain.bridge import NO_BRIDGE, Bridge, Deed, DeedResult, Gesture, NotDone
from openclaw.domain.health import AccountHealth, AccountState, Probe
from openclaw.domain.ids import AccountId, MessageGuid
from openclaw.domain.messages import InboundMessage
from openclaw.errors import NotFound
from openclaw.fetching.fetcher import Fetcher, Source
from openclaw.fetching.shelf import Shelf
from openclaw.gateway import Gateway
from openclaw.imessage.account_files import UnknownPlace, open_files
from openclaw.imessage.files import PhoneFiles
from openclaw.imessage.phone import Phone, open_phone
from openclaw.imessage.twins import Twins
from openclaw.inbox import Beside, LedgerInbox
from openclaw.media.workshop import Workshop
from openclaw.outbound.deliver import Deliverer
from openclaw.outbound.fuses import Fuses
from openclaw.store import Ledger

log = structlog.get_logger("openclaw.phones")

_MEGABYTE = 1024 * 1024
_FINE = (AccountState.STARTING, AccountState.CONNECTED, AccountState.STOPPED)


@dataclass(slots=True)
class _Served:
    """An account that is served. ``open`` has its phone and its deliverer once they are there."""

    account: AccountConfig
    task: asyncio.Task[None]
    done: asyncio.Event = field(default_factory=asyncio.Event)
    open: tuple[Phone, Deliverer] | None = None
    fetcher: Fetcher | None = None
    files: PhoneFiles = field(default_factory=lambda: UnknownPlace("it is not open yet"))


class Phones:
    """The open phones, and how they are."""

    def __init__(
        self,
        ledger: Ledger,
        accounts: Sequence[AccountConfig],
        fuses: Fuses,
        now: Callable[[], datetime],
        media: Path,
    ) -> None:
        self._ledger = ledger
        self._fuses = fuses
        self._now = now
        self._shelf = Shelf(ledger, media)
        self._workshop = Workshop()
        self._served: dict[AccountId, _Served] = {}
        self._health: dict[AccountId, AccountHealth] = {}
        self._beside = Beside(self._served.keys(), Twins())
        self._note_configured(accounts)

    @property
    def enabled(self) -> int:
        """How many accounts are served."""
        return len(self._served)

    def health(self) -> Mapping[AccountId, AccountHealth]:
        """How each configured account is doing."""
        return dict(self._health)

    async def probe(self, account: AccountId) -> Probe:
        """Ask an account's imsg how it is, beside what is going on.

        Raises:
            NotFound: no such account runs.
        """
        return await self._phone(account).probe()

    def make(self, account: AccountId, gesture: Gesture) -> None:
        """Have the phone of ``account`` make ``gesture``, where it runs and can; never waits, fails or tells."""
        served = self._served.get(account)
        if served is not None and served.open is not None:
            served.open[0].make(gesture)

    async def carry_out(self, account: AccountId, deed: Deed) -> DeedResult:
        """Have the phone of ``account`` do ``deed`` to a message; what became of it."""
        served = self._served.get(account)
        if served is None or served.open is None:
            return NotDone("the phone is not connected")
        return await served.open[0].carry_out(deed)

    def bridge(self, account: AccountId) -> Bridge:
        """What the phone of ``account`` can do beside sending; nothing where it does not run."""
        served = self._served.get(account)
        return NO_BRIDGE if served is None or served.open is None else served.open[0].bridge

    async def find(self, account: AccountId, guid: MessageGuid) -> InboundMessage | None:
        """Look a row up on an account's phone; raises as ``Phone.find``, or NotFound when no such account runs."""
        return await self._phone(account).find(guid)

    def _phone(self, account: AccountId) -> Phone:
        served = self._served.get(account)
        if served is None or served.open is None:
            raise NotFound(f"no account {account} runs; see: openclaw channels status")
        return served.open[0]

    @asynccontextmanager
    async def open(self, gateway: Gateway, accounts: Sequence[AccountConfig]) -> AsyncGenerator[None]:
        """The lines to the phones of all enabled ``accounts``; the end of the context ends them."""
        self._gateway = gateway
        async with asyncio.TaskGroup() as group:
            self._group = group
            cleaning = group.create_task(self._shelf.keep_clean(), name="shelf of files")
            try:
                self.take_on(accounts, self._fuses)
                yield
            finally:
                cleaning.cancel()
                await self.let_go(())

    async def quiet(self) -> None:
        """Return once no account has a bubble on its way to its phone."""
        for served in list(self._served.values()):
            if served.open is not None:
                await served.open[1].quiet()

    async def let_go(self, accounts: Sequence[AccountConfig]) -> None:
        """Close the phones that are not among the enabled ``accounts`` as they are; what is said there is in doubt."""
        wanted = {account.id: _line(account) for account in accounts if account.enabled}
        ending = [one for name, one in self._served.items() if wanted.get(name) != _line(one.account)]
        for served in ending:
            served.done.set()
        if ending:
            await asyncio.wait([served.task for served in ending])
        for served in ending:
            del self._served[served.account.id]

    def take_on(self, accounts: Sequence[AccountConfig], fuses: Fuses) -> None:
        """Open the phones of enabled ``accounts`` that are not open yet; they connect in the background."""
        self._fuses = fuses
        self._note_configured(accounts)
        for account in (one for one in accounts if one.enabled):
            known = self._served.get(account.id)
            if known is not None:
                known.account = account
                if known.open is not None:
                    known.open[1].adopt(fuses)
                    if known.fetcher is not None:
                        known.fetcher.adopt(_source(account, known.open[0], known.files))
                continue
            opening = self._group.create_task(self._serve(account.id), name=f"account {account.id}")
            self._served[account.id] = _Served(account, opening)

    async def _serve(self, name: AccountId) -> None:
        """Serve one account until it is let go."""
        served = self._served[name]
        inbox = LedgerInbox(self._ledger, self._gateway, name, self._now, self._beside)
        told = partial(self._note, name)
        async with (
            open_files(served.account) as (files, far),
            open_phone(served.account, inbox, on_health=told, files=files if far else None) as phone,
        ):
            served.files = files
            deliverer = Deliverer(self._ledger, name, phone, self._now, self._fuses)
            served.open = phone, deliverer
            self._gateway.attach(name, deliverer, phone.reread)
            async with asyncio.TaskGroup() as sending:
                running = [sending.create_task(deliverer.run(), name=f"deliverer {name}")]
                if served.account.include_attachments:
                    served.fetcher = self._fetcher(name)
                    fetching = served.fetcher.run(_source(served.account, phone, files))
                    running.append(sending.create_task(fetching, name=f"fetcher {name}"))
                try:
                    await served.done.wait()
                finally:
                    self._gateway.detach(name)
                    served.open = served.fetcher = None
                    for task in running:
                        task.cancel()

    def _fetcher(self, name: AccountId) -> Fetcher:
        return Fetcher(self._ledger, name, self._shelf, self._workshop, self._gateway.wake, self._now)

    def _note_configured(self, accounts: Sequence[AccountConfig]) -> None:
        before, self._health = self._health, {}
        for account in accounts:
            known = before.get(account.id)
            is_known = known is not None and account.enabled and account.id in self._served
            self._health[account.id] = known if known and is_known else self._unopened(account)

    def _unopened(self, account: AccountConfig) -> AccountHealth:
        if account.enabled:
            return AccountHealth(AccountState.STARTING, self._now())
        return AccountHealth(AccountState.STOPPED, self._now(), "it is not enabled in the configuration")

    def _note(self, account: AccountId, health: AccountHealth) -> None:
        before = self._health.get(account)
        if before is None:
            return
        self._health[account] = health
        if before != health:
            self._ledger.changes.announce({"accounts"})
        if before.state is not health.state or before.cause != health.cause:
            level = log.info if health.state in _FINE else log.warning
            level("account.state", account=account, state=health.state, cause=health.cause)


def _source(account: AccountConfig, phone: Phone, files: PhoneFiles) -> Source:
    """Where the files of an account come from."""
    return Source(files, phone.reread, account.inbound_media_max_mb * _MEGABYTE)


def _line(account: AccountConfig) -> tuple[Any, ...]:
    """What the children of an account depend on; the rest of it is read anew with each message."""
    return (
        account.cli_path,
        account.db_path,
        account.remote_host,
        account.service,
        account.region,
        account.send_timeout_ms,
        account.include_attachments,
        account.reaction_notifications != "off",
        account.attachment_roots,
        account.remote_attachment_roots,
        account.deaf_restarts_per_hour,
    )
