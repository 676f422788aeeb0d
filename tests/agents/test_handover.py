"""The place between a run and its reader."""

from __future__ import annotations

import asyncio

import pytest

from openclaw.agents.handover import Handover
from openclaw.domain.turns import EffectStarting, TextDelta
from openclaw.errors import AgentFailed


async def test_a_run_waits_until_its_reader_has_dealt_with_an_event() -> None:
    """An effect is announced and recorded before it happens (design 4: effects is committed before)."""
    order: list[str] = []
    handover = Handover()

    async def run() -> None:
        await handover.send(EffectStarting("send"))
        order.append("done by the run")
        handover.close()

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(run())
        async for event in handover:
            assert event == EffectStarting("send")
            # Turns of the loop in which a run that did not wait would go ahead.
            for _ in range(5):
                await asyncio.sleep(0)
            order.append("recorded by the reader")
    assert order == ["recorded by the reader", "done by the run"]


async def test_events_arrive_in_order_and_then_the_failure() -> None:
    """What was said before a failure is still heard, and the failure after it (port AgentRuntime)."""
    handover = Handover()
    heard: list[object] = []

    async def run() -> None:
        for word in "abc":
            await handover.send(TextDelta(word))
        handover.close(AgentFailed("gone"))

    async def read() -> None:
        async for event in handover:
            heard.append(event)

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(run())
        with pytest.raises(AgentFailed, match="gone"):
            await read()
    assert heard == [TextDelta(word) for word in "abc"]
