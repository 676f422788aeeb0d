"""Phones of several accounts on simulated Macs: opened, closed and replaced one by one."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.imessage.phones import environment_children, simulated
from tests.making import NOON
from tests.rig import Rig, configure, open_to_all, running
from tests.waiting import until

from openclaw.config.accounts import AccountConfig, resolve_accounts
from openclaw.domain.health import AccountState, ProbeCode
from openclaw.domain.ids import AccountId
from openclaw.errors import NotFound
from openclaw.outbound.fuses import Fuses
from openclaw.phones import Phones
from openclaw.store import Ledger

ONE, TWO = AccountId("one"), AccountId("two")


@dataclass
class Macs:
    """Two simulated Macs, and accounts of them."""

    root: Path
    known: dict[AccountId, dict[str, Any]] = field(default_factory=dict[AccountId, dict[str, Any]])

    def accounts(self, *names: AccountId, **more: Any) -> Sequence[AccountConfig]:
        """The accounts ``names``, each on a Mac of its own."""
        listed: dict[str, Any] = {}
        for name in names:
            if name not in self.known:
                (self.root / name).mkdir()
                imsg, database = simulated(self.root / name)
                self.known[name] = {"cliPath": imsg, "dbPath": database}
            listed[name] = self.known[name] | more
        return resolve_accounts(configure({"channels": {"imessage": {"accounts": listed}}}))


@asynccontextmanager
async def opened(ledger: Ledger, accounts: Sequence[AccountConfig]) -> AsyncGenerator[tuple[Phones, Rig]]:
    """Phones of ``accounts``, connected."""
    async with running(ledger, open_to_all()) as rig:
        phones = Phones(ledger, accounts, Fuses(), lambda: NOON, Path("/nonexistent"))
        async with phones.open(rig.gateway, accounts):
            await connected(phones, len(accounts))
            yield phones, rig


async def connected(phones: Phones, count: int) -> None:
    async def look() -> bool:
        states = [one.state for one in phones.health().values()]
        return states == [AccountState.CONNECTED] * count

    await until(look, f"{count} accounts are connected")


@pytest.fixture
def macs(tmp_path: Path) -> Macs:
    return Macs(tmp_path)


async def test_an_account_that_is_as_before_keeps_its_children(ledger: Ledger, macs: Macs) -> None:
    """Issue: an edit of one account does not touch the others."""
    async with opened(ledger, macs.accounts(ONE, TWO)) as (phones, _):
        before = set(environment_children("rpc"))
        wanted = macs.accounts(ONE, TWO, dmPolicy="disabled")
        await phones.let_go(wanted)
        phones.take_on(wanted, Fuses(1, 1, 1))
        assert before <= set(environment_children("rpc"))
        assert (await phones.probe(ONE)).code is ProbeCode.WORKS


async def test_an_account_that_is_gone_ends_with_its_children(ledger: Ledger, macs: Macs) -> None:
    """Nothing of it is left over, and it is asked about as one that does not run."""
    async with opened(ledger, macs.accounts(ONE, TWO)) as (phones, _):
        before = set(environment_children("rpc"))
        wanted = macs.accounts(ONE)
        await phones.let_go(wanted)
        phones.take_on(wanted, Fuses())
        assert before - set(environment_children("rpc"))
        assert (list(phones.health()), phones.enabled) == ([ONE], 1)
        with pytest.raises(NotFound):
            await phones.probe(TWO)


async def test_another_way_to_the_phone_is_another_line(ledger: Ledger, macs: Macs) -> None:
    """What the children depend on is read when they start, so they start anew."""
    async with opened(ledger, macs.accounts(ONE)) as (phones, _):
        before = set(environment_children("rpc"))
        wanted = macs.accounts(ONE, region="DE")
        await phones.let_go(wanted)
        assert environment_children("rpc") == []
        phones.take_on(wanted, Fuses())
        await connected(phones, 1)
        assert not before & set(environment_children("rpc"))


async def test_one_that_is_switched_off_is_listed_as_stopped(ledger: Ledger, macs: Macs) -> None:
    """It is configured, so an operator looks for it."""
    async with opened(ledger, macs.accounts(ONE)) as (phones, _):
        wanted = macs.accounts(ONE, enabled=False)
        await phones.let_go(wanted)
        phones.take_on(wanted, Fuses())
        assert phones.health()[ONE].state is AccountState.STOPPED
        assert environment_children("rpc") == []


async def test_the_end_of_the_gateway_ends_all_of_them(ledger: Ledger, macs: Macs) -> None:
    """In bounded time, as children of one process group each."""
    async with opened(ledger, macs.accounts(ONE, TWO)):
        assert environment_children("rpc")
    assert environment_children("rpc") == []
