from __future__ import annotations

from dataclasses import replace

import pytest

from openclaw.control.status import channels, readiness, status
from openclaw.domain.acp import LiveAgent
from openclaw.domain.health import AccountHealth, AccountState
from openclaw.domain.ids import AccountId, SessionKey
from openclaw.errors import ConfigIssue, StoreError

from .conftest import NOW, Running


async def test_a_gateway_without_accounts_is_alive_and_not_ready(running: Running):
    """It can neither hear nor say anything, so nobody should wait for it as for a working one (J.1)."""
    surface = replace(running.surface(), health=lambda: {})
    assert readiness(surface, causes=True) == (False, {"ready": False, "accounts": {}, "causes": {}})
    assert (await channels(surface, 5.0))["channelAccounts"] == {"imessage": []}
    assert (await status(surface))["accounts"] == []


async def test_an_account_that_is_not_enabled_is_listed_and_left_alone(running: Running):
    """Switched off is no failure: it is neither waited for nor probed nor an error (J.2)."""
    running.state, running.cause = AccountState.STOPPED, "it is not enabled in the configuration"
    shape = (await channels(running.surface(), 5.0))["channelAccounts"]["imessage"][0]  # type: ignore[index]
    assert (shape["enabled"], shape["lastError"], "probe" in shape) == (False, None, False)
    both = {**running.health(), AccountId("work"): AccountHealth(AccountState.CONNECTED, NOW)}
    surface = replace(running.surface(), health=lambda: both)
    assert readiness(surface, causes=True) == (
        True,
        {"ready": True, "accounts": {"work": "connected"}, "causes": {}},
    )


async def test_a_refused_edit_is_told_to_the_operator_and_leaves_the_gateway_ready(running: Running):
    """What runs goes on; the body says that the files are not what runs."""
    surface = running.surface()
    assert "config" not in readiness(surface, causes=True)[1]
    held = surface.in_force()
    issue = ConfigIssue("channels.imessage.dmPolcy", "unknown key")
    refused = replace(held, standing=replace(held.standing, refused_at=NOW, issues=(issue,)))
    surface = replace(surface, in_force=lambda: refused)
    ready, body = readiness(surface, causes=True)
    assert (ready, body["config"]["valid"]) == (True, False)
    assert body["config"]["issues"][0]["path"] == issue.path
    assert "config" not in readiness(surface, causes=False)[1]


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


async def test_trouble_with_the_ledger_is_seen_while_it_lasts(running: Running):
    """A full disk: visible with its way on, not ready meanwhile, and over by itself (issue 4, point 7)."""
    await running.ledger.write(lambda tx: tx.exec_driver_sql("PRAGMA max_page_count=1").close())
    with pytest.raises(StoreError, match="the disk is full"):
        await running.ann_wrote(text="long " * 20_000)
    said = (await status(running.surface()))["ledger"]
    assert isinstance(said, dict)
    assert said["cause"] == "the disk is full (database or disk is full)"
    ready, body = readiness(running.surface(), causes=True)
    assert (ready, body["ledger"]) == (False, said)
    assert "ledger" not in readiness(running.surface(), causes=False)[1]
    await running.ledger.write(lambda tx: tx.exec_driver_sql("PRAGMA max_page_count=100000").close())
    await running.ann_wrote()
    assert (await status(running.surface()))["ledger"] is None
    assert readiness(running.surface(), causes=True)[0]


async def test_the_agents_that_run_are_told_with_what_they_take(running: Running):
    """Which program, since when, and how much of the machine; unknown is null."""
    session = SessionKey("agent:main:acp:1")
    running.live += [
        LiveAgent(session, "codex", 11, NOW, True, 1.234, 1000),
        LiveAgent(session, "claude", 12, NOW, False),
    ]
    first, second = (await status(running.surface()))["outside"]  # type: ignore[misc]
    assert first == {
        "session": session,
        "harness": "codex",
        "pid": 11,
        "since": "2026-03-01T12:00:00.000Z",
        "busy": True,
        "cpuSeconds": 1.23,
        "memoryBytes": 1000,
    }
    assert (second["busy"], second["cpuSeconds"], second["memoryBytes"]) == (False, None, None)
