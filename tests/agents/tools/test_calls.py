"""Carrying out calls: bounded in time and size, effects announced first."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from openclaw.agents.tools.calls import RESULT_BYTES, Calls
from openclaw.agents.tools.tool import Arguments, Tool
from openclaw.domain.turns import EffectStarting, TurnEvent
from openclaw.errors import ToolFailed

BOUND = 30.0


def _tool(says: str, has_effect: bool = False) -> Tool:
    async def run(_: Arguments) -> str:
        return says

    return Tool("say", "", {}, has_effect, run)


class Reader:
    """Takes events, and lets the run go on only when told to."""

    def __init__(self) -> None:
        self.events: list[TurnEvent] = []
        self.told = asyncio.Event()
        self.go_on = asyncio.Event()

    async def take(self, event: TurnEvent) -> None:
        """Keep it, and wait."""
        self.events.append(event)
        self.told.set()
        await self.go_on.wait()


async def test_a_long_result_is_cut_and_says_so() -> None:
    """One call cannot fill the window (style 25)."""
    told = await Calls([_tool("é" * RESULT_BYTES)], 10**6, Reader().take).carry_out("say", None)
    assert len(told.encode()) < RESULT_BYTES + 100
    assert told.endswith(f"(cut here: {2 * RESULT_BYTES} bytes are too many)")


async def test_all_results_of_a_run_share_its_room() -> None:
    """Many small results fill a window as well as one large one."""
    calls = Calls([_tool("x" * 60)], 100, Reader().take)
    assert await calls.carry_out("say", "{}") == "x" * 60
    assert (await calls.carry_out("say", {})).startswith("x" * 40 + "\n(cut here")
    assert (await calls.carry_out("say", {})).startswith("\n(cut here")


async def test_an_effect_waits_until_it_is_written_down() -> None:
    """Only when the reader comes back for more has it been committed (handover.py, design 4)."""
    reader, begun = Reader(), asyncio.Event()

    async def run(_: Arguments) -> str:
        begun.set()
        return "done"

    calls = Calls([Tool("act", "", {}, True, run)], 1000, reader.take)
    async with asyncio.timeout(BOUND), asyncio.TaskGroup() as group:
        call = group.create_task(calls.carry_out("act", None))
        await reader.told.wait()
        assert reader.events == [EffectStarting("act")]
        assert not begun.is_set()
        reader.go_on.set()
        assert await call == "done"


async def test_broken_arguments_announce_no_effect() -> None:
    """What is never done must not mark the turn."""
    reader = Reader()
    told = await Calls([_tool("", has_effect=True)], 1000, reader.take).carry_out("say", "{")
    assert told.startswith("Failed:")
    assert reader.events == []


async def test_cancelling_reaches_the_tool() -> None:
    """/stop in the middle of a call ends the call (design 8: cancel)."""
    begun, ended = asyncio.Event(), asyncio.Event()

    async def run(_: Arguments) -> str:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return ""

    calls = Calls([Tool("wait", "", {}, False, run)], 1000, Reader().take)
    call = asyncio.ensure_future(calls.carry_out("wait", None))
    async with asyncio.timeout(BOUND):
        await begun.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await ended.wait()


async def test_a_call_waits_for_leave_before_it_counts_as_begun() -> None:
    """Whoever is asked sees what would be done; until then nothing is announced and nothing done."""
    reader, asked, leave = Reader(), asyncio.Event(), asyncio.Event()
    reader.go_on.set()

    async def ask(_: Arguments) -> None:
        asked.set()
        await leave.wait()

    calls = Calls([replace(_tool("done", has_effect=True), leave=ask)], 1000, reader.take)
    async with asyncio.timeout(BOUND), asyncio.TaskGroup() as group:
        call = group.create_task(calls.carry_out("say", "{}"))
        await asked.wait()
        assert reader.events == []
        leave.set()
    assert (call.result(), reader.events) == ("done", [EffectStarting("say")])


async def test_a_call_without_leave_is_told_to_the_model_and_not_made() -> None:
    """A refusal is a result like any other: the model may try otherwise."""
    reader = Reader()

    async def refuse(_: Arguments) -> None:
        raise ToolFailed("the user said no")

    calls = Calls([replace(_tool("done", has_effect=True), leave=refuse)], 1000, reader.take)
    assert await calls.carry_out("say", "{}") == "Failed: the user said no"
    assert reader.events == []
