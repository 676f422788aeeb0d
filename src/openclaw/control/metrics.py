"""The gateway in numbers, in the text format of Prometheus. Nothing is counted on the way: the ledger knows.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import psutil
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from openclaw.domain.acp import LiveAgent
from openclaw.domain.delivery import DeliveryState
from openclaw.domain.health import AccountHealth, AccountState
from openclaw.domain.ids import AccountId, RowId
from openclaw.domain.messages import MessageState
from openclaw.store import Ledger, Tx, accounts, deliveries, delivery_lists, figures, permissions


@dataclass(frozen=True, slots=True)
class Reading:
    """What the ledger says at one moment. ``cursors`` maps each account to the last row of its phone that is kept."""

    messages: Mapping[str, int]
    deliveries: Mapping[str, int]
    oldest_queued: datetime | None
    cursors: Mapping[AccountId, RowId | None]
    permissions: int


async def scrape(
    ledger: Ledger,
    health: Mapping[AccountId, AccountHealth],
    live: Sequence[LiveAgent],
    now: datetime,
) -> bytes:
    """The page that a Prometheus server asks for, read afresh at each call; ``live`` are the running outside agents."""
    reading = await ledger.read(lambda tx: read(tx, health, now))
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Page([*families(reading, health, now), *_agent_families(live)]))
    return generate_latest(registry)


def read(tx: Tx, known: Iterable[AccountId], now: datetime) -> Reading:
    """Look everything up that is counted."""
    queued = deliveries.in_state(tx, DeliveryState.QUEUED, limit=1)
    return Reading(
        messages=figures.messages_by_state(tx, *MessageState),
        deliveries=delivery_lists.count_by_state(tx, *DeliveryState),
        oldest_queued=queued[0].queued_at if queued else None,
        cursors={account: accounts.cursor(tx, account) for account in known},
        permissions=len(permissions.open_requests(tx, now)),
    )


def families(
    reading: Reading, health: Mapping[AccountId, AccountHealth], now: datetime
) -> Iterable[GaugeMetricFamily]:
    """Every metric with its values; states in which nothing is have the value 0."""
    by_state = GaugeMetricFamily("openclaw_messages", "Messages in the ledger by state.", labels=["state"])
    for state in MessageState:
        by_state.add_metric([state], reading.messages.get(state, 0))
    yield by_state
    bubbles = GaugeMetricFamily("openclaw_deliveries", "Deliveries in the ledger by state.", labels=["state"])
    for state in DeliveryState:
        bubbles.add_metric([state], reading.deliveries.get(state, 0))
    yield bubbles
    yield GaugeMetricFamily(
        "openclaw_oldest_queued_delivery_age_seconds",
        "Age of the oldest delivery that waits to be sent; 0 when none waits.",
        value=max((now - reading.oldest_queued).total_seconds(), 0) if reading.oldest_queued else 0,
    )
    yield from _account_families(reading, health)
    yield GaugeMetricFamily(
        "openclaw_permissions_open",
        "Questions of agents that wait for an answer.",
        value=reading.permissions,
    )
    yield GaugeMetricFamily(
        "openclaw_process_resident_memory_bytes",
        "Memory of the gateway's own process.",
        value=psutil.Process().memory_info().rss,
    )


def _account_families(
    reading: Reading, health: Mapping[AccountId, AccountHealth]
) -> Iterable[GaugeMetricFamily]:
    connected = GaugeMetricFamily(
        "openclaw_account_connected", "1 while the account's phone is connected, else 0.", labels=["account"]
    )
    lag = GaugeMetricFamily(
        "openclaw_account_lag_rows",
        "Rows by which the phone's newest message is ahead of what is kept.",
        labels=["account"],
    )
    enabled = {account: one for account, one in health.items() if one.state is not AccountState.STOPPED}
    for account, one in enabled.items():
        connected.add_metric([account], one.state is AccountState.CONNECTED)
        cursor = reading.cursors.get(account)
        if one.newest_row is not None and cursor is not None:
            lag.add_metric([account], max(one.newest_row - cursor, 0))
    return connected, lag


def _agent_families(live: Sequence[LiveAgent]) -> Iterable[GaugeMetricFamily]:
    """Of outside agents by their programs: sessions come and go, and each would be a series for good."""
    running = GaugeMetricFamily(
        "openclaw_agents_running", "Outside agents that run, by program.", labels=["harness"]
    )
    cpu = GaugeMetricFamily(
        "openclaw_agent_cpu_seconds",
        "Processor time of the running outside agents and of what they started, by program.",
        labels=["harness"],
    )
    memory = GaugeMetricFamily(
        "openclaw_agent_memory_bytes",
        "Memory of the running outside agents and of what they started, by program.",
        labels=["harness"],
    )
    for harness in sorted({one.harness for one in live}):
        these = [one for one in live if one.harness == harness]
        running.add_metric([harness], len(these))
        cpu.add_metric([harness], sum(one.cpu_s or 0 for one in these))
        memory.add_metric([harness], sum(one.memory_bytes or 0 for one in these))
    return running, cpu, memory


class _Page:
    """What the registry asks for its metrics."""

    def __init__(self, page: list[GaugeMetricFamily]) -> None:
        self._page = page

    def collect(self) -> Iterable[Metric]:
        """The metrics of the page."""
        return self._page
