"""Decisions: what the operator may do with a message, a bubble, a turn or a session, and in which state.

Each decision is one function over the ledger; the diagrams beside the store's modules say what it means there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from openclaw.domain.access import PairingRequest
from openclaw.domain.delivery import Delivery, DeliveryState
from openclaw.domain.handles import Handle, parse_handle
from openclaw.domain.ids import AccountId, MessageId, SessionKey
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.domain.sessions import Session
from openclaw.domain.turns import TurnRecord, TurnState
from openclaw.errors import BadRequest, NotFound
from openclaw.inbound import requests
from openclaw.store import Tx, deliveries, messages, pairing, sessions, turns

MESSAGE_ACTIONS: Mapping[str, Collection[MessageState]] = {
    "messages/release": (MessageState.HELD, MessageState.LATE, MessageState.CONTEXT),
    "messages/drop": (
        MessageState.HELD,
        MessageState.LATE,
        MessageState.QUARANTINED,
        MessageState.PAUSED,
        MessageState.CONTEXT,
    ),
}
"""What can be decided about a message, and in which states."""

DELIVERY_ACTIONS: Mapping[str, Collection[DeliveryState]] = {
    "deliveries/resend": deliveries.IN_DOUBT,
    "deliveries/drop": (*deliveries.IN_DOUBT, DeliveryState.QUEUED),
}
"""What can be decided about a bubble, and in which states."""

TURN_ACTIONS: Mapping[str, Collection[TurnState]] = {
    "turns/retry": turns.BADLY_ENDED,
    "turns/cancel": (*turns.BADLY_ENDED, TurnState.QUEUED, TurnState.RUNNING),
}
"""What can be decided about a turn, and in which states."""


def release_message(tx: Tx, message: int, now: datetime) -> MessageId:
    """Let a held or late message be judged again, or one be answered that is context; what held it counts no more.

    Raises:
        NotFound, BadRequest: there is no such message, or it is not in such a state.
    """
    held = _message(tx, message, "messages/release")
    # The reason is what is overruled: whatever else it was held for, a message that called nobody calls nobody.
    overruled = held.reason if held.state is MessageState.CONTEXT else "released"
    messages.release(tx, [held.id], now, overruled)
    return held.id


def drop_message(tx: Tx, message: int, now: datetime) -> MessageId:
    """Refuse a message that waits for a decision, and forget its text; raises as ``release_message``."""
    held = _message(tx, message, "messages/drop")
    messages.settle(tx, [held.id], MessageState.DROPPED, now, "dropped")
    return held.id


def resend(tx: Tx, delivery: int, now: datetime) -> Delivery:
    """Have a bubble in doubt sent once more; raises as ``release_message``."""
    found = _delivery(tx, delivery, "deliveries/resend")
    deliveries.queue_again(tx, found.id, now)
    return found


def drop_delivery(tx: Tx, delivery: int, now: datetime) -> Delivery:
    """Give up a bubble in doubt, or one that waits; raises as ``release_message``."""
    found = _delivery(tx, delivery, "deliveries/drop")
    deliveries.drop(tx, found.id, now)
    return found


def retry_turn(tx: Tx, turn: int, now: datetime) -> TurnRecord:
    """Have a turn that ended badly run again; raises as ``release_message``."""
    found = _turn(tx, turn, "turns/retry")
    turns.retry(tx, found.turn, now)
    return found


def cancel_turn(tx: Tx, turn: int, now: datetime) -> TurnRecord:
    """End a turn that ended badly or waits. One that runs is left to whoever runs it; the answer is as it was before.

    Raises as ``release_message``.
    """
    found = _turn(tx, turn, "turns/cancel")
    if found.state is not TurnState.RUNNING:
        turns.end(tx, found.turn.id, TurnState.CANCELLED, now, found.error)
        ids = [message.id for message in found.turn.messages]
        messages.settle(tx, ids, MessageState.CANCELLED, now, "cancelled")
    return found


def reset_session(tx: Tx, key: str, now: datetime) -> Session:
    """Begin a session anew; raises NotFound when there is none."""
    return sessions.reset(tx, session(tx, key), now, "operator")


def session(tx: Tx, key: str) -> Session:
    """The session ``key``; raises NotFound when there is none."""
    found = sessions.find(tx, SessionKey(key))
    if found is None:
        raise NotFound(f"no session {key[:80]} exists; see: openclaw sessions list")
    return found


def deny(tx: Tx, code: str, account: AccountId | None, by: str, now: datetime) -> PairingRequest:
    """Close a pairing request without letting anybody in; raises as ``requests.open_request``."""
    request = requests.open_request(tx, code, account, now)
    requests.deny(tx, request, by, now)
    return request


def revoke(tx: Tx, name: str, account: AccountId | None) -> tuple[Handle, list[AccountId]]:
    """Take back what an approval gave a handle; raises NotFound when nothing was given."""
    spellings = dict.fromkeys((Handle(name.strip()), parse_handle(name) or Handle(name.strip())))
    for handle in spellings:
        if revoked := pairing.revoke(tx, handle, account):
            return handle, revoked
    raise NotFound(f"{name[:80]} was not let in by approval; see: openclaw pairing grants")


def _message(tx: Tx, number: int, action: str) -> LedgerMessage:
    found = find_message(tx, number)
    _allow("message", number, found.state, MESSAGE_ACTIONS[action], action)
    return found


def find_message(tx: Tx, number: int) -> LedgerMessage:
    """The message with that number; raises NotFound when none is kept."""
    found = messages.load(tx, [MessageId(number)])
    if not found:
        raise NotFound(f"no message {number} is kept; see: openclaw messages list")
    return found[0]


def _delivery(tx: Tx, number: int, action: str) -> Delivery:
    found = deliveries.find(tx, number)
    if found is None:
        raise NotFound(f"no delivery {number} is kept; see: openclaw deliveries list")
    _allow("delivery", number, found.state, DELIVERY_ACTIONS[action], action)
    return found


def _turn(tx: Tx, number: int, action: str) -> TurnRecord:
    found = turns.find_record(tx, number)
    if found is None:
        raise NotFound(f"no turn {number} is kept; see: openclaw turns list")
    _allow("turn", number, found.state, TURN_ACTIONS[action], action)
    return found


def _allow(what: str, number: int, state: str, allowed: Collection[str], action: str) -> None:
    if state not in allowed:
        verb, listed = action.rpartition("/")[2], ", ".join(allowed)
        raise BadRequest(f"{what} {number} is {state}; {verb} is possible for {listed}")
