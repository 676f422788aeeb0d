"""The operator's requests while no gateway runs: straight on the ledger, under the lock of the state directory."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from openclaw.control.operations import perform
from openclaw.control.params import Params
from openclaw.control.shapes import Json
from openclaw.store import lock_state, open_ledger


def perform_offline(name: str, params: Params, state_dir: Path, now: datetime) -> Json:
    """The answer to the request ``name``; what it queued or freed is taken up when the gateway starts.

    Raises:
        StateDirectoryBusy: a gateway runs after all, or another command is at work.
        StoreError: the ledger cannot be used.
        BadRequest, NotFound: as ``operations.perform``.
    """
    with lock_state(state_dir):
        return asyncio.run(_perform(name, params, state_dir, now))


async def _perform(name: str, params: Params, state_dir: Path, now: datetime) -> Json:
    async with open_ledger(state_dir) as ledger:
        answer = await ledger.write(lambda tx: perform(tx, name, params, now))
        return answer.body
