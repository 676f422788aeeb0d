"""Deciding about what outside agents ask to be allowed: which request a code names, and the answer. Over the ledger.

Whoever decides (command line, page, chat command, a reply of the owner) comes through here. Whoever waits for the
answer learns it from the ledger.
"""

from __future__ import annotations

from datetime import datetime

from openclaw.domain.acp import Decision, PermissionRequest
from openclaw.errors import NotFound
from openclaw.store import Tx, checkpoints, permissions

_LONGEST_SHOWN = 40


def open_request(tx: Tx, code: str, now: datetime) -> PermissionRequest:
    """The open request with ``code``, in any case; raises NotFound when there is none (it may be over)."""
    found = permissions.find_open(tx, code, now)
    if found is None:
        wanted = code.strip().upper()[:_LONGEST_SHOWN]
        raise NotFound(f"no agent waits for an answer to {wanted}; see: openclaw approvals list")
    return found


def decide(tx: Tx, request: PermissionRequest, decision: Decision, by: str, now: datetime) -> Decision:
    """Answer an open request on the word of ``by``; what that came to.

    What its agent does not offer to remember is allowed once, whatever was said.
    """
    if decision is Decision.ALWAYS and not request.question.may_always:
        decision = Decision.ONCE
    permissions.decide(tx, request.id, decision, by)
    # Who it was stands in the row alone, where it can be forgotten.
    checkpoints.record(tx, "permission", [request.id], decision, now)
    return decision
