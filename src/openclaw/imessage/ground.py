"""Is it still the same database? imsg never notices that its file was replaced: only a new child sees the new one.

Compares what the ledger knows with what a child shows. Decides nothing about what follows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from openclaw.domain.chats import ChatRef
from openclaw.domain.databases import (
    Anchor,
    AnotherDatabase,
    DatabaseVerdict,
    KnownDatabase,
    RestoredDatabase,
    SameDatabase,
)
from openclaw.domain.ids import AccountId, ChatRowId, MessageGuid, RowId
from openclaw.domain.messages import InboundMessage
from openclaw.imessage.connection import Requests, list_chats, read_history
from openclaw.imessage.lookup import EVERY_CHAT

# Each row of history costs imsg a scan of its message table, so few of them are asked for.
_LIVELY_CHATS = 3
_ANCHORED_CHATS = 2
_ROWS = 3


@dataclass(frozen=True, slots=True)
class Sight:
    """What a child shows of its database: all chats, and the newest rows of those in ``read``.

    ``activity`` is the newest date of each chat, the newest first.
    """

    chats: Sequence[ChatRef]
    rows: Sequence[InboundMessage]
    read: frozenset[ChatRowId]
    activity: Mapping[ChatRowId, datetime] = field(default_factory=dict[ChatRowId, datetime])

    @property
    def newest(self) -> RowId:
        """The highest row number in sight, 0 without any row."""
        return max((row.row_id for row in self.rows), default=RowId(0))


async def look(requests: Requests, account: AccountId, known: KnownDatabase) -> Sight:
    """The liveliest chats, and those of the newest rows that are known. Raises ``WireError`` or ``PhoneUnusable``."""
    found = await list_chats(requests, EVERY_CHAT)
    listed = [each.chat for each in found]
    anchored = list(dict.fromkeys(anchor.chat.row_id for anchor in known.anchors))[:_ANCHORED_CHATS]
    numbers = dict.fromkeys([*(chat.row_id for chat in listed[:_LIVELY_CHATS]), *anchored])
    rows: list[InboundMessage] = []
    for number in numbers:
        rows += await read_history(requests, account, number, _ROWS)
    activity = {each.chat.row_id: each.last_message_at for each in found}
    return Sight(listed, rows, frozenset(numbers), activity)


def compare(known: KnownDatabase, sight: Sight) -> DatabaseVerdict:
    """Whether ``sight`` is of the database that is known. In doubt it is another one."""
    guids = {row.row_id: row.guid for row in sight.rows if row.guid}
    numbers = {guid: number for number, guid in guids.items()}
    found = [anchor for anchor in known.anchors if guids.get(anchor.row_id) == anchor.guid]
    strange = [anchor for anchor in known.anchors if _is_elsewhere(anchor, guids, numbers)]
    if found and not strange:
        return _same_or_restored(known, sight, found)
    if conflict := _conflict(known.chats, sight.chats):
        return AnotherDatabase(sight.newest, conflict)
    if found:
        return RestoredDatabase(max(anchor.row_id for anchor in found))
    if strange:
        return AnotherDatabase(sight.newest, f"row {strange[0].row_id} is another message now")
    if sight.newest >= known.cursor:
        return SameDatabase()
    if not known.anchors:
        # A phone whose rows carry no guids proves nothing; one that never told a row has nothing to mistake.
        return SameDatabase() if known.chats else RestoredDatabase(sight.newest)
    return AnotherDatabase(sight.newest, f"its rows end at {sight.newest}, and none of them is known")


def _is_elsewhere(anchor: Anchor, guids: dict[RowId, MessageGuid], numbers: dict[MessageGuid, RowId]) -> bool:
    """Whether its number belongs to another message now, or its message to another number."""
    other_message = guids.get(anchor.row_id, anchor.guid) != anchor.guid
    return other_message or numbers.get(anchor.guid, anchor.row_id) != anchor.row_id


def _same_or_restored(
    known: KnownDatabase, sight: Sight, found: Sequence[Anchor]
) -> SameDatabase | RestoredDatabase:
    """A row at the end that should be in sight and is not was deleted, or never was in an older copy."""
    last = max(anchor.row_id for anchor in found)
    gone = [
        anchor
        for anchor in known.anchors
        if last < anchor.row_id <= known.cursor and anchor.chat.row_id in sight.read
    ]
    if gone and sight.newest < known.cursor:
        return RestoredDatabase(last)
    return SameDatabase()


def _conflict(known: Sequence[ChatRef], listed: Sequence[ChatRef]) -> str:
    there = {chat.row_id: chat for chat in listed if chat.guid}
    for chat in known:
        other = there.get(chat.row_id)
        if chat.guid and other is not None and other.key != chat.key:
            return f"chat {chat.row_id} is another conversation now"
    return ""
