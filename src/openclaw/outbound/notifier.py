"""The notifier: looks for what needs a person, says it in the log, and has the owner told on a phone.

Looks after each change that can need somebody, and every few seconds at how accounts and configuration are doing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog

from openclaw.config.standing import ConfigStanding
from openclaw.domain.health import AccountHealth, AccountState
from openclaw.domain.ids import AccountId
from openclaw.domain.notices import Notice, NoticeKind
from openclaw.errors import StoreError
from openclaw.outbound.notices import Readers, gather, tell
from openclaw.store import Ledger, Tx
from openclaw.store.changes import Listener

log = structlog.get_logger("openclaw.notices")

BROKEN_AFTER = timedelta(minutes=10)
"""How long an account may not work before a person is told: most of what breaks a line passes by itself."""

# How often accounts are looked at when nothing else is new, and how far two looks are apart at least.
_LOOK_S = 5.0
_REST_S = 0.2
_TOPICS = frozenset({"pairing", "permissions", "pauses", "notices"})

_ABLE = (AccountState.CONNECTED, AccountState.DEGRADED)
# Nobody needs to be told of what they asked for.
_AS_WANTED = (*_ABLE, AccountState.PAUSED, AccountState.STOPPED)


class Notifier:
    """What ``health`` says of the accounts, and what the ledger says, told to ``readers``."""

    def __init__(
        self,
        ledger: Ledger,
        readers: Readers,
        health: Callable[[], Mapping[AccountId, AccountHealth]],
        deliver: Callable[[AccountId], None],
        now: Callable[[], datetime],
    ) -> None:
        self._ledger = ledger
        self._readers = readers
        self._health = health
        self._deliver = deliver
        self._now = now
        self._failing: dict[AccountId, datetime] = {}
        self._standing: Callable[[], ConfigStanding | None] = lambda: None

    def use(self, readers: Readers) -> None:
        """Tell ``readers`` from now on."""
        self._readers = readers

    def watch(self, standing: Callable[[], ConfigStanding]) -> None:
        """Ask ``standing`` how the configuration's files stand to what is in force."""
        self._standing = standing

    async def run(self) -> None:
        """Look, until cancelled."""
        with self._ledger.changes.listen() as news:
            while True:
                # Listed boundary: that somebody cannot be told must not end what they would be told about.
                try:
                    await self.look()
                except StoreError as error:
                    # The ledger tells of its own trouble, once; each look would tell it again.
                    log.debug("notices.refused", cause=str(error))
                except Exception:
                    log.exception("notices.broken")
                await asyncio.sleep(_REST_S)
                await _first_of(news)

    async def look(self) -> None:
        """Note what needs a person by now, and queue a message to the owner if one is due."""
        found = {NoticeKind.ACCOUNT: self._broken(), NoticeKind.CONFIGURATION: self._refused()}
        able = {account for account, health in self._health().items() if health.state in _ABLE}
        now, readers = self._now(), self._readers

        def work(tx: Tx) -> tuple[list[Notice], AccountId | None]:
            return gather(tx, found, now), tell(tx, readers, able, now)

        news, speaker = await self._ledger.write(work)
        for one in news:
            log.warning("notice", kind=one.kind, account=one.account, subject=one.subject, says=one.says)
        if speaker is not None:
            self._deliver(speaker)

    def _refused(self) -> list[Notice]:
        """The configuration that somebody edited and that is not in force."""
        standing = self._standing()
        if standing is None or standing.refused_at is None:
            return []
        says = "The edited configuration cannot be used; the one from before goes on."
        subject = standing.refused_at.isoformat()
        return [Notice(NoticeKind.CONFIGURATION, subject, AccountId(""), says, standing.refused_at)]

    def _broken(self) -> list[Notice]:
        """The accounts that have not worked for too long; the state alone would not do, as each try changes it."""
        now, health = self._now(), self._health()
        failing = {account for account, one in health.items() if one.state not in _AS_WANTED}
        self._failing = {account: self._failing.get(account, now) for account in sorted(failing)}
        return [
            Notice(NoticeKind.ACCOUNT, account, account, _says(account, health[account]), since)
            for account, since in self._failing.items()
            if now - since >= BROKEN_AFTER
        ]


def _says(account: AccountId, health: AccountHealth) -> str:
    # Without its cause, which may name files of this computer: the log and the page have it.
    return f"Account {account} has not worked for ten minutes ({health.state})."


async def _first_of(news: Listener) -> None:
    try:
        async with asyncio.timeout(_LOOK_S):
            while not _TOPICS & await news.changed():
                pass
    except TimeoutError:
        return
