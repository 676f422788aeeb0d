"""Plain words: what a state or a reason means to somebody who runs a gateway and has not read its source.

Knows neither the ledger nor JSON.
"""

from __future__ import annotations

from collections.abc import Mapping

from openclaw.domain.admission import Reason
from openclaw.domain.delivery import Cause, DeliveryState
from openclaw.domain.messages import MessageState
from openclaw.domain.turns import TurnState

MESSAGE: Mapping[MessageState, str] = {
    MessageState.RECEIVED: "It is about to be judged.",
    MessageState.SUSPECT: "It looks incomplete and is read again.",
    MessageState.OURS: "It is our own message, as the phone reports it.",
    MessageState.OWNER_TYPED: "The owner of the account wrote it.",
    MessageState.DROPPED: "It was refused, and its text was not kept.",
    MessageState.CHALLENGED: "Its sender is not known and has to be let in first.",
    MessageState.LATE: "It was old when it arrived, and waits for the rest of what was missed, or for your decision.",
    MessageState.PAUSED: "It waits until its chat goes on.",
    MessageState.HELD: "It is held for your decision.",
    MessageState.QUARANTINED: "It is kept and cannot be answered.",
    MessageState.CONTEXT: "It was said beside the agent, and is context of its next answer in that chat.",
    MessageState.SHOWN: "It was said beside the agent, which saw it with its answer; its text was not kept.",
    MessageState.COMMANDED: "It is a command to the gateway, which is being carried out.",
    MessageState.WAITING: "It was let in and waits for its turn.",
    MessageState.IN_TURN: "The agent is answering it.",
    MessageState.ANSWERED: "It was answered.",
    MessageState.SILENT: "The agent read it and said nothing.",
    MessageState.FAILED: "It was not answered, because the agent's turn failed.",
    MessageState.CANCELLED: "It was not answered, because the turn was stopped.",
}
"""What became of a message."""

TURN: Mapping[TurnState, str] = {
    TurnState.RUNNING: "The agent is answering.",
    TurnState.QUEUED: "The agent is about to try again.",
    TurnState.FINISHED: "The agent has answered.",
    TurnState.FAILED: "The agent could not answer.",
    TurnState.CANCELLED: "The turn was stopped.",
    TurnState.INTERRUPTED: "The gateway stopped after the agent had begun to act; what it did is not undone.",
}
"""Where a turn stands."""

TURN_FIX: Mapping[TurnState, str] = {
    TurnState.FAILED: "Retry it once the cause is gone, or cancel it.",
    TurnState.INTERRUPTED: "Retry it if doing the same twice does no harm, or cancel it.",
}

DELIVERY: Mapping[DeliveryState, str] = {
    DeliveryState.QUEUED: "It waits to be sent.",
    DeliveryState.SENDING: "It is being sent.",
    DeliveryState.SENT: "The phone took it; its row has not been seen yet.",
    DeliveryState.CONFIRMED: "It was sent, and seen on the phone.",
    DeliveryState.UNKNOWN: "The phone gave no answer; whether it left is being found out.",
    DeliveryState.UNCONFIRMED: "The phone took it, but it never showed up there.",
    DeliveryState.PARKED: "Nobody can say whether it left.",
    DeliveryState.EXPIRED: "It could not be sent for too long.",
    DeliveryState.FAILED: "The phone refused it.",
    DeliveryState.DROPPED: "It was given up.",
}
"""What is known of a bubble's arrival."""

_TWICE = "Look at the phone: send it again if it is not there, or drop it. Sent again, it may arrive twice."
DELIVERY_FIX: Mapping[DeliveryState, str] = {
    DeliveryState.UNCONFIRMED: _TWICE,
    DeliveryState.PARKED: _TWICE,
    DeliveryState.EXPIRED: "Send it again if it is still worth saying, or drop it.",
    DeliveryState.FAILED: "Send it again once the cause is gone, or drop it.",
}

CAUSE: Mapping[Cause, str] = {
    Cause.TURN: "An answer of the agent",
    Cause.CHALLENGE: "A pairing code",
    Cause.COMMAND: "The answer to a command",
    Cause.NOTICE: "A notice",
    Cause.OPERATOR: "A message of yours",
}
"""What a bubble is."""

# What stands as the reason of a message beside the words of the gates.
_OTHER_REASONS: Mapping[str, str] = {
    "resumed": "The pause is over.",
    "released": "You released it; nothing holds it a second time.",
    "dropped": "You dropped it.",
    "cancelled": "You cancelled its turn.",
    "agent-failed": "The agent could not answer.",
    "stopped": "The answer was stopped.",
    "interrupted": "The gateway stopped while the agent was acting.",
}


def reason(code: str) -> tuple[str, str]:
    """What the reason of a message says, and what one can do about it; a free text says itself."""
    if code in set(Reason):
        known = Reason(code)
        return known.sentence, known.fix
    return _OTHER_REASONS.get(code, sentence(code)), ""


def joined(state: str, why: str) -> str:
    """The sentence of a state, and the one of its reason behind it."""
    return f"{state} {sentence(why)}".strip()


def sentence(text: str) -> str:
    """``text`` with a capital and a full stop."""
    stripped = text.strip()
    if not stripped:
        return ""
    begun = stripped[0].upper() + stripped[1:]
    return begun if begun[-1] in ".!?…" else f"{begun}."
