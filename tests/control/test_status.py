from __future__ import annotations

from dataclasses import replace

from openclaw.control.status import channels, readiness, status
from openclaw.domain.health import AccountState

from .conftest import Running


async def test_a_gateway_without_accounts_is_alive_and_not_ready(running: Running):
    """It can neither hear nor say anything, so nobody should wait for it as for a working one (J.1)."""
    surface = replace(running.surface(), health=lambda: {})
    assert readiness(surface, causes=True) == (False, {"ready": False, "accounts": {}, "causes": {}})
    assert (await channels(surface, 5.0))["channelAccounts"] == {"imessage": []}
    assert (await status(surface))["accounts"] == []


async def test_only_connected_counts_as_ready(running: Running):
    """A phone that starts, backs off or went deaf hears nobody (design 5)."""
    for state in AccountState:
        running.state = state
        assert readiness(running.surface(), causes=False)[0] == (state is AccountState.CONNECTED)


async def test_a_failing_account_carries_its_error(running: Running):
    """`lastError` is what a program looks at; it is empty exactly while nothing is wrong (J.2)."""
    running.state, running.cause = AccountState.BACKING_OFF, ""
    assert (await status(running.surface()))["accounts"][0]["lastError"] == "backing off"  # type: ignore[index]
    running.state = AccountState.STARTING
    assert (await status(running.surface()))["accounts"][0]["lastError"] is None  # type: ignore[index]
