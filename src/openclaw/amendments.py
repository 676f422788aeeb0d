"""Amendments: what an agent may do to messages that are there: edit and take back its own, put tapbacks on others.

Owns which message is meant and whether it may be touched: only one of the conversation that the turn answers, an own
one only when this gateway sent it for an agent, saw it on the phone, and is within Apple's time for it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import assert_never

import structlog

from openclaw.domain.bridge import (
    NO_BRIDGE,
    TAPBACKS,
    Bridge,
    Deed,
    DeedResult,
    Done,
    Doubtful,
    Edit,
    NotDone,
    React,
    Unsend,
    reaches,
    tapback_of,
)
from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import Cause, Delivery, DeliveryState, OutboundMessage
from openclaw.domain.ids import AccountId, MessageGuid
from openclaw.domain.messages import LedgerMessage, MessageState, canonical_text
from openclaw.domain.turns import Origin
from openclaw.errors import ToolFailed
from openclaw.store import Ledger, Tx, accounts, checkpoints, deliveries, heard

log = structlog.get_logger("openclaw.amendments")

# Fifteen minutes and two are Apple's; the request needs some of it (https://support.apple.com/guide/iphone/iphe67195653).
EDIT_WITHIN = timedelta(minutes=15) - timedelta(seconds=15)
UNSEND_WITHIN = timedelta(minutes=2) - timedelta(seconds=15)
MOST_EDITS = 5
"""Of one message, Apple's limit as well."""
# An agent means something that was said just now.
_HEARD = 50

Rewording = Callable[[AccountId, ChatRef, str], Sequence[OutboundMessage]]
"""The bubbles that a text of an agent becomes in a chat."""


class Amendments:
    """Does them for all accounts. ``bridge`` tells what a phone can do just now, ``carry_out`` has it do so."""

    def __init__(
        self,
        ledger: Ledger,
        bridge: Callable[[AccountId], Bridge],
        carry_out: Callable[[AccountId, Deed], Awaitable[DeedResult]],
        reword: Rewording,
        now: Callable[[], datetime],
    ) -> None:
        self._ledger = ledger
        self._bridge = bridge
        self._carry_out = carry_out
        self._reword = reword
        self._now = now

    def adopt(self, reword: Rewording) -> None:
        """Word edits otherwise from the next one on."""
        self._reword = reword

    def abilities(self, origin: Origin) -> Bridge:
        """What can be done in a conversation just now."""
        return self._bridge(origin.account) if reaches(origin.chat) else NO_BRIDGE

    async def edit(self, origin: Origin, words: str, text: str) -> str:
        """Give the newest message of ours that begins with ``words`` the words ``text``. Raises ToolFailed."""
        said = self._reword(origin.account, origin.chat, text)
        if len(said) != 1:
            raise ToolFailed(
                "the new text is too long for one message" if said else "the new text says nothing"
            )
        new = said[0].text

        def find(tx: Tx) -> tuple[Delivery, MessageGuid]:
            found, guid = self._own(tx, origin, words, EDIT_WITHIN)
            if found.message.file is not None:
                raise ToolFailed("that message is a file; only texts can be edited")
            edits = checkpoints.story(tx, "delivery", found.id)
            if sum(step.reason == deliveries.EDITED for step in edits) >= MOST_EDITS:
                raise ToolFailed(
                    f"that message has been edited {MOST_EDITS} times, which is all that Messages takes"
                )
            return found, guid

        bubble, guid = await self._ledger.read(find)
        await self._do(origin, Edit(origin.chat, guid, new))
        await self._ledger.write(lambda tx: deliveries.amend(tx, bubble.id, new, self._now()))
        return f"The message now says: {new}"

    async def unsend(self, origin: Origin, words: str) -> str:
        """Take back the newest message of ours that begins with ``words``. Raises ToolFailed."""
        bubble, guid = await self._ledger.read(lambda tx: self._own(tx, origin, words, UNSEND_WITHIN))
        await self._do(origin, Unsend(origin.chat, guid))
        await self._ledger.write(lambda tx: deliveries.amend(tx, bubble.id, None, self._now()))
        return "The message was taken back; people see that there was one."

    async def react(self, origin: Origin, words: str, tapback: str, *, remove: bool) -> str:
        """Put one of the six tapbacks on somebody's message that begins with ``words``. Raises ToolFailed."""
        kind = tapback_of(tapback)
        if kind is None:
            raise ToolFailed(f"there is no such tapback; use one of {', '.join(TAPBACKS)}")
        message = await self._ledger.read(lambda tx: self._theirs(tx, origin, words))
        await self._do(origin, React(origin.chat, message.message.guid, kind, remove))
        return "The tapback was taken away." if remove else "The tapback is on the message."

    def _own(self, tx: Tx, origin: Origin, words: str, within: timedelta) -> tuple[Delivery, MessageGuid]:
        self._refuse_paused(tx, origin)
        since = self._now() - within
        recent = deliveries.recent(tx, origin.account, [origin.chat.key], since)
        mine = [(one, MessageGuid(guid)) for one, _, guid in recent if guid and _is_amendable(one, since)]
        for found in reversed(mine):
            if _begins(found[0].message.text, words):
                return found
        which = "that begins so " if words.strip() else ""
        raise ToolFailed(
            f"there is no message of yours {which}here that is young enough, and has surely arrived"
        )

    def _theirs(self, tx: Tx, origin: Origin, words: str) -> LedgerMessage:
        self._refuse_paused(tx, origin)
        recent = heard.newest(tx, origin.account, origin.chat.key, _HEARD)
        if not words.strip():
            # What is being answered goes before what came meanwhile.
            recent.sort(key=lambda held: held.state is not MessageState.IN_TURN)
        found = next((held for held in recent if _begins(held.message.text, words)), None)
        if found is None:
            raise ToolFailed("there is no such message among the last ones of this chat")
        return found

    def _refuse_paused(self, tx: Tx, origin: Origin) -> None:
        if accounts.is_paused(accounts.paused_chats(tx), origin.account, origin.chat.key):
            raise ToolFailed("nothing may be sent in this chat just now")

    async def _do(self, origin: Origin, deed: Deed) -> None:
        result = await self._carry_out(origin.account, deed)
        log.info("amendment", account=origin.account, deed=type(deed).__name__, result=type(result).__name__)
        match result:
            case Done():
                return
            case NotDone(reason):
                raise ToolFailed(f"it was not done: {reason}")
            case Doubtful():
                raise ToolFailed("Messages gave no answer: it may or may not have been done")
            case _:
                assert_never(result)


def _is_amendable(one: Delivery, since: datetime) -> bool:
    """Whether an agent said it, its own row was seen, it is young enough, and it is still there."""
    is_there = one.state is DeliveryState.CONFIRMED and one.reason != deliveries.TAKEN_BACK
    return is_there and one.cause is Cause.TURN and one.began_at is not None and one.began_at >= since


def _begins(text: str, words: str) -> bool:
    return canonical_text(text).casefold().startswith(canonical_text(words).casefold())
