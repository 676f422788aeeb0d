"""Asking: how a message that was met with a pairing request goes on, as steps of its story.

Knows the request and what the operator made of it; what became of the message itself is the story's.
"""

from __future__ import annotations

from datetime import datetime

from openclaw.control.shapes import Json, iso
from openclaw.domain.access import PairingRequest
from openclaw.domain.admission import Reason
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.store import Tx, checkpoints, pairing
from openclaw.store.pairing import Fate

SUBJECT = "pairing"
"""What the steps are about: ``subjectId`` is the number of the request."""

_ANSWERED_BY_A_REQUEST = (Reason.PAIRING_STARTED, Reason.PAIRING_PENDING)
_NEVER = "This message is never answered."

_TITLE = {
    "open": "The request waits for you.",
    "approved": "You approved the request.",
    "denied": "You denied the request.",
    "expired": "The request expired.",
}
_SAYS = {
    "open": "",
    "approved": f"What the sender writes from then on is let in. {_NEVER}",
    "denied": f"Nobody was told; once its hour is over the sender gets a new code by writing again. {_NEVER}",
    "expired": f"Nobody approved it within an hour; the sender gets a new code by writing again. {_NEVER}",
}


def find_request(tx: Tx, held: LedgerMessage, now: datetime) -> tuple[PairingRequest, Fate] | None:
    """The request that was made or open when the message was challenged, and what became of it."""
    chat = held.message.chat
    if held.state is not MessageState.CHALLENGED or held.reason not in _ANSWERED_BY_A_REQUEST or chat is None:
        return None
    return pairing.asked(tx, held.message.account, chat.key, _challenged_at(tx, held), now)


def asking_steps(tx: Tx, held: LedgerMessage, now: datetime) -> list[Json]:
    """The code of the request, and what became of it; empty for a message that asked for nothing."""
    found = find_request(tx, held, now)
    if found is None:
        return []
    request, fate = found
    asked = max(request.created_at, held.received_at)
    code = f"The sender's pairing request has the code {request.code}."
    return [
        _step(request, "asked", asked, code),
        _step(request, fate, max(_decided_at(tx, request, fate), asked), _TITLE[fate], _SAYS[fate]),
    ]


def _step(request: PairingRequest, step: str, at: datetime, title: str, says: str = "") -> Json:
    fix = f"openclaw pairing approve imessage {request.code}" if step == "open" else ""
    return {
        "at": iso(at),
        "subject": SUBJECT,
        "subjectId": request.id,
        "step": step,
        "title": title,
        "says": says,
        "fix": fix,
    }


def _challenged_at(tx: Tx, held: LedgerMessage) -> datetime:
    # The request was made in the same transaction as this step.
    steps = checkpoints.story(tx, "message", held.id)
    return max((one.at for one in steps), default=held.received_at)


def _decided_at(tx: Tx, request: PairingRequest, fate: Fate) -> datetime:
    if fate == "expired":
        return request.expires_at
    noted = checkpoints.story(tx, SUBJECT, request.id)
    return noted[-1].at if noted else request.last_seen_at
