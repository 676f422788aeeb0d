"""Ledger rows that several store tests begin with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tests.making import ACCOUNT, ANN, NOON, direct_chat

from openclaw.domain.admission import Admitted, Reason
from openclaw.domain.chats import ChatRef
from openclaw.domain.commands import Command
from openclaw.domain.delivery import Cause, Delivery, DeliveryState, OutboundMessage
from openclaw.domain.ids import AccountId, AgentId, MessageId, SessionKey
from openclaw.domain.messages import InboundMessage, LedgerMessage
from openclaw.domain.sessions import Peer, PeerKind, Route
from openclaw.store import Tx, deliveries, messages, outbox

SESSION = SessionKey("agent:main:main")
PEER = Peer(PeerKind.DIRECT, ANN)
ROUTE = Route(ACCOUNT, AgentId("main"), SESSION, PEER, "default")


def keep(tx: Tx, *rows: InboundMessage, now: datetime = NOON) -> list[LedgerMessage]:
    """Rows received, as the ledger has them."""
    return messages.load(tx, messages.receive(tx, rows, now))


def keep_admitted(tx: Tx, *rows: InboundMessage, command: Command | None = None) -> list[LedgerMessage]:
    """Rows received and admitted into the main session."""
    held = keep(tx, *rows)
    for message in held:
        messages.judge(tx, message, Admitted(Reason.DM_ALLOWED, PEER, True, command), ROUTE, NOON)
    return messages.load(tx, [message.id for message in held])


def state_of(tx: Tx, message: MessageId) -> str:
    """The state that a message is in."""
    return messages.load(tx, [message])[0].state


def say(
    tx: Tx,
    *texts: str,
    chat: ChatRef | None = None,
    cause_id: int = 1,
    account: AccountId = ACCOUNT,
    at: datetime = NOON,
) -> Sequence[Delivery]:
    """Bubbles of one turn, queued."""
    where = chat or direct_chat()
    deliveries.queue(tx, Cause.TURN, cause_id, [OutboundMessage(account, where, text) for text in texts], at)
    return [one for one in deliveries.in_state(tx, DeliveryState.QUEUED) if one.cause_id == cause_id]


def claim(tx: Tx, account: AccountId = ACCOUNT, now: datetime = NOON) -> Delivery | None:
    """The next bubble, now being sent."""
    found = outbox.first(tx, account)
    return deliveries.begin(tx, found, now) if found else None
