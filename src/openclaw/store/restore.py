"""Putting a copy of the ledger back, so that what was answered after it was made is not answered again.

The caller holds the lock of the state directory, and no ledger is open there.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select

from openclaw.domain.delivery import DeliveryState
from openclaw.domain.ids import AccountId, DeliveryId, MessageId, SessionKey
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.domain.turns import Turn, TurnState
from openclaw.store import accounts, deliveries, messages, turns
from openclaw.store.backup import DIRECTORY, Backup, back_up, examine, sync_directory
from openclaw.store.ledger import FILE_NAME, open_ledger
from openclaw.store.schema import OPEN_DELIVERY, delivery

WHY = "it comes from a restored copy, and may have been dealt with since"
"""The reason that everything carries which a restored copy had open."""

_LOGS = (f"{FILE_NAME}-wal", f"{FILE_NAME}-journal")
_SHARED = f"{FILE_NAME}-shm"
_STAGED = "restoring"
# A copy has as many open things as a gateway had at one moment.
_ALL = 1_000_000
_TO_DECIDE = (
    MessageState.RECEIVED,
    MessageState.SUSPECT,
    MessageState.LATE,
    MessageState.WAITING,
    MessageState.PAUSED,
)


@dataclass(frozen=True, slots=True)
class Withheld:
    """What a copy had open and no longer does: the accounts that begin anew, and how much waits for a decision."""

    accounts: tuple[AccountId, ...] = ()
    messages: int = 0
    turns: int = 0
    deliveries: int = 0


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and where the ledger is kept that stood there before."""

    copy: Backup
    withheld: Withheld
    replaced: Path | None


async def restore(copy: Path, state_dir: Path, now: datetime, *, answer_missed: bool) -> Restored:
    """Put ``copy`` in the place of the ledger of ``state_dir``; at every moment one whole ledger stands there.

    Unless ``answer_missed`` is set, accounts begin at their phone's newest row, and what the copy had under way
    waits for a decision.

    Raises:
        StoreUnreadable, StoreNewer: ``copy`` cannot be used; nothing was changed.
        StoreError: a file cannot be written.
    """
    staging = state_dir / _STAGED
    shutil.rmtree(staging, ignore_errors=True)
    staged = staging / FILE_NAME
    back_up(copy, staged)
    async with open_ledger(staging) as ledger:
        withheld = Withheld() if answer_missed else await ledger.write(lambda tx: withhold(tx, now))
    found = examine(staged)
    replaced = _put_aside(state_dir, now)
    os.replace(staged, state_dir / FILE_NAME)
    sync_directory(state_dir)
    shutil.rmtree(staging, ignore_errors=True)
    return Restored(found, withheld, replaced)


def withhold(tx: Connection, now: datetime) -> Withheld:
    """Let nothing of what is open go on by itself: each thing waits for a person, and accounts begin anew."""
    bubbles = [DeliveryId(found) for found in tx.scalars(select(delivery.c.id).where(OPEN_DELIVERY))]
    for bubble in bubbles:
        deliveries.mark(tx, bubble, DeliveryState.PARKED, now, WHY)
    cut_off = _open_turns(tx)
    for turn in cut_off:
        turns.end(tx, turn.id, TurnState.INTERRUPTED, now, WHY)
        messages.settle(tx, [one.id for one in turn.messages], MessageState.FAILED, now, WHY)
    waiting = messages.in_state(tx, *_TO_DECIDE, limit=_ALL)
    messages.settle(tx, _ids(waiting), MessageState.HELD, now, WHY)
    commands = messages.in_state(tx, MessageState.COMMANDED, limit=_ALL)
    messages.settle(tx, _ids(commands), MessageState.DROPPED, now, WHY)
    return Withheld(tuple(accounts.begin_anew(tx, now)), len(waiting), len(cut_off), len(bubbles))


def _open_turns(tx: Connection) -> list[Turn]:
    queued = [turn for session in turns.queued_sessions(tx) for turn in turns.queued(tx, SessionKey(session))]
    return [*turns.running(tx), *queued]


def _ids(held: list[LedgerMessage]) -> list[MessageId]:
    return [message.id for message in held]


def _put_aside(state_dir: Path, now: datetime) -> Path | None:
    """Keep the present ledger, damaged or not, under a name of its own; it stays in place until it is replaced."""
    present = state_dir / FILE_NAME
    if not present.exists():
        return None
    aside = state_dir / DIRECTORY / f"replaced-{now:%Y%m%dT%H%M%S%fZ}"
    aside.mkdir(parents=True, mode=0o700)
    for name in (FILE_NAME, *_LOGS):
        if (state_dir / name).exists():
            os.link(state_dir / name, aside / name)
    sync_directory(aside)
    _fold_log(present)
    for name in (*_LOGS, _SHARED):
        # A log that is left would be taken for the restored file's own, and would destroy it.
        (state_dir / name).unlink(missing_ok=True)
    sync_directory(state_dir)
    return aside / FILE_NAME


def _fold_log(present: Path) -> None:
    """Bring what stands in the write-ahead log into the file itself, as far as it can be read."""
    try:
        with closing(sqlite3.connect(present)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.DatabaseError:
        # It is damaged; its log stays beside what is kept, for whoever wants to rescue something.
        return
