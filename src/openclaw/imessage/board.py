"""The health of one account: its only owner, and the one who tells about its changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from openclaw.domain.health import AccountHealth, AccountState, ProbeCode
from openclaw.domain.ids import RowId
from openclaw.errors import PhoneUnusable
from openclaw.imessage.twins import SHARED
from openclaw.supervision import Lapse

_STATES = {
    ProbeCode.PERMISSION_DENIED.value: AccountState.NEEDS_PERMISSION,
    ProbeCode.IMSG_NOT_FOUND.value: AccountState.MISCONFIGURED,
    ProbeCode.RPC_UNSUPPORTED.value: AccountState.MISCONFIGURED,
    ProbeCode.DATABASE_MISSING.value: AccountState.MISCONFIGURED,
    SHARED: AccountState.MISCONFIGURED,
}


class HealthBoard:
    """Shows one state at a time. ``on_health`` is told of every change."""

    def __init__(self, on_health: Callable[[AccountHealth], None]) -> None:
        self._on_health = on_health
        self._health = AccountHealth(AccountState.STARTING, datetime.now(UTC))
        self._warning = ""

    @property
    def health(self) -> AccountHealth:
        """What is known now."""
        return self._health

    def show(self, state: AccountState, cause: str = "", next_try: datetime | None = None) -> None:
        """Show ``state``; its ``since`` is kept while the state stays the same."""
        if self._warning and state is AccountState.CONNECTED:
            state, cause = AccountState.DEGRADED, f"{self._warning} {cause}".strip()
        since = self._health.since if state is self._health.state else datetime.now(UTC)
        self._change(replace(self._health, state=state, cause=cause, since=since, next_try=next_try))

    def show_lapse(self, lapse: Lapse, *, deaf: bool) -> None:
        """Show that the watch has ended, why, and when it is tried again."""
        state, cause = AccountState.BACKING_OFF, str(lapse.cause) or type(lapse.cause).__name__
        if isinstance(lapse.cause, PhoneUnusable):
            state = _STATES.get(lapse.cause.code, state)
            cause = f"{cause}. {lapse.cause.fix}" if lapse.cause.fix else cause
        self.show(AccountState.DEAF if deaf else state, cause, lapse.next_try)

    def warn(self, words: str) -> None:
        """Show ``words`` instead of a connection without a blemish, from now on until they are ""."""
        if words == self._warning:
            return
        self._warning = words
        if words and self._health.state is AccountState.CONNECTED:
            self.show(AccountState.CONNECTED)

    def note_version(self, version: str) -> None:
        """Remember which imsg serves the account."""
        self._change(replace(self._health, version=version))

    def note_sending(self, words: str) -> None:
        """Remember what the last attempt to send has shown."""
        self._change(replace(self._health, sending=words))

    def note_row(self, row: RowId) -> None:
        """Remember the newest row that has been seen."""
        self._change(replace(self._health, newest_row=max(row, self._health.newest_row or row)))

    def count_from(self, row: RowId) -> None:
        """Forget the newest row for ``row``: another database counts from somewhere else."""
        self._change(replace(self._health, newest_row=row))

    def _change(self, health: AccountHealth) -> None:
        if health != self._health:
            self._health = health
            self._on_health(health)
