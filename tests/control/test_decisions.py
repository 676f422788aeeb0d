from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from openclaw.control.address import ControlAddress
from openclaw.control.client import ask
from openclaw.control.offline import perform_offline
from openclaw.domain.acp import Decision, PermissionState
from openclaw.domain.admission import Admitted, Held, Quarantined, Reason
from openclaw.domain.delivery import Cause, DeliveryState, OutboundMessage
from openclaw.domain.ids import AgentId, SessionKey
from openclaw.domain.messages import MessageState
from openclaw.domain.sessions import Peer, PeerKind, Route
from openclaw.domain.turns import TurnState
from openclaw.errors import BadRequest, NotFound
from openclaw.store import deliveries, messages, permissions, sessions, turns

from .conftest import ANN, ANNS_CHAT, DEFAULT, NOW, TOKEN, Running, from_ann

KEY = SessionKey("agent:main:main")
ROUTE = Route(DEFAULT, AgentId("main"), KEY, Peer(PeerKind.DIRECT, ANN), "default")


class Desk:
    """Gives orders, through the running gateway or straight on the ledger."""

    def __init__(self, address: ControlAddress, state_dir: Path, online: bool) -> None:
        self.address, self.state_dir, self.online = address, state_dir, online

    async def order(self, name: str, **params: object) -> dict[str, Any]:
        if self.online:
            return await asyncio.to_thread(ask, self.address, f"/api/{name}", params, [TOKEN], change=True)
        return await asyncio.to_thread(perform_offline, name, params, self.state_dir, NOW)


@pytest.fixture(params=[True, False], ids=["online", "offline"])
def desk(request: pytest.FixtureRequest, address: ControlAddress, tmp_path: Path) -> Desk:
    return Desk(address, tmp_path, request.param)


async def held(running: Running, verdict: Held | Quarantined) -> int:
    message = await running.ann_wrote()
    await running.ledger.write(
        lambda tx: messages.judge(tx, messages.load(tx, [message])[0], verdict, None, NOW)
    )
    return message


async def bubble(running: Running, state: DeliveryState) -> int:
    def say(tx: Any) -> int:
        deliveries.queue(tx, Cause.NOTICE, 1, [OutboundMessage(DEFAULT, ANNS_CHAT, "Hello")], NOW)
        found = deliveries.in_state(tx, DeliveryState.QUEUED)[0]
        deliveries.mark(tx, found.id, state, NOW, "why")
        return found.id

    return await running.ledger.write(say)


async def turn(running: Running, state: TurnState | None) -> int:
    def begin(tx: Any) -> int:
        ids = messages.receive(tx, [from_ann()], NOW)
        verdict = Admitted(Reason.DM_ALLOWED, ROUTE.peer, authorised=True)
        for one in messages.load(tx, ids):
            messages.judge(tx, one, verdict, ROUTE, NOW)
        made = turns.create(tx, messages.load(tx, ids), NOW)
        if state is not None:
            turns.end(tx, made.id, state, NOW, "why")
            messages.settle(tx, ids, MessageState.FAILED, NOW, "agent-failed")
        return made.id

    return await running.ledger.write(begin)


async def test_a_held_message_is_judged_again(desk: Desk, running: Running):
    """Released: received again, with the mark that nothing may hold it (issue: held with release and drop)."""
    message = await held(running, Held(Reason.SUSPECT_ECHO))
    assert await desk.order("messages/release", id=message) == {"id": message, "state": "received"}
    found = (await running.ledger.read(lambda tx: messages.load(tx, [message])))[0]
    assert (found.state, found.released) == (MessageState.RECEIVED, True)
    assert running.judged == ([message] if desk.online else [])


async def test_a_dropped_message_loses_its_text(desk: Desk, running: Running):
    """What nobody needs is not kept (design 3); what has no conversation can be dropped and not released."""
    message = await held(running, Quarantined(Reason.NO_CHAT))
    with pytest.raises(BadRequest, match="is quarantined; release is possible for held, late"):
        await desk.order("messages/release", id=message)
    assert (await desk.order("messages/drop", id=message))["state"] == "dropped"
    found = (await running.ledger.read(lambda tx: messages.load(tx, [message])))[0]
    assert (found.state, found.message.text) == (MessageState.DROPPED, "")


