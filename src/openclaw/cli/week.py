"""The last week's messages, judged by the configuration in use and by a changed one.

Reads the ledger beside whoever works on it, and the phones for texts that it has forgotten. Writes nothing.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from openclaw.assembly import judging, make_plan
from openclaw.config.load import load_config
from openclaw.config.locations import Locations
from openclaw.control.differences import differences_shape
from openclaw.control.impact import Difference, impact
from openclaw.control.judging import Judging
from openclaw.control.shapes import iso
from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import AccountId, ChatKey, MessageId
from openclaw.domain.messages import InboundMessage, LedgerMessage
from openclaw.domain.reasons import Reason
from openclaw.errors import OpenClawError
from openclaw.imessage.command import command_of
from openclaw.imessage.connection import open_imsg
from openclaw.imessage.lookup import recent
from openclaw.store import FILE_NAME, Tx, history
from openclaw.store.view import open_view

WEEK = timedelta(days=7)
# A page of the ledger; the facts that its messages share are looked up once.
_PAGE = 500
# Texts are asked for where they matter: the newest of so many chats, and no longer than somebody at a prompt waits.
_CHATS, _ROWS, _PHONE_LIMIT_S = 40, 500, 20.0


def impact_of(after: Judging, locations: Locations) -> dict[str, Any]:
    """What ``after`` would have made of the last week's messages, in comparison with the file in use.

    Raises:
        ConfigError: the file in use cannot be used.
        StoreError: the ledger cannot be read.
    """
    before, now = judging(make_plan(load_config(locations, os.environ))), datetime.now(UTC)
    if not (locations.state_dir / FILE_NAME).exists():
        return _shape(now, 0, [], before, after, {})
    with open_view(locations.state_dir / FILE_NAME) as tx:
        count, found = _judged(tx, now, before, after)
        causes: dict[AccountId, str] = {}
        if doubtful := [one.held for one in found if not one.is_certain]:
            rows, causes = asyncio.run(_reread(doubtful, before))
            found = _with_texts(tx, found, rows, before, after)
    return _shape(now, count, found, before, after, causes)


def _judged(tx: Tx, now: datetime, before: Judging, after: Judging) -> tuple[int, list[Difference]]:
    count, found, page = 0, list[Difference](), list[LedgerMessage]()
    for _, held in history.messages(tx, history.Span(since=now - WEEK)):
        count += 1
        page.append(held)
        if len(page) == _PAGE:
            found += _compared(tx, page, before, after)
            page.clear()
    return count, found + _compared(tx, page, before, after)


def _compared(tx: Tx, page: Sequence[LedgerMessage], before: Judging, after: Judging) -> list[Difference]:
    # What was refused for being empty is known to be.
    asked = [held.id for held in page if held.reason != str(Reason.EMPTY)]
    forgotten = dict.fromkeys(history.without_text(tx, asked))
    return list(impact(tx, page, forgotten, before, after))


def _with_texts(
    tx: Tx,
    found: Sequence[Difference],
    rows: Mapping[MessageId, InboundMessage],
    before: Judging,
    after: Judging,
) -> list[Difference]:
    """``found`` with those judged anew whose texts the phone still had."""
    again = [one.held for one in found if one.held.id in rows]
    known = {one.held.id: one for one in impact(tx, again, rows, before, after)}
    settled = (known.get(one.held.id) if one.held.id in rows else one for one in found)
    return [one for one in settled if one is not None]


async def _reread(
    doubtful: Sequence[LedgerMessage], judged: Judging
) -> tuple[dict[MessageId, InboundMessage], dict[AccountId, str]]:
    """The rows of ``doubtful`` that their phones still have, and why a phone could not be asked."""
    rows: dict[MessageId, InboundMessage] = {}
    causes: dict[AccountId, str] = {}
    for account in judged.accounts.values():
        mine = [held for held in doubtful if held.message.account == account.id]
        if not mine or not account.enabled:
            continue
        try:
            async with asyncio.timeout(_PHONE_LIMIT_S):
                await _read_phone(account.id, mine, judged, rows)
        except TimeoutError:
            causes[account.id] = f"no more answers within {_PHONE_LIMIT_S:g} seconds"
        except OpenClawError as error:
            causes[account.id] = str(error)
    return rows, causes


async def _read_phone(
    account: AccountId,
    wanted: Sequence[LedgerMessage],
    judged: Judging,
    rows: dict[MessageId, InboundMessage],
) -> None:
    phone = judged.accounts[account]
    chats: dict[ChatKey, ChatRef] = {
        held.message.chat.key: held.message.chat for held in reversed(wanted) if held.message.chat
    }
    by_guid = {held.message.guid: held.id for held in wanted if held.message.guid}
    async with open_imsg(command_of(phone)) as peer:
        for chat in list(chats.values())[:_CHATS]:
            for row in await recent(peer, account, phone.region, chat, _ROWS, attachments=False):
                if row.guid in by_guid:
                    rows[by_guid[row.guid]] = row


def _shape(
    now: datetime,
    count: int,
    found: Sequence[Difference],
    before: Judging,
    after: Judging,
    causes: Mapping[AccountId, str],
) -> dict[str, Any]:
    return {
        "file": str(after.loaded.path),
        "comparedWith": str(before.loaded.path),
        "since": iso(now - WEEK),
        "messages": count,
        "changed": len(found),
        "uncertain": sum(not one.is_certain for one in found),
        "phones": [{"accountId": account, "cause": cause} for account, cause in causes.items()],
        "groups": differences_shape(found, before, after),
    }
