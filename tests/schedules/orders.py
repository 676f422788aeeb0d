"""The operator: what a person has a running gateway do, by the functions that the control interface calls."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from tests.making import ACCOUNT
from tests.schedules import promises
from tests.schedules.life import Life
from tests.schedules.mac import CHATS
from tests.schedules.steps import Decide, Pause, Resume
from tests.schedules.truth import Truth

from openclaw.control import decisions, operator
from openclaw.domain.ids import MessageId
from openclaw.domain.turns import TurnState
from openclaw.errors import BadRequest
from openclaw.store import Tx, accounts

T = TypeVar("T")


async def order(life: Life, truth: Truth, step: Pause | Resume | Decide, now: datetime) -> None:
    """Have it done; ``truth`` learns what may be otherwise from now on."""
    match step:
        case Pause(chat):
            everything = (accounts.EVERY_ACCOUNT, accounts.EVERY_CHAT)
            place = everything if chat < 0 else (ACCOUNT, CHATS[chat].key)
            await _write(life, lambda tx: accounts.set_pause(tx, *place, now))
        case Resume():
            resumed = await _write(life, lambda tx: operator.resume(tx, None, None, now))
            if resumed is not None:
                await _wait_for(life, life.gateway.judge(resumed.messages))
        case Decide(what, which):
            found = life.ledger.look(lambda tx: promises.decidable(tx, what))
            if found:
                await _decide(life, truth, what, found[which % len(found)], now)
    life.gateway.deliver(ACCOUNT)


async def _decide(life: Life, truth: Truth, what: str, number: int, now: datetime) -> None:
    match what:
        case "release":
            await _write(life, lambda tx: decisions.release_message(tx, number, now))
            await _wait_for(life, life.gateway.judge([MessageId(number)]))
        case "drop":
            truth.dropped.add(number)
            await _write(life, lambda tx: decisions.drop_message(tx, number, now))
        case "resend":
            again = await _write(life, lambda tx: decisions.resend(tx, number, now))
            if again is not None:
                truth.resent[again.message.chat_key, again.message.text] += 1
        case "drop bubble":
            await _write(life, lambda tx: decisions.drop_delivery(tx, number, now))
        case "retry":
            truth.retried = True
            record = await _write(life, lambda tx: decisions.retry_turn(tx, number, now))
            if record is not None and life.lanes is not None:
                life.lanes.wake(record.turn.session)
        case _:
            truth.cancels += 1
            record = await _write(life, lambda tx: decisions.cancel_turn(tx, number, now))
            if record is not None and record.state is TurnState.RUNNING:
                life.runner.cancel(record.turn.session)


async def _write(life: Life, work: Callable[[Tx], T]) -> T | None:
    """Do it in the gateway; ``None`` when that died of it, or when it was too late to decide so."""
    try:
        return await _wait_for(life, life.ledger.write(work))
    except BadRequest:
        return None


async def _wait_for(life: Life, doing: Awaitable[T]) -> T | None:
    doer = asyncio.ensure_future(doing)
    await asyncio.wait([doer, life.task], return_when=asyncio.FIRST_COMPLETED)
    if doer.done() and not doer.cancelled():
        return doer.result()
    doer.cancel()
    return None
