"""The operator's requests while no gateway runs: straight on the ledger, under the lock of the state directory."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from openclaw.control.operation import Accounts
from openclaw.control.operations import NO_ACCOUNTS, OPERATIONS, perform
from openclaw.control.params import Params
from openclaw.control.shapes import Json
from openclaw.store import FILE_NAME, lock_state, open_ledger


def perform_offline(
    name: str, params: Params, state_dir: Path, now: datetime, accounts: Accounts = NO_ACCOUNTS
) -> Json:
    """The answer to the request ``name``; what it queued or freed is taken up when the gateway starts.

    ``accounts`` may be left out for an operation that is not ``Informed``.

    A look where there is no ledger sees an empty one, and makes none.

    Raises:
        StateDirectoryBusy: a gateway runs after all, or another command is at work.
        StoreError: the ledger cannot be used.
        BadRequest, NotFound: as ``operations.perform``.
    """
    if not OPERATIONS[name].changes and not (state_dir / FILE_NAME).exists():
        # A look must not make an installation where there is none, say because of a mistyped directory.
        with TemporaryDirectory() as empty:
            return asyncio.run(_perform(name, params, Path(empty), now, accounts))
    with lock_state(state_dir):
        return asyncio.run(_perform(name, params, state_dir, now, accounts))


async def _perform(name: str, params: Params, state_dir: Path, now: datetime, accounts: Accounts) -> Json:
    async with open_ledger(state_dir) as ledger:
        answer = await ledger.write(lambda tx: perform(tx, name, params, now, accounts))
        return answer.body | ({"logEmptied": await ledger.empty_log()} if answer.wipe else {})
