"""``/approve``: an answer to an agent that asked for permission, or to somebody who asked to be let in."""

from __future__ import annotations

from dataclasses import dataclass

from openclaw.domain.acp import DECISIONS, Decision
from openclaw.domain.ids import SessionKey
from openclaw.store import Ledger, Tx, checkpoints, pairing
from openclaw.turns.commands.order import Order, usage
from openclaw.turns.commands.ports import Approvals

NOT_ALWAYS = " (its agent does not offer more)"
"""What is added where less was allowed than was said."""


@dataclass(frozen=True, slots=True)
class Approval:
    """What is decided about which request; ``decision`` is ``None`` where only a code was given."""

    request: str
    decision: Decision | None


def parse_approval(arguments: str) -> Approval | None:
    """The request and the decision, in either order; ``None`` when it is not one of each."""
    words = arguments.split()
    if len(words) == 1 and words[0].lower() not in DECISIONS:
        return Approval(words[0], None)
    if len(words) != 2:
        return None
    for decision, request in (words, words[::-1]):
        if decision.lower() in DECISIONS and request.lower() not in DECISIONS:
            return Approval(request, DECISIONS[decision.lower()])
    return None


async def approve(approvals: Approvals | None, ledger: Ledger, order: Order) -> str:
    """Carry the order out: a pairing code first, for those are the gateway's own, then what an agent asked for.

    Raises:
        StoreError: the ledger refused.
    """
    said = parse_approval(order.arguments)
    if said is None:
        return usage(order.command)
    if told := await ledger.write(lambda tx: _pairing(tx, order, said)):
        return told
    if said.decision is not None and approvals is not None:
        by, session = order.handle, SessionKey(order.held.session)
        done = await approvals.decide(said.request, said.decision, session, by)
        if done is not None:
            return f"{said.request}: {done}{'' if done is said.decision else NOT_ALWAYS}"
    return "No open request has that name; it may be over."


def _pairing(tx: Tx, order: Order, said: Approval) -> str:
    """Let in or turn away whoever has that code, of any account; "" when nobody has it."""
    code = said.request.upper()
    found = next((one for one in pairing.open_requests(tx, order.now) if one.code == code), None)
    if found is None:
        return ""
    by = f"chat command of {order.handle}"
    if said.decision is Decision.DENY:
        pairing.deny(tx, found)
        checkpoints.record(tx, "pairing", [found.id], "denied", order.now, by)
        return f"{found.handle} was turned away."
    pairing.approve(tx, found, by, order.now)
    checkpoints.record(tx, "pairing", [found.id], "approved", order.now, by)
    return f"{found.handle} may write now."
