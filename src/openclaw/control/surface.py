"""What the control interface needs of the running gateway; the composition root fills it in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from openclaw.config.standing import ConfigStanding
from openclaw.control.judging import Judging
from openclaw.control.operation import Accounts
from openclaw.control.searching import Find
from openclaw.domain.acp import LiveAgent
from openclaw.domain.health import AccountHealth, Probe
from openclaw.domain.ids import AccountId, AgentId, MessageId, SessionKey
from openclaw.errors import ConfigIssue
from openclaw.store import Ledger


def _unknown() -> Judging | None:
    return None


@dataclass(frozen=True, slots=True)
class InForce:
    """The configuration that runs, as far as an operator is shown it.

    ``standing`` is how it stands to its files. ``agents`` maps each agent to its ``provider/model``, "" when none is
    configured; ``warnings`` is what its review said, ``accounts`` how the phone accounts are configured, ``judging``
    how messages are judged by it.
    """

    standing: ConfigStanding
    agents: Mapping[AgentId, str]
    warnings: Sequence[ConfigIssue]
    accounts: Accounts
    judging: Callable[[], Judging | None] = _unknown


@dataclass(frozen=True, slots=True)
class Surface:
    """The running gateway as an operator may see and touch it.

    ``health`` has every configured account; one that is not enabled is ``stopped``, and no other is while this serves.
    ``judge`` is called with the messages that a resume or a release freed, ``deliver`` with an account for which
    something was queued, ``wake`` with a session whose turn may run again. ``stop_turn`` stops the running turn of a
    session and says whether there was one. ``in_force`` is the configuration that runs, ``reload`` has its files looked
    at now, and ``restart`` has the gateway begin anew once no turn runs; it returns at once. ``find`` looks a row
    up on a phone by its guid. ``live`` says which outside agents run.
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
    in_force: Callable[[], InForce]
    reload: Callable[[], Awaitable[ConfigStanding]]
    restart: Callable[[], None]
    find: Find | None = None
    live: Callable[[], Sequence[LiveAgent]] = tuple
