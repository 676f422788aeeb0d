"""/approve."""

from __future__ import annotations

import pytest
from tests.making import ACCOUNT, NOON, direct_chat

from openclaw.domain.acp import Decision
from openclaw.domain.handles import Handle
from openclaw.store import Ledger, pairing
from openclaw.turns.commands.approving import Approval, parse_approval

from .house import OWNER, STRANGER, Approvals, Outside, give, says


@pytest.mark.parametrize(
    ("arguments", "approval"),
    [
        ("abc allow-once", Approval("abc", Decision.ONCE)),
        ("allow abc", Approval("abc", Decision.ONCE)),
        ("abc ALWAYS", Approval("abc", Decision.ALWAYS)),
        ("reject abc", Approval("abc", Decision.DENY)),
        ("block abc", Approval("abc", Decision.DENY)),
        ("ABCD2345", Approval("ABCD2345", None)),
        ("allow", None),
        ("allow deny", None),
        ("a b", None),
        ("a b c", None),
        ("", None),
    ],
)
def test_request_and_decision_in_either_order(arguments: str, approval: Approval | None) -> None:
    """Behaviour facts I.2."""
    assert parse_approval(arguments) == approval


async def test_an_agents_request_is_answered_once(ledger: Ledger) -> None:
    """The second answer finds nothing open."""
    outside = Outside(approvals=Approvals({"r1"}))
    said = (says(1, "/approve r1 always"), says(2, "/approve deny r1"), says(3, "/approve r1"))
    texts = await give(ledger, *said, outside=outside)
    assert texts == ["r1: allow-always", *["No open request has that name; it may be over."] * 2]
    assert outside.approvals.decided == [("r1", Decision.ALWAYS, Handle(OWNER))]


async def test_the_owner_lets_in_who_asked_with_a_code(ledger: Ledger) -> None:
    """A pairing code is approved by itself, and turned away with deny."""

    async def ask(code: str, handle: str) -> None:
        await ledger.write(
            lambda tx: pairing.add(tx, ACCOUNT, Handle(handle), direct_chat(handle), code, NOON)
        )

    await ask("ABCD2345", STRANGER)
    await ask("WXYZ6789", "+15550100008")
    texts = await give(ledger, says(1, "/approve abcd2345"), says(2, "/approve WXYZ6789 deny"))
    assert texts == [f"{STRANGER} may write now.", "+15550100008 was turned away."]
    assert await ledger.read(lambda tx: pairing.granted_handles(tx, ACCOUNT)) == {STRANGER}
    assert await ledger.read(lambda tx: pairing.open_requests(tx, NOON)) == []
