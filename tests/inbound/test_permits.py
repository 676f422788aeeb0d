"""Deciding about what outside agents ask, by the code that people were given."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.making import ACCOUNT, NOON, direct_chat

from openclaw.domain.acp import (
    Decision,
    PermissionQuestion,
    PermissionRequest,
    PermissionState,
    ToolKind,
    outside_agent,
)
from openclaw.domain.ids import SessionKey
from openclaw.errors import NotFound
from openclaw.inbound.permits import decide, open_request
from openclaw.store import Ledger, Tx, checkpoints, permissions

CODE = "ABCD2345"


def ask(tx: Tx, *, may_always: bool = True) -> PermissionRequest:
    """A question that stands for a minute."""
    question = PermissionQuestion(
        SessionKey("agent:main:acp:1"), outside_agent("codex"), ToolKind.READ, "x", may_always=may_always
    )
    return permissions.ask(
        tx, question, CODE, (ACCOUNT, direct_chat().key), NOON, NOON + timedelta(minutes=1)
    )


async def test_a_decision_is_kept_with_who_made_it_and_a_step_of_the_trail(ledger: Ledger) -> None:
    """The trail has no name: it is not forgotten with a person."""
    made = await ledger.write(ask)

    def work(tx: Tx) -> Decision:
        return decide(tx, open_request(tx, "abcd2345", NOON), Decision.ALWAYS, "owner", NOON)

    assert await ledger.write(work) is Decision.ALWAYS
    [kept] = await ledger.read(permissions.recent)
    assert (kept.state, kept.decided_by) == (PermissionState.ALLOWED, "owner")
    [step] = await ledger.read(lambda tx: checkpoints.story(tx, "permission", made.id))
    assert (step.step, step.reason) == ("allow-always", "")


@pytest.mark.parametrize(
    ("said", "done"),
    [
        (Decision.ALWAYS, Decision.ONCE),
        (Decision.ONCE, Decision.ONCE),
        (Decision.DENY, Decision.DENY),
    ],
)
async def test_what_is_not_offered_is_not_allowed(ledger: Ledger, said: Decision, done: Decision) -> None:
    """Less than was said, never more."""
    made = await ledger.write(lambda tx: ask(tx, may_always=False))
    assert await ledger.write(lambda tx: decide(tx, made, said, "owner", NOON)) is done


@pytest.mark.parametrize("code", ["WXYZ6789", "", "x" * 10_000])
async def test_an_unknown_code_is_named_and_not_at_length(ledger: Ledger, code: str) -> None:
    """With what helps."""
    await ledger.write(ask)
    with pytest.raises(NotFound, match="openclaw approvals list") as told:
        await ledger.read(lambda tx: open_request(tx, code, NOON))
    assert len(str(told.value)) < 150
