"""What the operator can see and do, as functions over the ledger.

The same functions serve the running gateway's HTTP interface and the command line when no gateway runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from openclaw.domain.access import Grant, PairingRequest
from openclaw.domain.chats import ChatSelector, parse_selector
from openclaw.domain.delivery import Delivery, DeliveryState
from openclaw.domain.handles import parse_handle, strip_service
from openclaw.domain.ids import AccountId, ChatKey, MessageId
from openclaw.domain.messages import KnownChat, LedgerMessage, MessageState
from openclaw.errors import NotFound
from openclaw.inbound import requests
from openclaw.store import (
    Tx,
    accounts,
    deliveries,
    delivery_lists,
    figures,
    messages,
    pairing,
    permissions,
    sessions,
    turns,
)

# No installation has as many chats or paused messages; the ledger's own limits are for pages of a list.
_ALL = 1_000_000
# More than that are one trouble, not that many.
_SHOWN_PAUSES = 20

# What a person has to look at, or the account waits with.
_OPEN_MESSAGES = (
    MessageState.RECEIVED,
    MessageState.SUSPECT,
    MessageState.COMMANDED,
    MessageState.WAITING,
    MessageState.IN_TURN,
    MessageState.PAUSED,
    MessageState.HELD,
    MessageState.QUARANTINED,
    MessageState.LATE,
)
_OPEN_DELIVERIES = (
    DeliveryState.QUEUED,
    DeliveryState.SENDING,
    DeliveryState.UNKNOWN,
    DeliveryState.PARKED,
    DeliveryState.UNCONFIRMED,
    DeliveryState.EXPIRED,
    DeliveryState.FAILED,
)


@dataclass(frozen=True, slots=True)
class Overview:
    """The state of the ledger in numbers. Keys are state names; a state that nothing is in is left out."""

    messages: dict[str, int]
    deliveries: dict[str, int]
    sessions: int
    permission_requests: int
    pairing_requests: int
    failed_turns: int
    paused: bool
    tripped: Sequence[accounts.Pause]


@dataclass(frozen=True, slots=True)
class Resumed:
    """What ended with a pause: the messages that are to be judged again."""

    was_paused: bool
    messages: list[MessageId] = field(default_factory=list[MessageId])


def list_requests(tx: Tx, now: datetime, account: AccountId | None = None) -> list[PairingRequest]:
    """The pairing requests that can be approved, oldest first."""
    return pairing.open_requests(tx, now, account)


def approve(
    tx: Tx, code: str, by: str, now: datetime, account: AccountId | None = None, *, notify: bool = False
) -> Grant:
    """Let in whoever was shown ``code``; with ``notify`` tell them in the chat where they asked.

    Raises:
        NotFound: no open request has that code (it may have expired).
    """
    request = requests.open_request(tx, code, account, now)
    return requests.approve(tx, request, by, now, notify=notify)


def list_chats(tx: Tx, account: AccountId | None = None, limit: int = 1000) -> list[KnownChat]:
    """The chats that wrote to us, the most recent first."""
    return accounts.chats(tx, account, limit)


def pause(tx: Tx, target: str | None, account: AccountId | None, now: datetime) -> list[ChatKey]:
    """Stop answering a chat, with no ``target`` an account, with neither everything. Returns the chats meant.

    Raises:
        NotFound: ``target`` names no chat that wrote to us.
    """
    if target is None:
        accounts.set_pause(tx, account or accounts.EVERY_ACCOUNT, accounts.EVERY_CHAT, now)
        return []
    found = find_chats(tx, target, account)
    for chat in found:
        accounts.set_pause(tx, chat.account, chat.chat.key, now)
    return [chat.chat.key for chat in found]


def resume(tx: Tx, target: str | None, account: AccountId | None, now: datetime) -> Resumed:
    """End a pause; what came meanwhile is judged again. With neither ``target`` nor ``account`` every pause ends.

    Raises:
        NotFound: ``target`` names no chat that wrote to us.
    """
    if target is None:
        ended = accounts.clear_pause(tx, account or accounts.EVERY_ACCOUNT, accounts.EVERY_CHAT, now)
    else:
        places = _paused_places(tx, target, account) or [
            (chat.account, chat.chat.key) for chat in find_chats(tx, target, account)
        ]
        cleared = [accounts.clear_pause(tx, *place, now) for place in places]
        ended = any(cleared)
    paused = accounts.paused_chats(tx)
    held_back = messages.in_state(tx, MessageState.PAUSED, limit=_ALL)
    freed = [held.id for held in held_back if not _is_paused(held, paused)]
    messages.put_back(tx, freed, MessageState.RECEIVED, now, "resumed")
    return Resumed(ended, freed)


def _paused_places(tx: Tx, target: str, account: AccountId | None) -> list[tuple[AccountId, ChatKey]]:
    """The paused chats that ``target`` names; a fuse may pause one that never wrote, so no list of chats has it."""
    bare = target.strip()
    named = {bare, f"-;{parse_handle(bare) or bare}", f"+;{bare}"}
    return [
        (pause.account, pause.chat)
        for pause in accounts.pauses(tx)
        if pause.chat in named and account in (None, pause.account)
    ]


def find_chats(tx: Tx, target: str, account: AccountId | None = None) -> list[KnownChat]:
    """The chats that ``target`` names: their lasting name, a handle in any spelling, or a documented chat name.

    Raises:
        NotFound: there is none.
    """
    bare = target.strip()
    if exact := accounts.find_chat(tx, account, ChatKey(bare)):
        return exact
    selectors = _selectors(bare)
    known = accounts.chats(tx, account, _ALL)
    found = [chat for chat in known if any(selector.matches(chat.chat) for selector in selectors)]
    if not found:
        raise NotFound(f"no chat {bare} has written yet; see: openclaw chats list")
    return found


def _selectors(target: str) -> list[ChatSelector]:
    if selector := parse_selector(target):
        return [selector]
    spellings = {target, strip_service(target), str(parse_handle(target) or target)}
    return [ChatSelector("chat_identifier", spelling) for spelling in spellings]


def overview(tx: Tx, now: datetime) -> Overview:
    """How much of what there is."""
    paused = accounts.paused_chats(tx)
    return Overview(
        messages=figures.messages_by_state(tx, *_OPEN_MESSAGES),
        deliveries=delivery_lists.count_by_state(tx, *_OPEN_DELIVERIES),
        sessions=sessions.count(tx),
        permission_requests=len(permissions.open_requests(tx, now)),
        pairing_requests=len(pairing.open_requests(tx, now)),
        failed_turns=turns.count_badly_ended(tx),
        paused=(accounts.EVERY_ACCOUNT, accounts.EVERY_CHAT) in paused,
        tripped=[pause for pause in accounts.pauses(tx) if pause.reason][:_SHOWN_PAUSES],
    )


def list_messages(tx: Tx, states: tuple[MessageState, ...], limit: int) -> list[LedgerMessage]:
    """Messages in ``states``, or the newest ones when none are given."""
    return messages.in_state(tx, *states, limit=limit) if states else messages.latest(tx, limit)


def list_deliveries(tx: Tx, states: tuple[DeliveryState, ...], limit: int) -> list[Delivery]:
    """Bubbles in ``states``; all that are open or need a look when none are given."""
    return deliveries.in_state(tx, *(states or _OPEN_DELIVERIES), limit=limit)


def _is_paused(held: LedgerMessage, paused: frozenset[tuple[AccountId, ChatKey]]) -> bool:
    chat = held.message.chat
    return chat is not None and accounts.is_paused(paused, held.message.account, chat.key)
