"""One agent over its life: its start, its turns, its end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.agents.acp.outside import (
    BOUND,
    KEY,
    Book,
    events,
    is_running,
    noted,
    open_runtime,
    prompt,
    said,
    session,
    work_folder,
)
from tests.waiting import until

from openclaw.domain.acp import AcpState
from openclaw.domain.sessions import TranscriptEntry
from openclaw.errors import AgentFailed


async def test_closing_ends_the_program_and_a_turn_that_it_is_in(tmp_path: Path) -> None:
    """Whoever waits is told; a session that does not run is closed already."""
    async with open_runtime(tmp_path) as runtime:
        await runtime.close(KEY)
        pid = int(await said(runtime, "!pid"))
        hanging = asyncio.ensure_future(events(runtime, "!hang"))
        await noted(work_folder(tmp_path), "hangs")
        await runtime.close(KEY)
        with pytest.raises(AgentFailed, match="was ended"):
            await hanging
        assert not is_running(pid)


@pytest.mark.parametrize("where", ["initialize", "session/new"])
async def test_an_agent_that_does_not_come_up_can_be_closed_and_cancelled(tmp_path: Path, where: str) -> None:
    """Nobody waits for the time that a start may take."""
    async with open_runtime(tmp_path, how={"silent_at": where}) as runtime, asyncio.timeout(BOUND):
        starting = asyncio.ensure_future(events(runtime, "hi"))
        await noted(work_folder(tmp_path), where)
        await runtime.close(KEY)
        with pytest.raises(AgentFailed, match="was ended while it was started"):
            await starting
        again = asyncio.ensure_future(events(runtime, "hi"))
        await noted(work_folder(tmp_path), where, times=2)
        again.cancel()
        with pytest.raises(asyncio.CancelledError):
            await again
        assert runtime.live() == []


async def test_one_that_cannot_start_fails_each_turn_and_nothing_else(tmp_path: Path) -> None:
    """With how it went, in the turn and in the book."""
    book = Book(tmp_path)
    async with open_runtime(tmp_path, book=book, how={"exit_at": "initialize"}) as runtime:
        for _ in range(2):
            with pytest.raises(AgentFailed, match="exited with code 7: leaving at initialize"):
                await events(runtime, "hi")
    assert book.states[-1] == (AcpState.ERROR, "scripted exited with code 7: leaving at initialize")


async def test_a_death_that_nobody_has_noticed_yet_costs_nothing(tmp_path: Path) -> None:
    """It shows when the turn is told: then nothing has been done, and another process is told."""
    async with open_runtime(tmp_path) as runtime:
        for _ in range(3):
            pid = int(await said(runtime, "!pid"))
            os.kill(pid, signal.SIGKILL)
            while is_running(pid):
                # Not awaited on purpose: the loop must not hear of it before the next turn.
                pass
        assert json.loads(await said(runtime, "!recall")) == ["!pid"] * 3


async def test_turns_of_one_session_come_one_after_the_other(tmp_path: Path) -> None:
    """What is asked beside a turn waits for it, and nothing mixes (promise 1)."""
    async with open_runtime(tmp_path) as runtime:
        answers = await asyncio.gather(*(said(runtime, f"!say {number * 11111}") for number in range(6)))
    assert answers == [str(number * 11111) for number in range(6)]


async def test_a_started_session_is_new_to_its_first_turn_whenever_that_comes(tmp_path: Path) -> None:
    """Started by a command and ended for idleness, it has been told nothing: its first turn tells everything."""
    book = Book(tmp_path)
    await book.of_turn(session())
    async with open_runtime(tmp_path, book=book, idle=timedelta(milliseconds=1)) as runtime:
        await runtime.start(KEY)

        async def look() -> bool:
            return not runtime.live()

        await until(look, "its end")
        assert book.sessions[KEY].outside_id == ""
        first = replace(
            prompt("who am I?"), instructions="Be brief.", history=(TranscriptEntry("user", "I am Ada"),)
        )
        answer = await said(runtime, first)
        assert "Be brief." in answer
        assert "I am Ada" in answer
        await until(look, "its end")
        assert await said(runtime, first) == "you said: who am I?"
