"""Consequences: what a judgement leaves to be done outside the ledger, once it is on disk."""

from __future__ import annotations

from dataclasses import dataclass, field

from openclaw.domain.ids import AccountId, ChatKey, MessageId, SessionKey
from openclaw.domain.messages import LedgerMessage
from openclaw.inbound.second_looks import Doubt


@dataclass(slots=True)
class Consequences:
    """What is to be done once a judgement is on disk: lanes to wake, commands to answer, accounts with bubbles to send.

    ``interrupting`` tells in which chat of which account a session's running turn is to end; ``personal`` are accounts
    on which a person turned out to type too; ``doubts`` are rows to look at again, ``behind`` those that wait for one,
    each with how many seconds it may; ``late`` are accounts with a backlog that may not be all here yet;
    ``admitted`` is what was let in and will be answered now.
    """

    sessions: set[SessionKey] = field(default_factory=set[SessionKey])
    interrupting: set[tuple[SessionKey, AccountId, ChatKey]] = field(
        default_factory=set[tuple[SessionKey, AccountId, ChatKey]]
    )
    commands: list[LedgerMessage] = field(default_factory=list[LedgerMessage])
    accounts: set[AccountId] = field(default_factory=set[AccountId])
    personal: set[AccountId] = field(default_factory=set[AccountId])
    doubts: list[Doubt] = field(default_factory=list[Doubt])
    behind: dict[MessageId, float] = field(default_factory=dict[MessageId, float])
    settled: list[MessageId] = field(default_factory=list[MessageId])
    late: set[AccountId] = field(default_factory=set[AccountId])
    admitted: list[LedgerMessage] = field(default_factory=list[LedgerMessage])
