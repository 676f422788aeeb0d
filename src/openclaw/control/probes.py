"""Asking several phones at once how they are, each within one bound."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection

from openclaw.domain.health import Probe, ProbeCode
from openclaw.domain.ids import AccountId
from openclaw.errors import OpenClawError

PROBE_LIMIT_S = 30.0
"""What the probe of an account may take: the original's bound for ``channels status --probe``."""

# Probes start children on the phones' machine; more at once would measure each other.
_AT_ONCE = 8


async def probe_all(
    probe: Callable[[AccountId], Awaitable[Probe]], accounts: Collection[AccountId], limit_s: float
) -> dict[AccountId, Probe]:
    """What ``probe`` finds for each of ``accounts``; one that does not answer in time is ``not-responding``."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(account: AccountId) -> Probe:
        async with gate:
            return await _bounded(probe(account), limit_s)

    async with asyncio.TaskGroup() as group:
        tasks = {account: group.create_task(one(account)) for account in accounts}
    return {account: task.result() for account, task in tasks.items()}


async def _bounded(probing: Awaitable[Probe], limit_s: float) -> Probe:
    try:
        async with asyncio.timeout(limit_s):
            return await probing
    except TimeoutError:
        return Probe(ProbeCode.NOT_RESPONDING, f"no answer within {limit_s:g} seconds")
    except OpenClawError as error:
        return Probe(ProbeCode.NOT_RESPONDING, str(error))
