"""Searching: a message that is not in the ledger is looked for on the phones, by its guid, each within one bound."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from openclaw.control.shapes import Json, iso, place_shape
from openclaw.domain.ids import AccountId, MessageGuid, RowId
from openclaw.domain.messages import InboundMessage
from openclaw.errors import OpenClawError
from openclaw.store import Tx, accounts

Find = Callable[[AccountId, MessageGuid], Awaitable[InboundMessage | None]]
"""Looks for a row on an account's phone; raises ``OpenClawError`` when the phone cannot be asked."""

SEARCH_LIMIT_S = 20.0
"""How long one phone is looked through."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a phone said: the row, ``None`` when it was not found, or the ``cause`` why it could not be asked."""

    row: InboundMessage | None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """How far an account was read, and when the gateway first started on it; ``None`` before that."""

    cursor: RowId | None
    started_at: datetime | None


def readings(tx: Tx, known: Collection[AccountId]) -> dict[AccountId, Reading]:
    """How far each of ``known`` was read."""
    starts = accounts.first_starts(tx)
    return {each: Reading(accounts.cursor(tx, each), starts.get(each, (None, None))[0]) for each in known}


async def search(find: Find, known: Collection[AccountId], guid: MessageGuid) -> dict[AccountId, Sighting]:
    """What the phones of ``known`` say about ``guid``, all asked at once."""
    async with asyncio.TaskGroup() as group:
        tasks = {account: group.create_task(_bounded(find(account, guid))) for account in known}
    return {account: task.result() for account, task in tasks.items()}


async def _bounded(finding: Awaitable[InboundMessage | None]) -> Sighting:
    try:
        async with asyncio.timeout(SEARCH_LIMIT_S):
            return Sighting(await finding)
    except TimeoutError:
        return Sighting(None, f"no answer within {SEARCH_LIMIT_S:g} seconds")
    except OpenClawError as error:
        return Sighting(None, str(error))


def search_shape(
    guid: MessageGuid, found: Mapping[AccountId, Sighting], read: Mapping[AccountId, Reading]
) -> Json:
    """What the phones said, with what follows from it."""
    shapes = [_shape(account, sighting, read.get(account)) for account, sighting in found.items()]
    return {"guid": guid, "found": any(one.row for one in found.values()), "accounts": shapes}


def _shape(account: AccountId, sighting: Sighting, read: Reading | None) -> Json:
    row = sighting.row
    return {
        "accountId": account,
        "found": row is not None,
        "cause": sighting.cause,
        "rowId": row.row_id if row else None,
        "sentAt": iso(row.sent_at) if row else None,
        "sender": row.sender if row else "",
        **(place_shape(row.chat) if row and row.chat else {}),
        "says": _says(sighting, read),
    }


def _says(sighting: Sighting, read: Reading | None) -> str:
    if sighting.cause:
        return f"Its phone could not be asked: {sighting.cause}"
    row = sighting.row
    if row is None:
        return "Its phone does not have it among the newest messages of its liveliest chats."
    if read is None or read.cursor is None:
        return "The phone has it; the gateway has not begun on this account, and answers nothing older than that."
    if row.row_id > read.cursor:
        return "The phone has it, and has not reported it yet."
    if read.started_at is not None and row.sent_at < read.started_at:
        return "The phone has it, from before the gateway first started on this account; nothing older is answered."
    return "The phone has it, but never reported it; the look into the history each minute finds such rows."
