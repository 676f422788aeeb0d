"""The notifier: it looks by itself, at the ledger, the accounts and the configuration."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.making import ACCOUNT, ANN, NOON, direct_chat
from tests.waiting import until

from openclaw.config.standing import ConfigStanding
from openclaw.domain.access import Notified
from openclaw.domain.acp import Decision, PermissionQuestion, ToolKind, outside_agent
from openclaw.domain.handles import Handle
from openclaw.domain.health import AccountHealth, AccountState
from openclaw.domain.ids import AccountId, SessionKey
from openclaw.domain.notices import NoticeKind
from openclaw.outbound.notices import Readers
from openclaw.outbound.notifier import Notifier
from openclaw.store import Ledger, notices, pairing, permissions

READERS = Readers({ACCOUNT: Notified(Handle("+15550100009"))}, ACCOUNT)


class House:
    """What the notifier asks of the running gateway."""

    def __init__(self, ledger: Ledger) -> None:
        self.clock = NOON
        self.state = AccountState.CONNECTED
        self.delivered: list[AccountId] = []
        self.health_is_broken = False
        self.notifier = Notifier(ledger, READERS, self.health, self.delivered.append, self.now)

    def now(self) -> datetime:
        return self.clock

    def health(self) -> dict[AccountId, AccountHealth]:
        if self.health_is_broken:
            raise ZeroDivisionError
        return {ACCOUNT: AccountHealth(self.state, self.clock)}


@pytest.fixture
def house(ledger: Ledger) -> House:
    return House(ledger)


async def kinds(ledger: Ledger) -> list[NoticeKind]:
    return [one.kind for one in await ledger.read(notices.waiting)]


async def test_a_request_is_noticed_by_itself_and_the_account_is_woken(ledger: Ledger, house: House) -> None:
    """Nobody has to ask: a change of the ledger is enough."""

    async def woken() -> bool:
        return house.delivered == [ACCOUNT]

    async with asyncio.TaskGroup() as group:
        task = group.create_task(house.notifier.run())
        await ledger.write(lambda tx: pairing.add(tx, ACCOUNT, Handle(ANN), direct_chat(), "ABCD2345", NOON))
        await until(woken, "the owner is told")
        task.cancel()
    assert await kinds(ledger) == [NoticeKind.PAIRING]


async def test_a_bug_in_a_look_does_not_end_the_looking(ledger: Ledger, house: House) -> None:
    """That somebody cannot be told must not end what they would be told about (architecture, boundaries)."""
    house.health_is_broken = True

    async def woken() -> bool:
        return bool(house.delivered)

    async with asyncio.TaskGroup() as group:
        task = group.create_task(house.notifier.run())
        await ledger.write(lambda tx: pairing.add(tx, ACCOUNT, Handle(ANN), direct_chat(), "ABCD2345", NOON))
        house.health_is_broken = False
        await until(woken, "the owner is told after all")
        task.cancel()


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (AccountState.BACKING_OFF, True),
        (AccountState.STARTING, True),
        (AccountState.DEAF, True),
        (AccountState.NEEDS_PERMISSION, True),
        (AccountState.MISCONFIGURED, True),
        (AccountState.CONNECTED, False),
        (AccountState.DEGRADED, False),
        (AccountState.PAUSED, False),
        (AccountState.STOPPED, False),
    ],
)
async def test_an_account_that_stays_broken_is_told_after_ten_minutes(
    ledger: Ledger, house: House, state: AccountState, told: bool
) -> None:
    """Ruling 18; what passes by itself within them is not told, nor what the operator wanted."""
    house.state = state
    await house.notifier.look()
    house.clock += timedelta(minutes=10) - timedelta(milliseconds=1)
    await house.notifier.look()
    assert await kinds(ledger) == []
    house.clock += timedelta(milliseconds=1)
    await house.notifier.look()
    assert await kinds(ledger) == ([NoticeKind.ACCOUNT] if told else [])


async def test_an_account_that_works_again_needs_nobody(ledger: Ledger, house: House) -> None:
    """And its ten minutes begin anew the next time; a state that changes at each try does not begin them."""
    house.state = AccountState.BACKING_OFF
    await house.notifier.look()
    house.clock += timedelta(minutes=9)
    house.state = AccountState.STARTING
    await house.notifier.look()
    house.clock += timedelta(minutes=1)
    await house.notifier.look()
    assert await kinds(ledger) == [NoticeKind.ACCOUNT]
    house.state = AccountState.CONNECTED
    await house.notifier.look()
    assert await kinds(ledger) == []
    house.state = AccountState.DEAF
    await house.notifier.look()
    assert await kinds(ledger) == []


async def test_an_edit_that_cannot_be_used_is_told_until_it_is_mended(ledger: Ledger, house: House) -> None:
    """An invalid edit is said everywhere a person looks."""
    standing = [ConfigStanding(Path("openclaw.json"), NOON, refused_at=NOON)]
    house.notifier.watch(lambda: standing[0])
    await house.notifier.look()
    await house.notifier.look()
    assert await kinds(ledger) == [NoticeKind.CONFIGURATION]
    assert house.delivered == [ACCOUNT]
    standing[0] = ConfigStanding(Path("openclaw.json"), NOON)
    await house.notifier.look()
    assert await kinds(ledger) == []


async def test_another_configuration_names_another_reader(ledger: Ledger, house: House) -> None:
    """Hot reload: without notify.owner nobody is told any more, and what is to be told stays."""
    house.notifier.use(Readers())
    question = PermissionQuestion(
        SessionKey("agent:main:acp:1"), outside_agent("codex"), ToolKind.EXECUTE, "ls"
    )
    until_one, place = NOON + timedelta(hours=1), (ACCOUNT, direct_chat().key)
    asked = await ledger.write(lambda tx: permissions.ask(tx, question, "ABCD2345", place, NOON, until_one))
    await house.notifier.look()
    assert house.delivered == []
    house.notifier.use(READERS)
    await house.notifier.look()
    assert house.delivered == [ACCOUNT]
    assert await kinds(ledger) == [NoticeKind.PERMISSION]
    await ledger.write(lambda tx: permissions.decide(tx, asked.id, Decision.DENY, "page"))
    await house.notifier.look()
    assert await kinds(ledger) == []
