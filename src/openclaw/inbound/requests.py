"""Deciding about pairing requests: which one a code names, letting its sender in, or not. Over the ledger.

Whoever decides (command line, page, a reply of the owner) comes through here.
"""

from __future__ import annotations

from datetime import datetime

from openclaw.domain.access import Grant, PairingRequest
from openclaw.domain.delivery import Cause, OutboundMessage
from openclaw.domain.ids import AccountId
from openclaw.errors import NotFound
from openclaw.store import Tx, checkpoints, deliveries, pairing

_LET_IN = "You have been let in. Write whenever you like."
_LONGEST_SHOWN = 40


def open_request(tx: Tx, code: str, account: AccountId | None, now: datetime) -> PairingRequest:
    """The open request with ``code``, in any case; raises NotFound when there is none (it may have expired)."""
    wanted = code.strip().upper()
    found = next((one for one in pairing.open_requests(tx, now, account) if one.code == wanted), None)
    if found is None:
        raise NotFound(
            f"no pairing request with the code {wanted[:_LONGEST_SHOWN]} is open; see: openclaw pairing list imessage"
        )
    return found


def approve(tx: Tx, request: PairingRequest, by: str, now: datetime, *, notify: bool = False) -> Grant:
    """Let the sender of an open request in; with ``notify`` tell them in the chat where they asked."""
    made = pairing.approve(tx, request, by, now)
    checkpoints.record(tx, "pairing", [request.id], "approved", now, by)
    if notify:
        # A request of the original's files names no chat that would be known; the person is.
        target = request.chat if request.chat.row_id else request.handle
        service = "sms" if request.chat.service in ("sms", "rcs") else "auto"
        bubble = OutboundMessage(request.account, target, _LET_IN, service)
        deliveries.queue(tx, Cause.NOTICE, request.id, [bubble], now)
    return made


def deny(tx: Tx, request: PairingRequest, by: str, now: datetime) -> None:
    """Close an open request without letting anybody in. Nobody is told; no new one is made within its hour."""
    pairing.deny(tx, request)
    checkpoints.record(tx, "pairing", [request.id], "denied", now, by)
