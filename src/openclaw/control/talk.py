"""Talk: the conversations as JSON, and the pages of one of them with both sides in one order."""

from __future__ import annotations

import re
from collections.abc import Sequence

from openclaw.control import operator
from openclaw.control.shapes import Json, chat_shape, iso
from openclaw.control.things import delivery_shape, message_shape
from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import Delivery
from openclaw.domain.ids import AccountId
from openclaw.domain.messages import KnownChat, LedgerMessage
from openclaw.errors import BadRequest
from openclaw.store import Tx
from openclaw.store import conversations as said
from openclaw.store.conversations import LastWords, Place

# Written by us and handed back: a number of chats to skip, or where an entry stands.
_SKIP = re.compile(r"[0-9]{1,9}")
_PLACE = re.compile(r"([0-9]{1,15})\.([01])\.([0-9]{1,15})")
_PREVIEW = 200
"""Characters of the last message that a list shows."""


def conversations(tx: Tx, account: AccountId | None, before: str | None, limit: int) -> Json:
    """The chats with their last words and how much in them waits for a person, the most recently active first.

    Raises:
        BadRequest: ``before`` is not the ``next`` of another answer.
    """
    if before is not None and not _SKIP.fullmatch(before):
        raise BadRequest("before must be what an answer gave as next")
    skip = int(before) if before else 0
    found = said.chats(tx, account, skip, limit + 1)
    chats, needs = found[:limit], said.needs(tx)
    shapes = [
        {
            **_conversation(chat),
            "needs": needs.get((chat.account, chat.chat.key), 0),
            "last": _last(words),
        }
        for chat, words in zip(chats, said.last_words(tx, chats), strict=True)
    ]
    return {"conversations": shapes, "next": str(skip + limit) if len(found) > limit else None}


def conversation(tx: Tx, target: str, account: AccountId | None, before: str | None, limit: int) -> Json:
    """A page of the conversation that ``target`` names, the oldest entry first.

    Raises:
        NotFound: there is no such chat.
        BadRequest: several accounts have one, or ``before`` does not come from another answer.
    """
    chat = _one(operator.find_chats(tx, target, account), target)
    page = said.page(tx, chat.account, chat.chat.key, _place(before), limit)
    return {
        "conversation": _conversation(chat),
        "entries": [_entry(entry) for entry in page.entries],
        "before": f"{page.before.at}.{page.before.kind}.{page.before.id}" if page.before else None,
    }


def _one(found: Sequence[KnownChat], target: str) -> KnownChat:
    if len(found) > 1:
        listed = ", ".join(sorted({chat.account for chat in found}))
        raise BadRequest(f"{target[:80]} is a chat of several accounts; give one of them: {listed}")
    return found[0]


def _place(before: str | None) -> Place | None:
    if before is None:
        return None
    match = _PLACE.fullmatch(before)
    if match is None:
        raise BadRequest("before must be what an answer gave as before")
    return Place(int(match[1]), int(match[2]), int(match[3]))


def _conversation(chat: KnownChat) -> Json:
    return {
        **chat_shape(chat),
        "chatKey": chat.chat.key,
        "service": chat.chat.service,
        "target": f"chat_id:{chat.chat.row_id}",
    }


def _entry(entry: LedgerMessage | Delivery) -> Json:
    if isinstance(entry, Delivery):
        return {"kind": "delivery", "direction": "out", "at": iso(entry.queued_at), **delivery_shape(entry)}
    direction = "out" if entry.message.from_me else "in"
    return {"kind": "message", "direction": direction, "at": iso(entry.received_at), **message_shape(entry)}


def _last(words: LastWords) -> Json | None:
    message, delivery = words.message, words.delivery
    if message is not None and (delivery is None or message.received_at > delivery.queued_at):
        inner = message.message
        return {
            "direction": "out" if inner.from_me else "in",
            "who": inner.sender,
            "text": inner.text[:_PREVIEW],
            "at": iso(message.received_at),
            "state": message.state,
        }
    if delivery is None:
        return None
    target = delivery.message.target
    return {
        "direction": "out",
        "who": target.identifier if isinstance(target, ChatRef) else target,
        "text": (delivery.message.text or (delivery.message.file.name if delivery.message.file else ""))[
            :_PREVIEW
        ],
        "at": iso(delivery.queued_at),
        "state": delivery.state,
    }
