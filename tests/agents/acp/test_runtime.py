"""The runtime of outside agents with a real program on the other side of real pipes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
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
    gone,
    is_running,
    journal,
    neighbours,
    noted,
    prompt,
    said,
    session,
    settings,
)
from tests.waiting import until

from openclaw.agents.acp.runtime import AcpRuntime, open_acp
from openclaw.config.harnesses import Harness
from openclaw.domain.acp import AcpOptions, AcpState, Decision
from openclaw.domain.ids import SessionKey
from openclaw.domain.sessions import TranscriptEntry
from openclaw.domain.turns import EffectStarting, Finished, TextDelta
from openclaw.errors import AgentFailed, AgentNotConfigured


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


async def test_a_death_between_two_turns_costs_nothing(tmp_path: Path) -> None:
    """The next turn is told to another process, which takes the session up; nobody hears of it."""
    book = Book(tmp_path)
    async with _open(tmp_path, book=book) as runtime:
        pid = int(await said(runtime, "!pid"))
        os.kill(pid, signal.SIGKILL)
        await gone(pid)
        assert int(await said(runtime, "!pid")) != pid
        assert json.loads(await said(runtime, "!recall")) == ["!pid"] * 2
    assert (AcpState.ERROR, "") not in book.states
    assert {state for state, _ in book.states} == {AcpState.RUNNING, AcpState.IDLE}


async def test_a_death_that_nobody_has_noticed_yet_costs_nothing(tmp_path: Path) -> None:
    """It shows when the turn is told: then nothing has been done, and another process is told."""
    async with _open(tmp_path) as runtime:
        for _ in range(3):
            pid = int(await said(runtime, "!pid"))
            os.kill(pid, signal.SIGKILL)
            while is_running(pid):
                # Not awaited on purpose: the loop must not hear of it before the next turn.
                pass
        assert json.loads(await said(runtime, "!recall")) == ["!pid"] * 3


async def test_a_deaf_agent_is_ended_and_its_session_taken_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next turn finds another process, and what was said."""
    monkeypatch.setattr("openclaw.agents.acp.session.CANCEL_SECONDS", 0.2)
    async with _open(tmp_path) as runtime:
        pid = int(await said(runtime, "!pid"))
        reading = asyncio.ensure_future(events(runtime, "!deaf"))
        await noted(_folder(tmp_path), "hangs")
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert json.loads(await said(runtime, "!recall")) == ["!pid", "!deaf"]
        await gone(pid)


async def test_a_turn_has_its_time(tmp_path: Path) -> None:
    """The session's own limit counts before the configuration's; the agent is asked to stop and stays."""
    book = Book(tmp_path)
    async with _open(tmp_path, book=book) as runtime:
        pid = await said(runtime, "!pid")
        book.options = AcpOptions(timeout_s=1)
        with pytest.raises(AgentFailed, match="did not end its turn within 1 s"):
            await events(runtime, "!hang")
        assert await said(runtime, "!pid") == pid
        assert journal(_folder(tmp_path)).count("session/cancel") == 1


async def test_an_idle_agent_is_ended_and_taken_up_when_it_is_needed(tmp_path: Path) -> None:
    """ttlMinutes."""
    async with _open(tmp_path, idle=timedelta(milliseconds=1)) as runtime:
        pid = int(await said(runtime, "!pid"))
        await gone(pid)
        assert json.loads(await said(runtime, "!recall")) == ["!pid"]


async def test_an_agent_in_a_turn_is_never_idle(tmp_path: Path) -> None:
    """However short the time is, and however long the turn."""
    person = Person()
    async with _open(tmp_path, person, idle=timedelta(0)) as runtime, asyncio.TaskGroup() as group:
        for _ in range(5):
            await said(runtime, "hi")
        asking = group.create_task(said(runtime, "!ask execute x\n!say on"))
        await asyncio.wait_for(person.asked.wait(), BOUND)
        [live] = runtime.live()
        assert live.busy
        asking.cancel()


async def test_a_oneshot_agent_ends_after_its_turn(tmp_path: Path) -> None:
    """And its next turn starts another."""
    book = Book(tmp_path, mode="oneshot")
    async with _open(tmp_path, book=book) as runtime:
        pid = int(await said(runtime, "!pid"))
        await gone(pid)
        assert int(await said(runtime, "!pid")) != pid


