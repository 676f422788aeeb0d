"""Deliveries: what we say, and what we know about its arrival."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from openclaw.domain.chats import ChatRef
from openclaw.domain.handles import Handle
from openclaw.domain.ids import AccountId, ChatKey, DeliveryId, MessageGuid, RowId


class DeliveryState(StrEnum):
    """Where a bubble stands; the diagram beside ``store/deliveries.py`` is the authority for the order."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    CONFIRMED = "confirmed"
    UNKNOWN = "unknown"
    UNCONFIRMED = "unconfirmed"
    PARKED = "parked"
    EXPIRED = "expired"
    FAILED = "failed"
    DROPPED = "dropped"


class Cause(StrEnum):
    """What a delivery is the consequence of; (cause, cause id, index) names it once and for all."""

    TURN = "turn"
    CHALLENGE = "challenge"
    COMMAND = "command"
    NOTICE = "notice"
    OPERATOR = "operator"


Target = ChatRef | Handle
"""Where a bubble goes: the chat it answers, or a handle when the operator begins a conversation."""


MOST_FILES = 10
"""Files that leave with one turn, or with one order of the operator; who has more to show sends an archive."""


@dataclass(frozen=True, slots=True)
class OutboundFile:
    """A file on its way to the phone: a copy of ours, that nobody else changes.

    ``path`` is absolute; ``name`` is what the receiver sees, and the last part of ``path``; ``size`` in bytes;
    ``digest`` is the SHA-256 of what is in it.
    """

    path: str
    name: str
    mime_type: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """One bubble on its way to the phone: a text, or a file with no text (decision 025).

    ``service`` is ``imessage``, ``sms`` or ``auto``. ``reply_to`` is the message that it is to hang below, where the
    phone can do that; "" for none.
    """

    account: AccountId
    target: Target
    text: str
    service: str = "auto"
    file: OutboundFile | None = None
    reply_to: MessageGuid = MessageGuid("")

    @property
    def chat_key(self) -> ChatKey:
        """The lasting name of the chat that it goes to; for a handle, of the direct chat with it."""
        # Its own row names the chat, and is found under the same name.
        return self.target.key if isinstance(self.target, ChatRef) else ChatKey(f"-;{self.target}")


def into(account: AccountId, chat: ChatRef, text: str, file: OutboundFile | None = None) -> OutboundMessage:
    """One bubble to ``chat``, over the service that the chat uses (ruling 11)."""
    service = "sms" if chat.service in ("sms", "rcs") else "auto"
    return OutboundMessage(account, chat, text, service, file)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A bubble of the ledger. ``reason`` is why it is in its state, "" when there is nothing to say.

    ``began_at`` is when its last sending began, ``attempts`` how many there were; a try that is proven not to have
    left counts as none.
    """

    id: DeliveryId
    cause: Cause
    cause_id: int
    index: int
    message: OutboundMessage
    state: DeliveryState
    queued_at: datetime
    changed_at: datetime
    reason: str = ""
    began_at: datetime | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """The phone accepted it. ``guid`` and ``row_id`` only when it said so; acceptance is not arrival."""

    guid: MessageGuid = MessageGuid("")
    row_id: RowId | None = None


@dataclass(frozen=True, slots=True)
class NotSent:
    """Proven not to have left: the bytes were never written, or the error is one that precedes sending.

    ``final`` says that the same bubble would be refused again.
    """

    reason: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can say whether it left; it must not be sent again without a look at the phone's history."""

    reason: str


SendResult = Sent | NotSent | Unknown
