"""What the running gateway says of itself: its accounts, its agents, its open work and its warnings."""

from __future__ import annotations

import asyncio
import os

from openclaw import __version__
from openclaw.control.operations import perform
from openclaw.control.shapes import CHANNEL, Json, account_shape, iso, issue_shape, probe_shape
from openclaw.control.surface import Surface
from openclaw.domain.health import AccountState, Probe, ProbeCode
from openclaw.domain.ids import AccountId
from openclaw.errors import OpenClawError

PROBE_LIMIT_S = 30.0
"""What a probe of all accounts may take: the original's bound for ``channels status --probe``."""

# Probes start children on the phones' machine; more at once would measure each other.
_PROBES_AT_ONCE = 8


async def status(surface: Surface) -> Json:
    """Everything at a glance."""
    now = surface.now()
    work = await surface.ledger.write(lambda tx: perform(tx, "overview", {}, now))
    return {
        "running": True,
        "pid": os.getpid(),
        "version": __version__,
        "startedAt": iso(surface.started_at),
        "uptimeSeconds": round((now - surface.started_at).total_seconds()),
        "accounts": [account_shape(account, health) for account, health in surface.health().items()],
        "agents": [{"id": agent, "model": model} for agent, model in surface.agents.items()],
        "work": work.body,
        "warnings": [issue_shape(warning) for warning in surface.warnings],
    }


async def channels(surface: Surface, probe_limit_s: float | None) -> Json:
    """How each account is doing; with ``probe_limit_s`` each is asked now, and has that many seconds to answer."""
    shapes = [account_shape(account, health) for account, health in surface.health().items()]
    if probe_limit_s is not None:
        probes = await _probe_all(surface, list(surface.health()), probe_limit_s)
        shapes = [
            {**shape, "probe": probe_shape(probes[AccountId(str(shape["accountId"]))])} for shape in shapes
        ]
    return {
        "gatewayReachable": True,
        "ts": iso(surface.now()),
        "channelOrder": [CHANNEL],
        "channelAccounts": {CHANNEL: shapes},
    }


def readiness(surface: Surface, *, causes: bool) -> tuple[bool, Json]:
    """Whether every account is connected, and each account's state; ``causes`` adds what is known of the reasons.

    A gateway without a running account is not ready: it can neither hear nor say anything.
    """
    health = surface.health()
    ready = bool(health) and all(one.state is AccountState.CONNECTED for one in health.values())
    states: Json = {account: one.state for account, one in health.items()}
    body: Json = {"ready": ready, "accounts": states}
    if causes:
        body["causes"] = {account: one.cause for account, one in health.items() if one.cause}
    return ready, body


async def _probe_all(surface: Surface, accounts: list[AccountId], limit_s: float) -> dict[AccountId, Probe]:
    gate = asyncio.Semaphore(_PROBES_AT_ONCE)

    async def one(account: AccountId) -> Probe:
        async with gate:
            return await _probe(surface, account, limit_s)

    async with asyncio.TaskGroup() as group:
        tasks = {account: group.create_task(one(account)) for account in accounts}
    return {account: task.result() for account, task in tasks.items()}


async def _probe(surface: Surface, account: AccountId, limit_s: float) -> Probe:
    try:
        async with asyncio.timeout(limit_s):
            return await surface.probe(account)
    except TimeoutError:
        return Probe(ProbeCode.NOT_RESPONDING, f"no answer within {limit_s:g} seconds")
    except OpenClawError as error:
        return Probe(ProbeCode.NOT_RESPONDING, str(error))