async def test_a_resting_agent_makes_room_and_a_busy_one_does_not(tmp_path: Path) -> None:
    """maxConcurrentSessions: the one that is refused is told the limit."""
    one, two = session(SessionKey("agent:a:acp:1")), session(SessionKey("agent:a:acp:2"))
    async with _open(tmp_path, most_sessions=1) as runtime, asyncio.TaskGroup() as group:
        first = int(await said(runtime, "!pid", one))
        await said(runtime, "hi", two)
        await gone(first)
        assert [live.session for live in runtime.live()] == [two.key]
        hanging = group.create_task(events(runtime, "!hang", two))
        await noted(tmp_path / "agent-a-acp-2", "hangs")
        with pytest.raises(AgentFailed, match=r"1 of 1 outside agents run \(acp\.maxConcurrentSessions\)"):
            await events(runtime, "hi", one)
        hanging.cancel()


async def test_one_that_makes_room_can_be_needed_at_once(tmp_path: Path) -> None:
    """Two sessions that fight for one place: each turn is answered, never two processes for one session."""
    keys = [session(SessionKey(f"agent:a:acp:{number}")) for number in range(2)]
    async with _open(tmp_path, most_sessions=1) as runtime:
        answered = 0
        for _ in range(3):
            both = await asyncio.gather(*(said(runtime, "hi", one) for one in keys), return_exceptions=True)
            answered += both.count("you said: hi")
            assert len(runtime.live()) <= 1
    assert answered >= 3


async def test_a_reset_begins_another_session_and_closes_the_old(tmp_path: Path) -> None:
    """Another generation knows nothing of the one before (facts H.6)."""
    book = Book(tmp_path)
    async with _open(tmp_path, book=book) as runtime:
        await said(runtime, "one")
        old = book.sessions[KEY].outside_id
        assert json.loads(await said(runtime, "!recall", session(generation=1))) == []
        assert (book.sessions[KEY].outside_id != old, book.sessions[KEY].generation) == (True, 1)
        assert journal(_folder(tmp_path)).count("session/close") == 1
        await runtime.reset(KEY)
        assert runtime.live() == []
        assert json.loads(await said(runtime, "!recall", session(generation=2))) == []


async def test_closing_ends_the_program_and_a_turn_that_it_is_in(tmp_path: Path) -> None:
    """Whoever waits is told; a session that does not run is closed already."""
    async with _open(tmp_path) as runtime:
        await runtime.close(KEY)
        pid = int(await said(runtime, "!pid"))
        hanging = asyncio.ensure_future(events(runtime, "!hang"))
        await noted(_folder(tmp_path), "hangs")
        await runtime.close(KEY)
        with pytest.raises(AgentFailed, match="was ended"):
            await hanging
        assert not is_running(pid)


@pytest.mark.parametrize("where", ["initialize", "session/new"])
async def test_an_agent_that_does_not_come_up_can_be_closed_and_cancelled(tmp_path: Path, where: str) -> None:
    """Nobody waits for the time that a start may take."""
    async with _open(tmp_path, how={"silent_at": where}) as runtime, asyncio.timeout(BOUND):
        starting = asyncio.ensure_future(events(runtime, "hi"))
        await noted(_folder(tmp_path), where)
        await runtime.close(KEY)
        with pytest.raises(AgentFailed, match="was ended while it was started"):
            await starting
        again = asyncio.ensure_future(events(runtime, "hi"))
        await noted(_folder(tmp_path), where, times=2)
        again.cancel()
        with pytest.raises(asyncio.CancelledError):
            await again
        assert runtime.live() == []


async def test_one_that_cannot_start_fails_each_turn_and_nothing_else(tmp_path: Path) -> None:
    """With how it went, in the turn and in the book."""
    book = Book(tmp_path)
    async with _open(tmp_path, book=book, how={"exit_at": "initialize"}) as runtime:
        for _ in range(2):
            with pytest.raises(AgentFailed, match="exited with code 7: leaving at initialize"):
                await events(runtime, "hi")
    assert book.states[-1] == (AcpState.ERROR, "scripted exited with code 7: leaving at initialize")


async def test_what_is_not_configured_is_told_as_such(tmp_path: Path) -> None:
    """Switched off, not allowed, unknown, not installed: the message waits instead of failing (design 8)."""
    nowhere = {"scripted": Harness("scripted", (("no-such-agent",),), install="npm install it")}
    for changes, told in (
        ({"enabled": False}, "acp.enabled"),
        ({"allowed": frozenset({"other"})}, "acp.allowedAgents"),
        ({"harnesses": {}}, "acp.agents.scripted.command"),
        ({"harnesses": nowhere}, "install it with: npm install it"),
    ):
        async with _open(tmp_path, **changes) as runtime:
            with pytest.raises(AgentNotConfigured) as caught:
                await events(runtime, "hi")
            assert told in str(caught.value)
            with pytest.raises(AgentNotConfigured):
                await runtime.start(SessionKey("none"))