@pytest.mark.parametrize("state", deliveries.IN_DOUBT)
async def test_a_bubble_in_doubt_is_sent_again_or_given_up(
    desk: Desk, running: Running, state: DeliveryState
):
    """The operator decides about what nobody knows (issue: unconfirmed sends); it waits like a new one."""
    number = await bubble(running, state)
    assert (await desk.order("deliveries/resend", id=number))["state"] == "queued"
    assert running.woken == ([DEFAULT] if desk.online else [])
    assert (await desk.order("deliveries/drop", id=number))["state"] == "dropped"
    with pytest.raises(BadRequest):
        await desk.order("deliveries/resend", id=number)


@pytest.mark.parametrize("state", turns.BADLY_ENDED)
async def test_a_turn_that_ended_badly_runs_again(desk: Desk, running: Running, state: TurnState):
    """With its messages, and as if for the first time (issue: interrupted turns)."""
    number = await turn(running, state)
    assert (await desk.order("turns/retry", id=number))["state"] == "queued"
    [again] = await running.ledger.read(lambda tx: turns.queued(tx, KEY))
    assert (again.id, again.attempts, again.effects, len(again.messages)) == (number, 0, False, 1)
    assert running.continued == ([KEY] if desk.online else [])
    assert await desk.order("turns/cancel", id=number) == {
        "id": number,
        "state": "cancelled",
        "stopped": False,
    }


async def test_a_running_turn_is_stopped_by_who_runs_it(desk: Desk, running: Running):
    """The ledger says cancelled once it really is; without a gateway nothing runs (issue: sessions with stop)."""
    number = await turn(running, None)
    running.answering.add(KEY)
    answer = await desk.order("turns/cancel", id=number)
    assert (answer["state"], answer["stopped"]) == ("running", desk.online)


async def test_a_session_is_reset_and_stopped(desk: Desk, running: Running):
    """The agent forgets; a session that nobody knows is not found (issue: sessions with reset and stop)."""
    await running.ledger.write(lambda tx: sessions.start(tx, KEY, AgentId("main"), NOW))
    running.answering.add(KEY)
    assert await desk.order("sessions/reset", key=KEY) == {"key": KEY, "generation": 2}
    assert await desk.order("sessions/stop", key=KEY) == {"key": KEY, "stopped": desk.online}
    with pytest.raises(NotFound):
        await desk.order("sessions/reset", key="agent:nobody:main")


async def test_somebody_is_denied_let_in_and_sent_away(desk: Desk, running: Running):
    """Deny closes the request, revoke takes an approval back, in any spelling (issue: pairing)."""
    await running.ann_asked("AAAA2345")
    assert (await desk.order("pairing/deny", code="aaaa2345"))["id"] == ANN
    with pytest.raises(NotFound):
        await desk.order("pairing/approve", code="AAAA2345")
    await running.ann_asked("BBBB2345")
    await desk.order("pairing/approve", code="BBBB2345")
    revoked = await desk.order("pairing/revoke", handle="imessage:+1 (555) 010-0001")
    assert (revoked["id"], revoked["accounts"]) == (ANN, ["default"])
    with pytest.raises(NotFound):
        await desk.order("pairing/revoke", handle=ANN)


@pytest.mark.parametrize("name", ["messages/release", "messages/drop", "deliveries/resend", "turns/retry"])
async def test_what_is_not_there_is_not_found(desk: Desk, name: str):
    """A number that nothing has gets a sentence, not a success."""
    with pytest.raises(NotFound):
        await desk.order(name, id=999)
    with pytest.raises(BadRequest):
        await desk.order(name)


@pytest.mark.parametrize(
    ("order", "decision", "state"),
    [
        ("approvals/allow", Decision.ONCE, PermissionState.ALLOWED),
        ("approvals/always", Decision.ALWAYS, PermissionState.ALLOWED),
        ("approvals/deny", Decision.DENY, PermissionState.DENIED),
    ],
)
async def test_an_agent_that_asks_is_answered_once(
    running: Running, desk: Desk, order: str, decision: Decision, state: PermissionState
):
    """The first answer counts, whoever gives it; the second is told that it is over (demand L6)."""
    await running.codex_asked()
    done = await desk.order(order, code="wxyz6789")
    assert done == {"code": "WXYZ6789", "decision": decision, "agent": "acp:codex"}
    with pytest.raises(NotFound, match="no agent waits for an answer to WXYZ6789"):
        await desk.order("approvals/deny", code="WXYZ6789")
    [kept] = await running.ledger.read(permissions.recent)
    assert (kept.state, kept.decision, kept.decided_by) == (state, decision, "operator")


async def test_what_cannot_be_allowed_always_is_allowed_once(running: Running, desk: Desk):
    """And the answer says so."""
    await running.codex_asked(may_always=False)
    assert (await desk.order("approvals/always", code="WXYZ6789"))["decision"] == Decision.ONCE
