"""Verdicts: what the gates can say of a message, and why.

Every verdict carries a :class:`Reason`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from openclaw.domain.commands import Command, Standing
from openclaw.domain.handles import Handle
from openclaw.domain.ids import DeliveryId
from openclaw.domain.messages import MessageState
from openclaw.domain.reasons import Reason
from openclaw.domain.sessions import Peer


@dataclass(frozen=True, slots=True)
class Admitted:
    """It may become a turn of ``peer``'s conversation, or be a ``command`` to the gateway itself.

    ``late`` ones wait until the whole backlog is in. ``owner`` and ``approver`` say what else its sender may command.
    """

    reason: Reason
    peer: Peer
    authorised: bool
    command: Command | None = None
    paused: bool = False
    late: bool = False
    owner: bool = False
    approver: bool = False


@dataclass(frozen=True, slots=True)
class Challenged:
    """An unknown sender under ``dmPolicy: pairing``; ``fresh`` asks for a request to be made."""

    reason: Reason
    handle: Handle
    fresh: bool


@dataclass(frozen=True, slots=True)
class Ours:
    """The phone reports what we sent; it settles that delivery."""

    reason: Reason
    delivery: DeliveryId


@dataclass(frozen=True, slots=True)
class OwnerTyped:
    """The owner wrote it themselves."""

    reason: Reason = Reason.OWNER_TYPED


@dataclass(frozen=True, slots=True)
class Suspect:
    """Not complete, or not what it seems: the phone is asked for it again before anything is decided."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Held:
    """Kept for the operator to release or drop."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Kept, and not to be answered: its conversation is not known for sure."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Overheard:
    """Said in a group by somebody who is let in, but not to the agent: context of its next answer there.

    At most ``most`` of them are kept for one chat.
    """

    reason: Reason
    most: int


@dataclass(frozen=True, slots=True)
class Dropped:
    """Refused."""

    reason: Reason


Verdict = Admitted | Challenged | Ours | OwnerTyped | Suspect | Held | Quarantined | Overheard | Dropped


def verdict_state(verdict: Verdict) -> MessageState:
    """The state that a verdict puts a message in."""
    match verdict:
        case Admitted(paused=True):
            return MessageState.PAUSED
        case Admitted(command=Command(in_lane=False)):
            return MessageState.COMMANDED
        case Admitted(late=True):
            return MessageState.LATE
        case Admitted():
            return MessageState.WAITING
        case Challenged():
            return MessageState.CHALLENGED
        case Ours():
            return MessageState.OURS
        case OwnerTyped():
            return MessageState.OWNER_TYPED
        case Suspect():
            return MessageState.SUSPECT
        case Held():
            return MessageState.HELD
        case Quarantined():
            return MessageState.QUARANTINED
        case Overheard():
            return MessageState.CONTEXT
        case Dropped():
            return MessageState.DROPPED
        case _:
            assert_never(verdict)


def command_refusal(command: Command, standing: Standing) -> Reason | None:
    """Why ``command`` is not to be carried out for a sender of this standing, or ``None``.

    Asked by the gates, and again before anything is done: authority is decided by this function alone.
    """
    if standing.may_give(command):
        return None
    if not standing.authorised:
        return Reason.COMMAND_UNAUTHORISED
    return Reason.COMMAND_SMS if standing.by_forgeable else Reason.COMMAND_OWNER
