"""The runtime of outside agents with a real program on the other side of real pipes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from tests.agents.acp.outside import (
    BOUND,
    KEY,
    Book,
    Person,
    events,
    gone,
    is_running,
    journal,
    noted,
    open_runtime,
    said,
    session,
    work_folder,
)

from openclaw.agents.acp.runtime import AcpRuntime
from openclaw.domain.acp import AcpOptions, AcpState, Decision
from openclaw.domain.turns import EffectStarting, Finished, TextDelta
from openclaw.errors import AgentFailed


async def test_a_turn_is_what_the_agent_says_and_what_it_cost(tmp_path: Path) -> None:
    """First the warning that something may be done, then the pieces in order, then the end (design 8)."""
    book = Book(tmp_path)
    async with open_runtime(tmp_path, book=book) as runtime:
        first, *middle, last = await events(runtime, "hello there")
    assert first == EffectStarting("")
    assert middle == [
        TextDelta("you s"),
        TextDelta("aid: "),
        TextDelta("hello"),
        TextDelta(" ther"),
        TextDelta("e"),
    ]
    assert last == Finished("scripted", 11, 5)
    assert [state for state, _ in book.states] == [AcpState.RUNNING, AcpState.IDLE]


async def test_turns_of_a_session_share_one_process_that_remembers(tmp_path: Path) -> None:
    """One program for each session, started by its first turn."""
    async with open_runtime(tmp_path) as runtime:
        first = await said(runtime, "!pid")
        assert await said(runtime, "!pid") == first
        assert json.loads(await said(runtime, "!recall")) == ["!pid", "!pid"]


async def test_a_person_allows_and_refuses(tmp_path: Path) -> None:
    """What is no reading inside the folder is asked about, and the answer is one of the agent's own options."""
    person = Person([Decision.ONCE, Decision.DENY])
    async with open_runtime(tmp_path, person) as runtime:
        assert await said(runtime, "!ask execute touch x") == "[yes]"
        assert await said(runtime, "!ask execute rm x") == "[no]"
    assert [asked.title for asked in person.questions] == ["touch x", "rm x"]


async def test_closing_the_iterator_cancels_the_turn_and_keeps_the_process(tmp_path: Path) -> None:
    """The agent is asked to stop; when it does, it stays (facts H.6: cancel never unbinds)."""
    async with open_runtime(tmp_path) as runtime, asyncio.timeout(BOUND), asyncio.TaskGroup() as readers:
        pid = await said(runtime, "!pid")
        reading = readers.create_task(events(runtime, "!hang"))
        await noted(work_folder(tmp_path), "hangs")
        reading.cancel()
        await noted(work_folder(tmp_path), "session/cancel")
        assert await said(runtime, "!pid") == pid


async def test_a_death_in_a_turn_is_told_and_the_next_turn_takes_the_session_up(tmp_path: Path) -> None:
    """Who waits is told at once with how it went (style 26); nothing of what was said is lost."""
    book = Book(tmp_path)
    async with open_runtime(tmp_path, book=book) as runtime:
        pid = await said(runtime, "!pid")
        with pytest.raises(AgentFailed, match="scripted exited with code 3: the disk is on fire"):
            await events(runtime, "!exit 3")
        assert book.states[-1] == (AcpState.ERROR, "scripted exited with code 3: the disk is on fire")
        assert json.loads(await said(runtime, "!recall")) == ["!pid", "!exit 3"]
        assert await said(runtime, "!pid") != pid


async def test_a_deaf_agent_is_ended_and_its_session_taken_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next turn finds another process, and what was said."""
    monkeypatch.setattr("openclaw.agents.acp.session.CANCEL_SECONDS", 0.2)
    async with open_runtime(tmp_path) as runtime:
        pid = int(await said(runtime, "!pid"))
        reading = asyncio.ensure_future(events(runtime, "!deaf"))
        await noted(work_folder(tmp_path), "hangs")
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert json.loads(await said(runtime, "!recall")) == ["!pid", "!deaf"]
        await gone(pid)


async def test_a_turn_has_its_time(tmp_path: Path) -> None:
    """The session's own limit counts before the configuration's; the agent is asked to stop and stays."""
    book = Book(tmp_path)
    async with open_runtime(tmp_path, book=book) as runtime:
        pid = await said(runtime, "!pid")
        book.options = AcpOptions(timeout_s=1)
        with pytest.raises(AgentFailed, match="did not end its turn within 1 s"):
            await events(runtime, "!hang")
        assert await said(runtime, "!pid") == pid
        assert journal(work_folder(tmp_path)).count("session/cancel") == 1


async def test_asking_outside_of_a_turn(tmp_path: Path) -> None:
    """What steering and commands use: the text of the answer, and nobody is asked for permission."""
    person = Person()
    book = Book(tmp_path)
    await book.of_turn(session())
    async with open_runtime(tmp_path, person, book=book) as runtime:
        assert await runtime.ask(KEY, "!say a\n!ask execute x\n!tool t") == "a[no]"
        await runtime.set_mode(KEY, "bold")
        await runtime.set_option(KEY, "model", "large")
        assert await runtime.ask(KEY, "!settings") == "bold large False"
        with pytest.raises(AgentFailed, match="no such mode"):
            await runtime.set_mode(KEY, "mad")
    assert person.questions == []


async def test_a_reader_is_told_when_the_gateway_stops(tmp_path: Path) -> None:
    """And nothing is left behind: the group, and what left the group (style 26)."""
    async with asyncio.TaskGroup() as readers:
        async with open_runtime(tmp_path) as runtime:
            pids = [int(await said(runtime, order)) for order in ("!pid", "!fork", "!fork escape")]
            assert all(is_running(pid) for pid in pids)
            reading = readers.create_task(_failure(runtime, "!hang"))
            await noted(work_folder(tmp_path), "hangs")
        assert "gateway stops" in await asyncio.wait_for(reading, BOUND)
    for pid in pids:
        await gone(pid)


async def test_a_reader_is_told_when_the_gateway_stops_before_the_run_begins(tmp_path: Path) -> None:
    """Not even the first step of a run has to have been taken."""
    async with open_runtime(tmp_path) as runtime:
        reading = asyncio.ensure_future(_failure(runtime, "hi"))
        await asyncio.sleep(0)
        await runtime.end()
        assert "gateway stops" in await asyncio.wait_for(reading, BOUND)


async def _failure(runtime: AcpRuntime, text: str) -> str:
    with pytest.raises(AgentFailed) as caught:
        await events(runtime, text)
    return str(caught.value)