async def test_other_settings_count_from_the_next_turn_on(tmp_path: Path) -> None:
    """One that would be started otherwise is started anew; one in a turn is left until it is over."""
    book = Book(tmp_path)
    async with _open(tmp_path, book=book) as runtime, asyncio.timeout(BOUND):
        pid = await said(runtime, "!pid")
        hanging = asyncio.ensure_future(events(runtime, "!hang"))
        await noted(_folder(tmp_path), "hangs")
        await runtime.adopt(settings(tmp_path, {"name": "other"}), environ())
        assert (await runtime.start(KEY)).name == "scripted"
        hanging.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hanging
        assert await said(runtime, "!pid") != pid
        assert (abilities := runtime.abilities(KEY))
        assert abilities.name == "other"
        same = await said(runtime, "!pid")
        await runtime.adopt(settings(tmp_path, {"name": "other"}), environ())
        assert await said(runtime, "!pid") == same


async def test_a_started_session_is_new_to_its_first_turn_whenever_that_comes(tmp_path: Path) -> None:
    """Started by a command and ended for idleness, it has been told nothing: its first turn tells everything."""
    book = Book(tmp_path)
    await book.of_turn(session())
    async with _open(tmp_path, book=book, idle=timedelta(milliseconds=1)) as runtime:
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


async def test_asking_outside_of_a_turn(tmp_path: Path) -> None:
    """What steering and commands use: the text of the answer, and nobody is asked for permission."""
    person = Person()
    book = Book(tmp_path)
    await book.of_turn(session())
    async with _open(tmp_path, person, book=book) as runtime:
        assert await runtime.ask(KEY, "!say a\n!ask execute x\n!tool t") == "a[no]"
        await runtime.set_mode(KEY, "bold")
        await runtime.set_option(KEY, "model", "large")
        assert await runtime.ask(KEY, "!settings") == "bold large False"
        with pytest.raises(AgentFailed, match="no such mode"):
            await runtime.set_mode(KEY, "mad")
    assert person.questions == []


async def test_turns_of_one_session_come_one_after_the_other(tmp_path: Path) -> None:
    """What is asked beside a turn waits for it, and nothing mixes (promise 1)."""
    async with _open(tmp_path) as runtime:
        answers = await asyncio.gather(*(said(runtime, f"!say {number * 11111}") for number in range(6)))
    assert answers == [str(number * 11111) for number in range(6)]


async def test_a_reader_is_told_when_the_gateway_stops(tmp_path: Path) -> None:
    """And nothing is left behind: the group, and what left the group (style 26)."""
    async with asyncio.TaskGroup() as readers:
        async with _open(tmp_path) as runtime:
            pids = [int(await said(runtime, order)) for order in ("!pid", "!fork", "!fork escape")]
            assert all(is_running(pid) for pid in pids)
            reading = readers.create_task(_failure(runtime, "!hang"))
            await noted(_folder(tmp_path), "hangs")
        assert "gateway stops" in await asyncio.wait_for(reading, BOUND)
    for pid in pids:
        await gone(pid)


async def test_a_reader_is_told_when_the_gateway_stops_before_the_run_begins(tmp_path: Path) -> None:
    """Not even the first step of a run has to have been taken."""
    async with _open(tmp_path) as runtime:
        reading = asyncio.ensure_future(_failure(runtime, "hi"))
        await asyncio.sleep(0)
        await runtime.end()
        assert "gateway stops" in await asyncio.wait_for(reading, BOUND)


async def test_figures_of_those_that_run(tmp_path: Path) -> None:
    """With what they have started."""
    async with _open(tmp_path) as runtime:
        assert runtime.live() == []
        pid = int(await said(runtime, "!pid"))
        [alone] = runtime.live()
        await said(runtime, "!fork")
        [both] = runtime.live()
    assert (alone.session, alone.harness, alone.pid, alone.busy) == (KEY, "scripted", pid, False)
    assert alone.memory_bytes
    assert both.memory_bytes
    assert both.memory_bytes > alone.memory_bytes


async def _failure(runtime: AcpRuntime, text: str) -> str:
    with pytest.raises(AgentFailed) as caught:
        await events(runtime, text)
    return str(caught.value)
