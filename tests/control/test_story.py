from __future__ import annotations

from datetime import timedelta

from openclaw.control.story import story
from openclaw.control.things import message_shape
from openclaw.domain.admission import Admitted, Reason
from openclaw.domain.delivery import Cause, OutboundMessage
from openclaw.domain.ids import AgentId, SessionKey
from openclaw.domain.messages import MessageState
from openclaw.domain.sessions import Peer, PeerKind, Route
from openclaw.domain.turns import Finished
from openclaw.store import Tx, deliveries, messages, turns

from .conftest import ANN, ANNS_CHAT, DEFAULT, NOW, Running

ROUTE = Route(DEFAULT, AgentId("main"), SessionKey("agent:main:main"), Peer(PeerKind.DIRECT, ANN), "default")


async def test_a_story_is_told_from_arrival_to_answer(running: Running):
    """Gate, turn and bubble, in the order in which they happened, in plain words (issue: story)."""
    message = await running.ann_wrote()

    def answer(tx: Tx) -> None:
        verdict = Admitted(Reason.DM_ALLOWED, ROUTE.peer, authorised=True)
        messages.judge(tx, messages.load(tx, [message])[0], verdict, ROUTE, NOW)
        turn = turns.create(tx, messages.load(tx, [message]), NOW)
        later = NOW + timedelta(seconds=2)
        turns.finish(tx, turn.id, Finished("a/b"), later)
        deliveries.queue(tx, Cause.TURN, turn.id, [OutboundMessage(DEFAULT, ANNS_CHAT, "Yes!")], later)
        messages.settle(tx, [message], MessageState.ANSWERED, later)

    await running.ledger.write(answer)
    told = await running.ledger.read(lambda tx: story(tx, message, NOW))
    steps = told["steps"]
    assert isinstance(steps, list)
    assert [(one["subject"], one["step"]) for one in steps] == [
        ("message", "received"),
        ("message", "waiting"),
        ("message", "in turn"),
        ("turn", "running"),
        ("message", "answered"),
        ("turn", "finished"),
        ("delivery", "queued"),
    ]
    assert steps[1]["says"] == Reason.DM_ALLOWED.sentence
    assert told["message"] == await running.ledger.read(
        lambda tx: message_shape(messages.load(tx, [message])[0])
    )
