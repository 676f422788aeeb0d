"""One read-only way to a verdict: what the judge does is what anybody may ask."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.control.test_hypothesis import judged
from tests.making import ACCOUNT, ANN, NOON, inbound
from tests.rig import open_to_all

from openclaw.domain.admission import Admitted, Suspect
from openclaw.domain.ids import AgentId, MessageId
from openclaw.domain.messages import InboundMessage, LedgerMessage, MessageState
from openclaw.domain.reasons import Reason
from openclaw.inbound.second_looks import FIRST_SIGHT, Look
from openclaw.inbound.verdicts import Brakes, Judgement, Verdicts
from openclaw.store import Ledger, Tx, accounts, checkpoints, messages, turns

LAST = Look(last=True, settled=True)


def ask(tx: Tx, verdicts: Verdicts, row: InboundMessage, look: Look = LAST) -> Judgement:
    """The verdict on a row that is not kept."""
    held = LedgerMessage(MessageId(0), row, NOON, MessageState.RECEIVED, "", 0)
    return verdicts.of(tx, held, verdicts.lookup(tx, [held]), look, NOON)


async def test_a_verdict_comes_with_its_route_and_leaves_no_trace(ledger: Ledger) -> None:
    """Asked on a reader's connection, which could not write if it wanted to."""
    verdicts = judged(open_to_all()).verdicts

    found = await ledger.read(lambda tx: ask(tx, verdicts, inbound(1, "hello")))

    assert found.verdict.reason is Reason.DM_OPEN
    assert found.route is not None
    assert found.route.agent == AgentId("main")
    assert await ledger.read(lambda tx: messages.latest(tx, 1)) == []


async def test_lateness_has_its_say_as_the_configuration_says(ledger: Ledger) -> None:
    """messages.late.policy: old messages wait for each other, or are answered like any other."""
    old, document = inbound(1, "hello", at=NOON - timedelta(hours=5)), open_to_all()
    waits = await ledger.read(lambda tx: ask(tx, judged(document).verdicts, old))
    document["messages"]["late"] = {"policy": "answer"}
    at_once = await ledger.read(lambda tx: ask(tx, judged(document).verdicts, old))

    assert isinstance(waits.verdict, Admitted)
    assert isinstance(at_once.verdict, Admitted)
    assert (waits.verdict.late, waits.verdict.reason) == (True, Reason.LATE)
    assert (at_once.verdict.late, at_once.verdict.reason) == (False, Reason.DM_OPEN)


async def test_a_circle_is_seen_and_not_stopped_by_looking(ledger: Ledger) -> None:
    """The judge pauses the chat; whoever only asks is told that it would be (demand A9)."""
    document = open_to_all()
    document["messages"]["loop"] = {"maxTurnsPerMinute": 1}
    verdicts = judged(document).verdicts

    def one_turn(tx: Tx) -> None:
        [number] = messages.receive(tx, [inbound(1, "hello")], NOON)
        [held] = messages.load(tx, [number])
        judgement = verdicts.of(tx, held, verdicts.lookup(tx, [held]), FIRST_SIGHT, NOON)
        messages.judge(tx, held, judgement.verdict, judgement.route, NOON)
        turns.create(tx, messages.load(tx, [number]), NOON)

    await ledger.write(one_turn)
    found = await ledger.read(lambda tx: ask(tx, verdicts, inbound(2, "and again")))

    assert found.verdict.reason is Reason.LOOP
    assert found.tripped
    assert await ledger.read(accounts.pauses) == []


async def test_what_settles_is_in_doubt_at_first_sight_only(ledger: Ledger) -> None:
    """Accounts on which a person types too: a row counts once it has been read again (design section 5)."""
    calm = judged(open_to_all()).verdicts
    settling = Verdicts(calm.doors, calm.directions, Brakes(), lambda account: 1.0)

    first = await ledger.read(lambda tx: ask(tx, settling, inbound(1, "hi"), FIRST_SIGHT))
    then = await ledger.read(lambda tx: ask(tx, settling, inbound(1, "hi")))

    assert first.verdict == Suspect(Reason.SETTLING)
    assert isinstance(then.verdict, Admitted)
    assert ACCOUNT in settling.doors
    assert then.verdict.peer.id == ANN
    assert await ledger.read(lambda tx: checkpoints.story(tx, "message", 0)) == []


@pytest.mark.parametrize("scope", ["main", "per-channel-peer"])
@pytest.mark.parametrize(
    "key", ["1", "chat_id:1", "chat_guid:any;-;+15550100001", "chat_identifier:+15550100001"]
)
async def test_a_thread_that_is_configured_as_a_group_has_a_groups_session(
    ledger: Ledger, key: str, scope: str
) -> None:
    """Requirements, group-ish thread behaviour: gating and session of a group, whatever the phone calls the chat."""
    document = open_to_all(groups={key: {"requireMention": False}}, groupAllowFrom=[ANN])
    document["session"] = {"dmScope": scope}

    found = await ledger.read(lambda tx: ask(tx, judged(document).verdicts, inbound(1, "hello")))

    assert found.verdict.reason is Reason.GROUP_ALLOWED
    assert found.route is not None
    assert found.route.session == "agent:main:imessage:group:1"
