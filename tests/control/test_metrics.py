from __future__ import annotations

import asyncio
from datetime import timedelta

from prometheus_client.parser import text_string_to_metric_families

from openclaw.control.metrics import scrape
from openclaw.domain.acp import LiveAgent
from openclaw.domain.delivery import Cause, OutboundMessage
from openclaw.domain.health import AccountState
from openclaw.domain.ids import RowId, SessionKey
from openclaw.store import accounts, deliveries

from .conftest import ANNS_CHAT, DEFAULT, NOW, Caller, Running


async def _values(running: Running) -> dict[tuple[str, ...], float]:
    page = (await scrape(running.ledger, running.health(), running.live, NOW)).decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


async def test_the_page_counts_what_the_ledger_holds(running: Running):
    """Messages and deliveries by state, and how long the oldest has waited (brief)."""
    await running.ann_wrote()
    bubble = OutboundMessage(DEFAULT, ANNS_CHAT, "Hello")
    await running.ledger.write(
        lambda tx: deliveries.queue(tx, Cause.OPERATOR, 1, [bubble], NOW - timedelta(seconds=90))
    )
    values = await _values(running)
    assert values["openclaw_messages", "received"] == 1
    assert values["openclaw_messages", "answered"] == 0
    assert values["openclaw_deliveries", "queued"] == 1
    assert values["openclaw_oldest_queued_delivery_age_seconds",] == 90
    assert values["openclaw_process_resident_memory_bytes",] > 1_000_000


async def test_the_page_tells_a_deaf_account(running: Running):
    """Connection and lag per account: a phone that is ahead of the ledger is not being heard (design 5)."""
    await running.ledger.write(lambda tx: accounts.begin(tx, DEFAULT, RowId(40), NOW))
    assert (await _values(running))["openclaw_account_connected", "default"] == 1
    running.state = AccountState.DEAF
    values = await _values(running)
    assert values["openclaw_account_connected", "default"] == 0
    assert values["openclaw_account_lag_rows", "default"] == 5


async def test_a_scraper_gets_the_text_format(caller: Caller):
    """Prometheus reads the type from the header (exposition format 0.0.4)."""
    answer = await asyncio.to_thread(caller.send, "GET", "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'openclaw_account_connected{account="default"} 1.0' in answer.text


async def test_running_agents_are_summed_by_program(running: Running):
    """A series for each session would be one for good; what the system does not tell counts as nothing."""
    session = SessionKey("agent:main:acp:1")
    running.live += [
        LiveAgent(session, "codex", 11, NOW, True, 1.5, 1000),
        LiveAgent(session, "codex", 12, NOW, False, 2.0, 500),
        LiveAgent(session, "claude", 13, NOW, False),
    ]
    await running.codex_asked()
    values = await _values(running)
    assert (values["openclaw_agents_running", "codex"], values["openclaw_agents_running", "claude"]) == (2, 1)
    assert values["openclaw_agent_cpu_seconds", "codex"] == 3.5
    assert values["openclaw_agent_memory_bytes", "codex"] == 1500
    assert values["openclaw_agent_memory_bytes", "claude"] == 0
    assert values["openclaw_permissions_open",] == 1


async def test_where_no_agent_runs_there_is_no_series_of_one(running: Running):
    """Nothing is asked, nothing runs."""
    values = await _values(running)
    assert values["openclaw_permissions_open",] == 0
    assert not [name for name, *_ in values if name.startswith("openclaw_agent")]
