"""What the control interface needs of the running gateway; the composition root fills it in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from openclaw.config.accounts import AccountConfig
from openclaw.control.operation import Accounts
from openclaw.domain.health import AccountHealth, Probe
from openclaw.domain.ids import AccountId, AgentId, MessageId, SessionKey
from openclaw.errors import ConfigIssue
from openclaw.store import Ledger


@dataclass(frozen=True, slots=True)
class Surface:
    """The running gateway as an operator may see and touch it.

    ``health`` has every configured account; one that is not enabled is ``stopped``, and no other is while this serves.
    ``judge`` is called with the messages that a resume or a release freed, ``deliver`` with an account for which
    something was queued, ``wake`` with a session whose turn may run again. ``stop_turn`` stops the running turn of a
    session and says whether there was one. ``agents`` maps each agent to its ``provider/model``, "" when none is
    configured. ``warnings`` is what the review of the configuration said, ``accounts`` how the accounts are configured.
    """

    ledger: Ledger
    started_at: datetime
    now: Callable[[], datetime]
    health: Callable[[], Mapping[AccountId, AccountHealth]]
    probe: Callable[[AccountId], Awaitable[Probe]]
    judge: Callable[[Collection[MessageId]], Awaitable[None]]
    deliver: Callable[[AccountId], None]
    wake: Callable[[SessionKey], None]
    stop_turn: Callable[[SessionKey], bool]
    agents: Mapping[AgentId, str]
    warnings: Sequence[ConfigIssue]
    accounts: Accounts = field(default_factory=dict[AccountId, AccountConfig])
