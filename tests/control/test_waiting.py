"""What is waited for, in plain words, and what helps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.making import ACCOUNT, NOON, direct_chat, inbound

from openclaw.control.waiting import NOTHING, paused_by, wait_of, waits_in_lane
from openclaw.domain.delivery import Cause, Delivery, DeliveryState, OutboundMessage
from openclaw.domain.ids import AgentId, ChatKey, DeliveryId, MessageId, SessionKey, TurnId
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.domain.turns import Turn, TurnRecord, TurnState
from openclaw.store import Ledger, accounts

MAIN, KEY = AgentId("main"), SessionKey("agent:main:main")
HELD = LedgerMessage(
    MessageId(12), inbound(1, "hi"), NOON, MessageState.WAITING, "", 0, session=KEY, agent=MAIN, turn=3
)


def bubble(state: DeliveryState) -> Delivery:
    """An answer in ``state``."""
    return Delivery(
        DeliveryId(7), Cause.TURN, 3, 0, OutboundMessage(ACCOUNT, direct_chat(), "x"), state, NOON, NOON
    )


def turn(state: TurnState) -> TurnRecord:
    """The turn in ``state``."""
    run = Turn(TurnId(3), ACCOUNT, MAIN, KEY, direct_chat(), False, (), 2, False)
    return TurnRecord(run, state, "", "", None, None, NOON, None)


@pytest.mark.parametrize("state", MessageState)
@pytest.mark.parametrize("turn_state", TurnState)
async def test_every_state_has_an_answer(ledger: Ledger, state: MessageState, turn_state: TurnState) -> None:
    """Whoever asks is told something, or that nothing is waited for; what must be decided names its command."""
    held = replace(HELD, state=state)
    wait = await ledger.read(lambda tx: wait_of(tx, held, turn(turn_state), [], [MAIN]))
    if state in (MessageState.HELD, MessageState.QUARANTINED, MessageState.LATE):
        assert "openclaw messages drop 12" in wait.fix
    if state in (MessageState.ANSWERED, MessageState.DROPPED, MessageState.OURS):
        assert wait == NOTHING


@pytest.mark.parametrize(
    ("state", "what"),
    [
        (DeliveryState.CONFIRMED, ""),
        (DeliveryState.DROPPED, ""),
        (DeliveryState.QUEUED, "Delivery 7"),
        (DeliveryState.UNKNOWN, "Delivery 7"),
        (DeliveryState.PARKED, "Your decision"),
        (DeliveryState.FAILED, "Your decision"),
    ],
)
async def test_an_answer_that_is_not_there_yet_is_waited_for(
    ledger: Ledger, state: DeliveryState, what: str
) -> None:
    """An answered message may still have a bubble in doubt (promise 3)."""
    held = replace(HELD, state=MessageState.ANSWERED)
    wait = await ledger.read(lambda tx: wait_of(tx, held, None, [bubble(state)], [MAIN]))
    assert wait.what.startswith(what)
    assert bool(wait.what) is bool(what)


async def test_an_agent_that_nothing_answers_for_is_named(ledger: Ledger) -> None:
    """Not where nobody knows which agents there are."""

    def ask(answering: Any) -> Any:
        return ledger.read(lambda tx: waits_in_lane(tx, MAIN, KEY, answering))

    assert "main has no model" in (await ask([])).what
    assert await ask([MAIN]) is None
    assert await ask(None) is None


async def test_the_widest_pause_is_the_one_to_end(ledger: Ledger) -> None:
    """Ending a chat's pause helps nobody while everything is paused."""
    chat = direct_chat()
    places = [
        (ACCOUNT, chat.key, "openclaw resume +15550100001 --account default"),
        (ACCOUNT, accounts.EVERY_CHAT, "openclaw resume --account default"),
        (accounts.EVERY_ACCOUNT, accounts.EVERY_CHAT, "openclaw resume"),
    ]
    await ledger.write(lambda tx: accounts.set_pause(tx, ACCOUNT, ChatKey("-;another"), NOON))
    for account, key, command in places:
        await ledger.write(lambda tx, a=account, k=key: accounts.set_pause(tx, a, k, NOON, "loop: 30 turns"))
        wait = await ledger.read(lambda tx: paused_by(tx, ACCOUNT, chat))
        assert wait.fix == command
        assert "loop: 30 turns" in wait.what
