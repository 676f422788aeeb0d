"""Turns of the ledger."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.making import NOON, direct_chat, inbound
from tests.store.keeping import SESSION, keep, keep_admitted, state_of

from openclaw.domain.ids import MessageId
from openclaw.domain.messages import MessageState
from openclaw.domain.turns import Finished, TurnState
from openclaw.store import Ledger, Tx, messages, turns
from openclaw.store.checkpoints import story


async def test_a_turn_has_the_chat_and_the_messages_that_it_answers(ledger: Ledger) -> None:
    """A turn's origin is written once; its reply can go nowhere else (promise 1)."""
    turn = await ledger.write(
        lambda tx: turns.create(tx, keep_admitted(tx, inbound(1, "a"), inbound(2, "b")), NOON)
    )

    assert turn.chat == direct_chat()
    assert [message.text for message in turn.messages] == ["a", "b"]
    assert (turn.session, turn.attempts, turn.effects, turn.is_group) == (SESSION, 1, False, False)
    assert await ledger.read(turns.running) == [turn]


async def test_claimed_messages_leave_the_line(ledger: Ledger) -> None:
    """In one transaction with the turn, so that no message is answered twice (diagram A)."""

    def claim(tx: Tx) -> tuple[str, list[object]]:
        [held] = keep_admitted(tx, inbound(1, "a"))
        turns.create(tx, [held], NOON)
        return state_of(tx, held.id), list(messages.waiting(tx, SESSION, 10))

    assert await ledger.write(claim) == (MessageState.IN_TURN, [])


async def test_a_message_without_a_chat_is_never_claimed(ledger: Ledger) -> None:
    """There is nowhere its answer could go; the whole transaction is taken back."""
    with pytest.raises(ValueError, match="has no chat"):
        await ledger.write(lambda tx: turns.create(tx, keep(tx, replace(inbound(1, "a"), chat=None)), NOON))

    assert await ledger.read(turns.running) == []
    assert await ledger.read(lambda tx: messages.latest(tx, 10)) == []


async def test_a_turn_that_runs_again_counts_its_attempts(ledger: Ledger) -> None:
    """Attempts are on disk before a run (design section 4, turn): diagram C, D."""

    def fail_once(tx: Tx) -> tuple[object, ...]:
        turn = turns.create(tx, keep_admitted(tx, inbound(1, "a")), NOON)
        turns.put_back(tx, turn.id, NOON, "the model did not answer")
        [queued], sessions = turns.queued(tx, SESSION), turns.queued_sessions(tx)
        again = turns.run_again(tx, queued, NOON)
        return queued.attempts, sessions, again.attempts, turns.queued(tx, SESSION), len(turns.running(tx))

    assert await ledger.write(fail_once) == (1, [SESSION], 2, [], 1)


async def test_the_oldest_queued_turn_runs_first(ledger: Ledger) -> None:
    """Order within a session survives failures."""

    def queue_two(tx: Tx) -> tuple[int, int]:
        first, second = (turns.create(tx, keep_admitted(tx, inbound(n, "a")), NOON) for n in (1, 2))
        for turn in (second, first):
            turns.put_back(tx, turn.id, NOON, "")
        return first.id, turns.queued(tx, SESSION)[0].id

    first, queued = await ledger.write(queue_two)

    assert queued == first


async def test_effects_are_remembered(ledger: Ledger) -> None:
    """A turn that began to act is never repeated unasked (design section 4, turn)."""

    def act(tx: Tx) -> bool:
        turn = turns.create(tx, keep_admitted(tx, inbound(1, "a")), NOON)
        turns.mark_effects(tx, turn.id)
        return turns.load(tx, turn.id).effects

    assert await ledger.write(act)


@pytest.mark.parametrize("state", [TurnState.FAILED, TurnState.CANCELLED, TurnState.INTERRUPTED])
async def test_an_end_is_written_with_its_cause(ledger: Ledger, state: TurnState) -> None:
    """Diagram E, F, G; the cause is for the operator."""

    def end(tx: Tx) -> MessageId:
        turn = turns.create(tx, keep_admitted(tx, inbound(1, "a")), NOON)
        turns.end(tx, turn.id, state, NOON, "why")
        assert turns.running(tx) == []
        return MessageId(turn.id)

    turn = await ledger.write(end)
    told = await ledger.read(lambda tx: story(tx, "turn", turn))

    assert [(step.step, step.reason) for step in told] == [("running", ""), (state, "why")]


async def test_a_good_end_leaves_nothing_to_run(ledger: Ledger) -> None:
    """Diagram B, with what the model told of itself."""

    def finish(tx: Tx) -> tuple[object, ...]:
        turn = turns.create(tx, keep_admitted(tx, inbound(1, "a")), NOON)
        turns.finish(tx, turn.id, Finished("small", 10, 3), NOON)
        row = tx.exec_driver_sql("SELECT state, model, input_tokens, output_tokens FROM turn").one()
        return (*row, turns.running(tx), turns.queued(tx, SESSION))

    assert await ledger.write(finish) == ("finished", "small", 10, 3, [], [])


def test_every_state_has_its_place_in_the_diagram() -> None:
    """The diagram beside the column is the authority for its states (design section 4)."""
    assert turns.__doc__ is not None
    assert [state for state in TurnState if state.value not in turns.__doc__] == []
