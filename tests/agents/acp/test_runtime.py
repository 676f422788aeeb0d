"""The runtime of outside agents with a real program on the other side of real pipes."""

from __future__ import annotations

import asyncio
import json
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from tests.agents.acp.outside import (
    BOUND,
    KEY,
    Book,
    Person,
    Shelf,
    environ,
    events,
    neighbours,
    noted,
    said,
    settings,
)

from openclaw.agents.acp.runtime import AcpRuntime, open_acp
from openclaw.domain.acp import AcpState, Decision
from openclaw.domain.turns import EffectStarting, Finished, TextDelta
from openclaw.errors import AgentFailed


def _open(
    folder: Path,
    person: Person | None = None,
    shelf: Shelf | None = None,
    book: Book | None = None,
    how: dict[str, Any] | None = None,
    **changes: Any,
) -> AbstractAsyncContextManager[AcpRuntime]:
    near = neighbours(book or Book(folder), person, shelf)
    return open_acp(settings(folder, how, **changes), environ(), near)


def _folder(tmp_path: Path) -> Path:
    return tmp_path / KEY.replace(":", "-")


async def test_a_turn_is_what_the_agent_says_and_what_it_cost(tmp_path: Path) -> None:
    """First the warning that something may be done, then the pieces in order, then the end (design 8)."""
    book = Book(tmp_path)
    async with _open(tmp_path, book=book) as runtime:
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
    async with _open(tmp_path) as runtime:
        first = await said(runtime, "!pid")
        assert await said(runtime, "!pid") == first
        assert json.loads(await said(runtime, "!recall")) == ["!pid", "!pid"]


async def test_a_person_allows_and_refuses(tmp_path: Path) -> None:
    """What is no reading inside the folder is asked about, and the answer is one of the agent's own options."""
    person = Person([Decision.ONCE, Decision.DENY])
    async with _open(tmp_path, person) as runtime:
        assert await said(runtime, "!ask execute touch x") == "[yes]"
        assert await said(runtime, "!ask execute rm x") == "[no]"
    assert [asked.title for asked in person.questions] == ["touch x", "rm x"]


async def test_closing_the_iterator_cancels_the_turn_and_keeps_the_process(tmp_path: Path) -> None:
    """The agent is asked to stop; when it does, it stays (facts H.6: cancel never unbinds)."""
    async with _open(tmp_path) as runtime, asyncio.timeout(BOUND), asyncio.TaskGroup() as readers:
        pid = await said(runtime, "!pid")
        reading = readers.create_task(events(runtime, "!hang"))
        await noted(_folder(tmp_path), "hangs")
        reading.cancel()
        await noted(_folder(tmp_path), "session/cancel")
        assert await said(runtime, "!pid") == pid


async def test_a_death_in_a_turn_is_told_and_the_next_turn_takes_the_session_up(tmp_path: Path) -> None:
    """Who waits is told at once with how it went (style 26); nothing of what was said is lost."""
    book = Book(tmp_path)
    async with _open(tmp_path, book=book) as runtime:
        pid = await said(runtime, "!pid")
        with pytest.raises(AgentFailed, match="scripted exited with code 3: the disk is on fire"):
            await events(runtime, "!exit 3")
        assert book.states[-1] == (AcpState.ERROR, "scripted exited with code 3: the disk is on fire")
        assert json.loads(await said(runtime, "!recall")) == ["!pid", "!exit 3"]
        assert await said(runtime, "!pid") != pid
