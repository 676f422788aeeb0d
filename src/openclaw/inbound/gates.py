"""The gates by name, in the order in which ``admit`` has them: which one decided, and which a message had passed.

The trace of a verdict is derived from its reason, since each reason belongs to one gate; nothing is judged here. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from openclaw.domain.admission import Admitted, Reason, Verdict
from openclaw.domain.messages import InboundMessage
from openclaw.domain.sessions import PeerKind


class Gate(StrEnum):
    """One gate, in the order of all; ``passed`` is what holds of a message behind it."""

    passed: str

    def __new__(cls, code: str, passed: str) -> Gate:
        """A member is its code; the sentence rides along."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.passed = passed
        return member

    OWN = "own", "It is no message of ours, and no echo of one."
    KIND = "kind", "It is a message, or a tapback of which the agent is told."
    CHAT = "chat", "Its conversation is known."
    SENDER = "sender", "Its sender is somebody else, or the owner in a chat with themselves."
    SERVICE = "service", "The account accepts its service."
    DATABASE = "database", "The number of its chat means what it always meant."
    POLICY = "policy", "Such messages are let in at all."
    SENDERS = "senders", "Its sender may write."
    GROUPS = "groups", "Its group is listed, or no group has to be."
    CONTENT = "content", "There is something to read in it."
    COMMAND = "command", "It is no command, or one of somebody who may give it."
    MENTION = "mention", "The agent was called, or need not be."
    START = "start", "It was written after the gateway had first started."
    SETTLED = "settled", "It is what the phone says also when asked again."
    LATENESS = "lateness", "It came in time."
    PAUSE = "pause", "Nothing that it belongs to is paused."
    LOOP = "loop", "The conversation does not run in a circle."


_DECIDES: Mapping[Gate, tuple[Reason, ...]] = {
    Gate.OWN: (Reason.OWN_GUID, Reason.OWN_TEXT, Reason.OWN_FILE, Reason.LIKE_OURS, Reason.SUSPECT_ECHO),
    Gate.KIND: (Reason.REACTION,),
    Gate.CHAT: (Reason.NO_CHAT,),
    Gate.SENDER: (Reason.OWNER_TYPED, Reason.NO_SENDER, Reason.OWN_HANDLE, Reason.DIRECTION_UNKNOWN),
    Gate.SERVICE: (Reason.SERVICE,),
    Gate.DATABASE: (Reason.OTHER_DATABASE,),
    Gate.POLICY: (Reason.DM_DISABLED, Reason.GROUPS_DISABLED),
    Gate.SENDERS: (
        Reason.DM_NOT_ALLOWED,
        Reason.PAIRING_STARTED,
        Reason.PAIRING_PENDING,
        Reason.PAIRING_FULL,
        Reason.PAIRING_LATE,
        Reason.PAIRING_DENIED,
        Reason.PAIRING_AUTOMATED,
        Reason.GROUP_SENDER,
        Reason.DM_OPEN,
        Reason.DM_ALLOWED,
        Reason.DM_PAIRED,
        Reason.SELF_CHAT,
    ),
    Gate.GROUPS: (Reason.GROUP_NOT_LISTED, Reason.GROUP_ALLOWED),
    Gate.CONTENT: (Reason.EMPTY, Reason.UNREADABLE, Reason.TAPBACK),
    Gate.COMMAND: (
        Reason.COMMAND_UNAUTHORISED,
        Reason.COMMAND_OWNER,
        Reason.COMMAND_SMS,
        Reason.OWNER_BY_SMS,
    ),
    Gate.MENTION: (Reason.NOT_MENTIONED, Reason.CONTEXT_LEFT),
    Gate.START: (Reason.BEFORE_START,),
    Gate.SETTLED: (Reason.SETTLING,),
    Gate.LATENESS: (Reason.COMMAND_LATE, Reason.LATE),
    Gate.PAUSE: (Reason.PAUSED,),
    Gate.LOOP: (Reason.LOOP,),
}
AFTERWARDS = frozenset(
    {
        Reason.QUEUE_FULL_OLD,
        Reason.QUEUE_FULL_NEW,
        Reason.QUEUE_CONDENSED,
        Reason.OVERTAKEN,
        Reason.COMMAND_DISABLED,
        Reason.COMMAND_FAILED,
        Reason.SEND_DENIED,
        Reason.SEND_OFF,
    }
)
"""What is given behind the gates, by queues and the send policy, about a message that had been let in."""

_GATE_OF: Mapping[Reason, Gate] = {reason: gate for gate, reasons in _DECIDES.items() for reason in reasons}
# Admitted, and yet it goes on only later: the gate that says so has not let it pass.
_WAITS = (Reason.PAUSED, Reason.LATE, Reason.LOOP)


@dataclass(frozen=True, slots=True)
class Trace:
    """Which gates a message had passed, in order, and which one stopped it; ``None`` when none did."""

    passed: tuple[Gate, ...]
    stopped_at: Gate | None


def gate_of(reason: Reason) -> Gate:
    """The gate that gives ``reason``; raises KeyError for one of ``AFTERWARDS``."""
    return _GATE_OF[reason]


def trace(verdict: Verdict, message: InboundMessage, *, is_group: bool) -> Trace:
    """The way of ``message`` through the gates, as ``verdict`` on it tells."""
    admitted = isinstance(verdict, Admitted)
    if isinstance(verdict, Admitted):
        is_group = verdict.peer.kind is PeerKind.GROUP
    return trace_of(verdict.reason, message, admitted=admitted, is_group=is_group)


def trace_of(reason: Reason, message: InboundMessage, *, admitted: bool, is_group: bool) -> Trace:
    """:func:`trace` for a verdict of which only the reason is known any more."""
    gates = [gate for gate in Gate if is_group or gate is not Gate.GROUPS]
    if admitted and reason not in _WAITS:
        return Trace(tuple(gates), None)
    stopped_at = _stopping(reason, message)
    passed = tuple(gates[: gates.index(stopped_at)])
    if message.from_me and stopped_at is Gate.CONTENT:
        # An own row without words is refused before anybody asks whose chat it is in.
        passed = (Gate.OWN, Gate.KIND, Gate.CHAT)
    return Trace(passed, stopped_at)


def _stopping(reason: Reason, message: InboundMessage) -> Gate:
    """The gate that stopped a message; one without its chat gets no further than where the chat is asked for."""
    gate = gate_of(reason)
    order = list(Gate)
    if message.chat is None and order.index(gate) > order.index(Gate.CHAT):
        return Gate.CHAT
    return gate
