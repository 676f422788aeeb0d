"""The operator's requests while no gateway runs: straight on the ledger, under the lock of the state directory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from openclaw.control.judging import Judging
from openclaw.control.operation import Accounts, Answer
from openclaw.control.operations import NO_ACCOUNTS, OPERATIONS, perform
from openclaw.control.params import Params
from openclaw.control.shapes import Json
from openclaw.fetching.shelf import Shelf
from openclaw.store import FILE_NAME, Tx, lock_state, open_ledger
from openclaw.store.media_folders import INBOUND


def perform_offline(
    name: str,
    params: Params,
    state_dir: Path,
    now: datetime,
    accounts: Accounts = NO_ACCOUNTS,
    judging: Judging | None = None,
) -> Json:
    """The answer to the request ``name``; what it queued or freed is taken up when the gateway starts.

    ``accounts`` may be left out for an operation that is not ``Informed``, ``judging`` for one that is not ``Judged``.

    A look where there is no ledger sees an empty one, and makes none.

    Raises:
        StateDirectoryBusy: a gateway runs after all, or another command is at work.
        StoreError: the ledger cannot be used.
        BadRequest, NotFound: as ``operations.perform``.
    """

    def run(tx: Tx) -> Answer:
        return perform(tx, name, params, now, accounts, judging)

    if not OPERATIONS[name].changes and not (state_dir / FILE_NAME).exists():
        # A look must not make an installation where there is none, say because of a mistyped directory.
        with TemporaryDirectory() as empty:
            return asyncio.run(_perform(run, Path(empty)))
    with lock_state(state_dir):
        return asyncio.run(_perform(run, state_dir))


async def _perform(run: Callable[[Tx], Answer], state_dir: Path) -> Json:
    async with open_ledger(state_dir) as ledger:
        answer = await ledger.write(run)
        if not answer.wipe:
            return answer.body
        # Nobody fetches anything now, so that what no message names is nobody's.
        await Shelf(ledger, state_dir / INBOUND).sweep()
        return answer.body | {"logEmptied": await ledger.empty_log()}
