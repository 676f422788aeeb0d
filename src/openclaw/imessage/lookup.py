"""What the history says about one conversation or one row: looks on demand, with small limits.

Knows no ledger and judges nothing. A conversation is found by its lasting name; a number is only where to look first.
"""

from __future__ import annotations

from collections.abc import Iterable

from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import Target
from openclaw.domain.handles import Handle, parse_handle
from openclaw.domain.ids import AccountId, ChatRowId, MessageGuid
from openclaw.domain.messages import InboundMessage
from openclaw.imessage.connection import Requests, list_chats, read_history

# As many conversations as anybody keeps; their list is one query, whatever its length.
EVERY_CHAT = 1000
# A row that came without its conversation is among the newest of the liveliest ones of its sender, if it is anywhere.
_LIVELY_CHATS = 5
_ROWS, _MORE_ROWS = 10, 30
# Who looks for one row waits for it: enough for a day of a busy phone, and a few hundred short queries at most.
_LOOKED_THROUGH, _ROWS_EACH = 100, 200


async def chat_at(requests: Requests, account: AccountId, row: ChatRowId) -> ChatRef | None:
    """Which conversation the number ``row`` means, or ``None`` when none has it. Raises ``WireError``."""
    for message in await read_history(requests, account, row, 1):
        if message.chat and message.chat.row_id == row:
            return message.chat
    # One without a message is found in the list only, if it is there at all.
    listed = await list_chats(requests, EVERY_CHAT)
    return next((each.chat for each in listed if each.chat.row_id == row), None)


async def chat_meant(requests: Requests, chat: ChatRef) -> ChatRef | None:
    """The conversation ``chat`` under the number it has now, if it is there. Raises ``WireError``."""
    if not chat.guid:
        return None
    listed = [each.chat for each in await list_chats(requests, EVERY_CHAT)]
    # A phone may keep a person's SMS in a chat of its own, beside one whose guid tells no service.
    exact = (each for each in listed if each.guid == chat.guid)
    return next(exact, None) or next((each for each in listed if is_meant(each, chat)), None)


def is_meant(there: ChatRef, meant: ChatRef) -> bool:
    """Whether ``there`` is the conversation ``meant``, and its service is not another one."""
    services = {_carrier(there.service), _carrier(meant.service)}
    return there.key == meant.key and (len(services) == 1 or "any" in services)


def _carrier(service: str) -> str:
    # imsg sends both in the same way.
    return "sms" if service == "rcs" else service


async def recent(
    requests: Requests, account: AccountId, region: str, target: Target, limit: int, *, attachments: bool
) -> list[InboundMessage]:
    """The newest ``limit`` messages of the conversation, or with the person, ``target``; newest first.

    Raises ``WireError`` or ``PhoneUnusable``.
    """
    if isinstance(target, ChatRef):
        return await _of_chat(requests, account, target, limit, attachments=attachments)
    found: list[InboundMessage] = []
    for chat in await _with_person(requests, target, region):
        found += await read_history(requests, account, chat.row_id, limit, attachments=attachments)
    return sorted(found, key=lambda row: (row.sent_at, row.row_id), reverse=True)[:limit]


async def reread(
    requests: Requests, account: AccountId, message: InboundMessage, *, attachments: bool
) -> InboundMessage | None:
    """``message`` as it is now, or ``None`` when it is not found among the newest rows.

    Raises ``WireError`` or ``PhoneUnusable``.
    """
    if message.chat is not None:
        rows = await read_history(requests, account, message.chat.row_id, _ROWS, attachments=attachments)
        return _same(rows, message)
    listed = await list_chats(requests, EVERY_CHAT)
    theirs = [each for each in listed if message.sender in (each.chat.identifier, *each.participants)]
    for chat in (theirs or listed)[:_LIVELY_CHATS]:
        rows = await read_history(requests, account, chat.chat.row_id, _MORE_ROWS, attachments=attachments)
        if found := _same(rows, message):
            return found
    return None


async def find_guid(
    requests: Requests, account: AccountId, guid: MessageGuid, *, chats: int = _LOOKED_THROUGH
) -> InboundMessage | None:
    """The row that Apple calls ``guid``, looked for among the newest ones of the ``chats`` liveliest conversations.

    Raises ``WireError`` or ``PhoneUnusable``. imsg finds no row by its guid, so one that is older is not found.
    """
    for each in await list_chats(requests, chats):
        rows = await read_history(requests, account, each.chat.row_id, _ROWS_EACH)
        if found := next((row for row in rows if row.guid == guid), None):
            return found
    return None


async def _of_chat(
    requests: Requests, account: AccountId, chat: ChatRef, limit: int, *, attachments: bool
) -> list[InboundMessage]:
    rows = await read_history(requests, account, chat.row_id, limit, attachments=attachments)
    there = [row for row in rows if row.chat and row.chat.key == chat.key]
    if there:
        return there
    moved = await chat_meant(requests, chat)
    if moved is None or moved.row_id == chat.row_id:
        return []
    return await read_history(requests, account, moved.row_id, limit, attachments=attachments)


async def _with_person(requests: Requests, handle: Handle, region: str) -> list[ChatRef]:
    listed = [each.chat for each in await list_chats(requests, EVERY_CHAT)]
    return [
        chat
        for chat in listed
        if not chat.has_group_shape and parse_handle(chat.identifier, region) == handle
    ]


def _same(rows: Iterable[InboundMessage], message: InboundMessage) -> InboundMessage | None:
    if message.guid:
        return next((row for row in rows if row.guid == message.guid), None)
    return next((row for row in rows if row.row_id == message.row_id), None)
