"""A visit: the installation that is looked at, how thoroughly, and what became of loading its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from openclaw.config.accounts import AccountConfig, resolve_accounts
from openclaw.config.load import Loaded, load_config
from openclaw.config.locations import Locations
from openclaw.config.paths import render_path
from openclaw.domain.ids import AccountId
from openclaw.errors import ConfigError, NotFound


@dataclass(frozen=True, slots=True)
class Visit:
    """``loaded`` is ``None`` when the configuration cannot be used, and ``failure`` says why.

    ``account`` narrows the look at phones to one; ``deep`` allows what takes long or leaves this machine.
    """

    locations: Locations
    environ: Mapping[str, str]
    now: datetime
    loaded: Loaded | None
    failure: ConfigError | None
    account: AccountId | None = None
    deep: bool = False

    @property
    def accounts(self) -> tuple[AccountConfig, ...]:
        """The enabled accounts that are looked at."""
        if self.loaded is None:
            return ()
        enabled = (one for one in resolve_accounts(self.loaded.config) if one.enabled)
        return tuple(one for one in enabled if self.account in (None, one.id))

    def place_of(self, account: AccountConfig) -> str:
        """The key under which the values of ``account`` stand."""
        channel = self.loaded.config.channels.imessage if self.loaded else None
        if channel is not None and channel.accounts:
            return render_path(("channels", "imessage", "accounts", account.id))
        return "channels.imessage"


def begin(
    locations: Locations,
    environ: Mapping[str, str],
    now: datetime,
    *,
    account: str | None = None,
    deep: bool = False,
) -> Visit:
    """Load the configuration, and go on without when it cannot be used.

    Raises:
        NotFound: ``account`` is none of the configured ones.
    """
    loaded, failure = None, None
    try:
        loaded = load_config(locations, environ)
    except ConfigError as error:
        failure = error
    wanted = AccountId(account) if account else None
    if loaded is not None and wanted is not None:
        known = [one.id for one in resolve_accounts(loaded.config)]
        if wanted not in known:
            raise NotFound(f"there is no account {account}; there are: {', '.join(known)}")
    return Visit(locations, environ, now, loaded, failure, wanted, deep)
