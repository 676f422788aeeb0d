"""Sessions: the conversations of an agent, and how a message finds its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from openclaw.domain.ids import DEFAULT_ACCOUNT, AccountId, AgentId, SessionKey


class PeerKind(StrEnum):
    """Whom a conversation is with."""

    DIRECT = "direct"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Peer:
    """The other side: a normalised handle, or the decimal row number of a group chat."""

    kind: PeerKind
    id: str


def group_conversation(account: AccountId, number: str) -> str:
    """How session keys name a group: the requirements page's ``imessage:group:<chat_id>``.

    Every phone numbers its chats for itself, so behind the default account each has its own name in it.
    """
    name = f"imessage:group:{number}"
    return name if account == DEFAULT_ACCOUNT else f"{name}:{account}"


@dataclass(frozen=True, slots=True)
class Route:
    """Where a message goes: which agent, which of its conversations. ``matched_by`` names the rule that decided.

    ``binding`` is the place in the file of the binding to an outside agent that decided, where one did.
    """

    account: AccountId
    agent: AgentId
    session: SessionKey
    peer: Peer
    matched_by: str
    binding: int | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation of an agent. ``generation`` counts its resets; a transcript belongs to one generation."""

    key: SessionKey
    agent: AgentId
    generation: int
    started_at: datetime
    last_interaction_at: datetime


@dataclass(frozen=True, slots=True)
class TranscriptEntry:
    """One thing said in a session: ``role`` is ``user`` or ``assistant``, or ``SUMMARY`` for what stands for more."""

    role: str
    text: str


SUMMARY = "summary"
"""The role of an entry that stands in front of a history for what was folded into it."""


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """What a person set for one session by chat commands; "" and ``None`` leave it to the configuration.

    ``model`` is ``provider/model``, ``thinking`` and ``verbose`` a level, ``usage`` what is told of tokens below an
    answer, ``queue`` a mode of ``messages.queue`` with its delay, bound and drop policy. ``activation`` is ``mention``
    or ``always`` (groups), ``send`` is ``on`` or ``off``.
    """

    model: str = ""
    thinking: str = ""
    verbose: str = ""
    usage: str = ""
    queue: str = ""
    queue_debounce_ms: int | None = None
    queue_cap: int | None = None
    queue_drop: str = ""
    activation: str = ""
    send: str = ""
