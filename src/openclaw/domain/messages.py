"""Messages that reached us from a phone, before anybody decided anything about them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import AccountId, MessageGuid, MessageId, RowId


class MessageState(StrEnum):
    """What became of a message; the diagram beside ``store/messages.py`` is the authority for the order."""

    RECEIVED = "received"
    SUSPECT = "suspect"
    OURS = "ours"
    OWNER_TYPED = "owner typed"
    DROPPED = "dropped"
    CHALLENGED = "challenged"
    LATE = "late"
    PAUSED = "paused"
    HELD = "held"
    QUARANTINED = "quarantined"
    CONTEXT = "context"
    SHOWN = "shown"
    COMMANDED = "commanded"
    WAITING = "waiting"
    IN_TURN = "in turn"
    ANSWERED = "answered"
    SILENT = "silent"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message, as imsg names it. ``path`` is on the phone's machine; ``size`` in bytes."""

    name: str
    path: str
    mime_type: str
    size: int
    missing: bool


@dataclass(frozen=True, slots=True)
class Quote:
    """The words that a message replies to. ``sender`` is raw text, "" when nobody knows; ``own`` when we wrote them."""

    text: str
    sender: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One row of a phone's ``chat.db`` as the watch reported it. Nothing in it has been judged.

    ``chat`` is ``None`` for a row that came without its conversation; ``from_me`` is ``None`` when the phone did
    not say whose it is; ``sender`` is raw text and means nothing on an own row (imsg names the peer there), and
    ``sender_name`` is what the phone's address book, or the sender themselves, calls them. Of a tapback
    (``is_reaction``) the text is the word of it (``domain/tapbacks.py``), and ``reply_to_guid`` what it was put on.
    """

    account: AccountId
    row_id: RowId
    guid: MessageGuid
    chat: ChatRef | None
    sender: str
    from_me: bool | None
    text: str
    sent_at: datetime
    participants: tuple[str, ...] = ()
    destination: str = ""
    chat_name: str = ""
    attachments: tuple[Attachment, ...] = ()
    reply_to_guid: MessageGuid = MessageGuid("")
    quote: Quote | None = None
    sender_name: str = ""
    is_reaction: bool = False


# Placeholders for attachments inside a text, and control characters that imsg leaves in some bodies.
_NOISE = re.compile("[\ufffc\ufffd\u200b\u200c\u200e\u200f\u2060\ufeff]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_WHITE = re.compile(r"\s+")
# Messages writes two rows for one link within this time; a watch of imsg tells one of them, the history shows both.
TWINS_WITHIN = timedelta(seconds=90)
_LIKE_A_LINK = re.compile(r"\S[.:]\S")


def canonical_text(text: str) -> str:
    """``text`` in the form in which two copies of one message are compared: NFC, no noise, white space folded."""
    # Noise first: a letter and its accent only meet once nothing stands between them.
    return _WHITE.sub(" ", unicodedata.normalize("NFC", _NOISE.sub("", text))).strip()


def may_be_link(text: str) -> bool:
    """Whether ``text`` has something like an address in it, without which Messages makes no link of it."""
    return _LIKE_A_LINK.search(text) is not None


def is_link_twin(row: InboundMessage, other: InboundMessage) -> bool:
    """Whether two rows may be the two that Messages writes for one link."""
    if not may_be_link(row.text) or abs(row.sent_at - other.sent_at) > TWINS_WITHIN:
        return False
    return (row.chat, row.sender, row.from_me, row.text) == (
        other.chat,
        other.sender,
        other.from_me,
        other.text,
    )


def is_undecoded(text: str) -> bool:
    """Whether imsg handed over a raw ``streamtyped`` blob instead of a text (its decoder's fallback)."""
    return "streamtyped" in text[:24]


@dataclass(frozen=True, slots=True)
class LedgerMessage:
    """A message as our ledger keeps it. ``message.text`` is "" once nobody needs it any more.

    ``released`` says that the operator overruled what it was held for. What follows it is known only after admission:
    where the message goes, whether its sender may give commands, an owner's or an approver's too, and the command word
    when its whole text is one.
    ``files`` is how many came with it; before ``quiet_until`` no turn takes it, since its sender may not be done.
    ``shown_in`` is the turn whose prompt has it as context.
    """

    id: MessageId
    message: InboundMessage
    received_at: datetime
    state: MessageState
    reason: str
    files: int
    released: bool = False
    session: str = ""
    agent: str = ""
    is_group: bool = False
    authorised: bool = False
    owner: bool = False
    approver: bool = False
    command: str = ""
    turn: int | None = None
    quiet_until: datetime | None = None
    shown_in: int | None = None


@dataclass(frozen=True, slots=True)
class KnownChat:
    """A conversation that wrote to us, as last seen."""

    account: AccountId
    chat: ChatRef
    name: str
    is_group: bool
    last_message_at: datetime
    paused: bool
