"""The durable end of a watch: rows that are another running account's, too, go no further."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from tests.making import NOON, inbound

from openclaw.domain.ids import AccountId
from openclaw.domain.messages import InboundMessage
from openclaw.errors import PhoneUnusable
from openclaw.imessage.twins import Twins
from openclaw.inbox import Beside, LedgerInbox
from openclaw.store import Ledger, messages

HOME, WORK = AccountId("home"), AccountId("work")


@dataclass
class Story:
    """Keeps what it is given, as the gateway does first of all."""

    ledger: Ledger
    heard: list[tuple[AccountId, str]] = field(default_factory=list)

    async def receive(
        self, account: AccountId, batch: Sequence[InboundMessage], *, in_turn: bool = True
    ) -> None:
        await self.ledger.write(lambda tx: messages.receive(tx, batch, NOON))
        self.heard += [(account, row.text) for row in batch]


def boxes(ledger: Ledger, running: set[AccountId]) -> tuple[Story, LedgerInbox, LedgerInbox]:
    story, beside = Story(ledger), Beside(running, Twins())
    home, work = (LedgerInbox(ledger, story, name, lambda: NOON, beside) for name in (HOME, WORK))  # type: ignore[arg-type]
    return story, home, work


async def test_of_two_accounts_that_tell_one_row_one_is_heard(ledger: Ledger):
    """At the same moment, and after the memory of it is gone (issue: accounts; promise 2)."""
    story, home, work = boxes(ledger, {HOME, WORK})
    await home.receive([inbound(1, "hello", account=HOME)])
    for tell in (work.receive, work.keep):
        with pytest.raises(PhoneUnusable, match="same Messages database as home"):
            await tell([inbound(1, "hello", account=WORK)])
    story_later, _, work_later = boxes(ledger, {HOME, WORK})
    with pytest.raises(PhoneUnusable, match="same Messages database as home"):
        await work_later.receive([inbound(1, "hello", account=WORK), inbound(2, "more", account=WORK)])
    assert story.heard + story_later.heard == [(HOME, "hello")]


async def test_a_refused_account_takes_no_row_from_the_other_one(ledger: Ledger):
    """What it told in vain is the first account's as before."""
    story, home, work = boxes(ledger, {HOME, WORK})
    await home.receive([inbound(1, "one", account=HOME)])
    with pytest.raises(PhoneUnusable):
        await work.receive([inbound(1, "one", account=WORK), inbound(2, "two", account=WORK)])
    await home.receive([inbound(2, "two", account=HOME)])
    assert story.heard == [(HOME, "one"), (HOME, "two")]


async def test_an_account_that_does_not_run_refuses_nobody(ledger: Ledger):
    """It was taken out, and another one has its phone now."""
    story, home, work = boxes(ledger, {HOME})
    await home.receive([inbound(1, "one", account=HOME)])
    await work.receive([inbound(1, "one", account=WORK)])
    assert len(story.heard) == 2
