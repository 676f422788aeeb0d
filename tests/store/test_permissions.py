"""What outside agents ask to be allowed: every edge of the diagram in ``store/permissions.py``."""

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
from openclaw.store import Ledger, Tx, permissions

QUESTION = PermissionQuestion(
    SessionKey("agent:main:acp:1"), outside_agent("codex"), ToolKind.EXECUTE, "Run it", "rm -rf build"
)
CODE = "ABCD2345"


def ask(tx: Tx, code: str = CODE) -> PermissionRequest:
    """A question that stands for a minute."""
    place = ACCOUNT, direct_chat().key
    return permissions.ask(tx, QUESTION, code, place, NOON, NOON + timedelta(minutes=1))


async def test_a_question_is_kept_whole_and_stands(ledger: Ledger) -> None:
    """A: what is read back is what was asked, found by its code in any case."""
    made = await ledger.write(ask)

    assert await ledger.read(lambda tx: permissions.open_requests(tx, NOON)) == [made]
    assert await ledger.read(lambda tx: permissions.find_open(tx, " abcd2345 ", NOON)) == made
    assert await ledger.read(lambda tx: permissions.find(tx, made.id)) == made
    assert (made.question, made.state, made.decision) == (QUESTION, PermissionState.OPEN, None)


@pytest.mark.parametrize(
    ("decision", "state"),
    [
        (Decision.ONCE, PermissionState.ALLOWED),
        (Decision.ALWAYS, PermissionState.ALLOWED),
        (Decision.DENY, PermissionState.DENIED),
    ],
)
async def test_the_first_answer_counts(ledger: Ledger, decision: Decision, state: PermissionState) -> None:
    """B and C: with who gave it, and how far it goes; a second one finds nothing open."""
    made = await ledger.write(ask)

    assert await ledger.write(lambda tx: permissions.decide(tx, made.id, decision, "Ann"))
    assert not await ledger.write(lambda tx: permissions.decide(tx, made.id, Decision.DENY, "Bob"))
    assert not await ledger.write(lambda tx: permissions.end(tx, made.id, PermissionState.EXPIRED))

    [kept] = await ledger.read(permissions.recent)
    assert (kept.state, kept.decision, kept.decided_by) == (state, decision, "Ann")
    assert await ledger.read(lambda tx: permissions.open_requests(tx, NOON)) == []


@pytest.mark.parametrize("state", [PermissionState.EXPIRED, PermissionState.CANCELLED])
async def test_what_nobody_answered_ends_without_a_decision(ledger: Ledger, state: PermissionState) -> None:
    """D and E: whoever answers afterwards is too late."""
    made = await ledger.write(ask)

    assert await ledger.write(lambda tx: permissions.end(tx, made.id, state))
    assert not await ledger.write(lambda tx: permissions.decide(tx, made.id, Decision.ONCE, "Ann"))

    [kept] = await ledger.read(permissions.recent)
    assert (kept.state, kept.decision, kept.decided_by) == (state, None, "")


async def test_a_start_calls_off_what_was_open_and_leaves_what_was_decided(ledger: Ledger) -> None:
    """E: nobody waits for an answer any more."""
    first = await ledger.write(ask)
    second = await ledger.write(lambda tx: ask(tx, "WXYZ6789"))
    await ledger.write(lambda tx: permissions.decide(tx, first.id, Decision.ONCE, "Ann"))

    await ledger.write(permissions.recover)

    found = {one.id: one.state for one in await ledger.read(permissions.recent)}
    assert found == {first.id: PermissionState.ALLOWED, second.id: PermissionState.CANCELLED}


async def test_what_is_over_its_time_cannot_be_answered(ledger: Ledger) -> None:
    """A gateway that was killed leaves its row open; nobody waits for it."""
    await ledger.write(ask)
    late = NOON + timedelta(minutes=1)

    assert await ledger.read(lambda tx: permissions.open_requests(tx, late)) == []
    assert await ledger.read(lambda tx: permissions.find_open(tx, CODE, late)) is None


async def test_a_code_is_known_for_good_and_taken_while_it_is_open(ledger: Ledger) -> None:
    """A message with a code that was never given out is no answer."""
    made = await ledger.write(ask)
    assert set(await ledger.read(permissions.open_codes)) == {CODE}

    await ledger.write(lambda tx: permissions.end(tx, made.id, PermissionState.EXPIRED))

    assert not await ledger.read(permissions.open_codes)
    assert await ledger.read(lambda tx: permissions.is_known_code(tx, CODE.lower()))
    assert not await ledger.read(lambda tx: permissions.is_known_code(tx, "WXYZ6789"))
