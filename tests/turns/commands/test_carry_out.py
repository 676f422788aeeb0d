"""Carrying out a command over the ledger: what /stop ends besides the running turn."""

from __future__ import annotations

from tests.making import ACCOUNT, ANN, NOON, inbound

from openclaw.domain.admission import Admitted, Reason
from openclaw.domain.ids import AgentId, SessionKey
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.domain.sessions import Peer, PeerKind, Route
from openclaw.domain.turns import TurnState
from openclaw.store import Ledger, Tx, messages, turns
from openclaw.turns.commands import Moment, carry_out, command_of

KEY, MAIN = SessionKey("agent:main:main"), AgentId("main")


def admit(tx: Tx, row: int, text: str) -> LedgerMessage:
    """An admitted message of the session."""
    [received] = messages.load(tx, messages.receive(tx, [inbound(row, text)], NOON))
    peer = Peer(PeerKind.DIRECT, ANN)
    verdict = Admitted(Reason.DM_ALLOWED, peer, True, command_of(text))
    messages.judge(tx, received, verdict, Route(ACCOUNT, MAIN, KEY, peer, "default"), NOON)
    return messages.load(tx, [received.id])[0]


async def test_a_turn_that_was_to_run_again_is_stopped_too(ledger: Ledger) -> None:
    """Behaviour facts D.12: between two attempts nothing runs, and still an answer was on its way."""

    def work(tx: Tx) -> tuple[str, list[TurnState], list[MessageState]]:
        turn = turns.create(tx, [admit(tx, 1, "think hard")], NOON)
        turns.put_back(tx, turn.id, NOON, "the model was busy")
        idle = Moment(handle=ANN, model="m", running=False, stopped=False)
        said = carry_out(tx, admit(tx, 2, "/stop"), idle, NOON)
        records = turns.records(tx, [], 10)
        return said, [one.state for one in records], [one.state for one in messages.of_turn(tx, turn.id)]

    assert await ledger.write(work) == ("Stopped.", [TurnState.CANCELLED], [MessageState.CANCELLED])
