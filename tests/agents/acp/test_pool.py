"""Which agents run, for how long, and how many at a time."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.agents.acp.outside import (
    BOUND,
    KEY,
    Book,
    Person,
    environ,
    events,
    gone,
    journal,
    noted,
    open_runtime,
    said,
    session,
    settings,
    work_folder,
)

from openclaw.config.harnesses import Harness
from openclaw.domain.acp import AcpState, Decision, PermissionQuestion
from openclaw.domain.ids import SessionKey
from openclaw.domain.turns import Origin
from openclaw.errors import AgentFailed, AgentNotConfigured


async def test_a_death_between_two_turns_costs_nothing(tmp_path: Path) -> None:
    """The next turn is told to another process, which takes the session up; nobody hears of it."""
    book = Book(tmp_path)
    async with open_runtime(tmp_path, book=book) as runtime:
        pid = int(await said(runtime, "!pid"))
        os.kill(pid, signal.SIGKILL)
        await gone(pid)
        assert int(await said(runtime, "!pid")) != pid
        assert json.loads(await said(runtime, "!recall")) == ["!pid"] * 2
    assert (AcpState.ERROR, "") not in book.states
    assert {state for state, _ in book.states} == {AcpState.RUNNING, AcpState.IDLE}


async def test_an_idle_agent_is_ended_and_taken_up_when_it_is_needed(tmp_path: Path) -> None:
    """ttlMinutes."""
    async with open_runtime(tmp_path, idle=timedelta(milliseconds=1)) as runtime:
        pid = int(await said(runtime, "!pid"))
        await gone(pid)
        assert json.loads(await said(runtime, "!recall")) == ["!pid"]


async def test_an_agent_in_a_turn_is_never_idle(tmp_path: Path) -> None:
    """However short the time is, and however long the turn."""
    person = Person()
    async with open_runtime(tmp_path, person, idle=timedelta(0)) as runtime, asyncio.TaskGroup() as group:
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
    async with open_runtime(tmp_path, book=book) as runtime:
        pid = int(await said(runtime, "!pid"))
        await gone(pid)
        assert int(await said(runtime, "!pid")) != pid


async def test_a_resting_agent_makes_room_and_a_busy_one_is_waited_for(tmp_path: Path) -> None:
    """maxConcurrentSessions: nothing is lost by it; who waits gets the place that becomes free."""
    one, two = session(SessionKey("agent:a:acp:1")), session(SessionKey("agent:a:acp:2"))
    async with open_runtime(tmp_path, most_sessions=1) as runtime, asyncio.TaskGroup() as group:
        first = int(await said(runtime, "!pid", one))
        await said(runtime, "hi", two)
        await gone(first)
        assert [live.session for live in runtime.live()] == [two.key]
        hanging = group.create_task(events(runtime, "!hang", two))
        await noted(tmp_path / "agent-a-acp-2", "hangs")
        waiting = group.create_task(said(runtime, "hi", one))
        hanging.cancel()
        assert await waiting == "you said: hi"
        assert [live.session for live in runtime.live()] == [one.key]


async def test_a_place_is_waited_for_as_long_as_a_turn_may_take(tmp_path: Path) -> None:
    """Then the turn fails, with the key that says how many may run."""
    one, two = session(SessionKey("agent:a:acp:1")), session(SessionKey("agent:a:acp:2"))
    async with open_runtime(tmp_path, most_sessions=1) as runtime, asyncio.TaskGroup() as group:
        hanging = group.create_task(events(runtime, "!hang", two))
        await noted(tmp_path / "agent-a-acp-2", "hangs")
        await runtime.adopt(settings(tmp_path, most_sessions=1, turn_seconds=0), {})
        with pytest.raises(AgentFailed, match=r"acp\.maxConcurrentSessions"):
            await events(runtime, "hi", one)
        hanging.cancel()


async def test_a_program_that_cannot_be_run_is_the_agents_failure(tmp_path: Path) -> None:
    """A script whose interpreter is not there: whoever asked for it knows no other error."""
    broken = tmp_path / "broken"
    broken.write_text("#!/nonexistent/interpreter\n")
    broken.chmod(0o755)
    harness, book = Harness("scripted", ((str(broken),),)), Book(tmp_path)
    await book.of_turn(session())
    async with open_runtime(tmp_path, book=book, harnesses={"scripted": harness}) as runtime:
        with pytest.raises(AgentFailed, match="could not be started"):
            await runtime.start(KEY)


async def test_one_that_makes_room_can_be_needed_at_once(tmp_path: Path) -> None:
    """Two sessions that fight for one place: each turn is answered, never two processes for one session."""
    keys = [session(SessionKey(f"agent:a:acp:{number}")) for number in range(2)]
    async with open_runtime(tmp_path, most_sessions=1) as runtime:
        answered = 0
        for _ in range(3):
            both = await asyncio.gather(*(said(runtime, "hi", one) for one in keys), return_exceptions=True)
            answered += both.count("you said: hi")
            assert len(runtime.live()) <= 1
    assert answered >= 3


async def test_a_reset_begins_another_session_and_closes_the_old(tmp_path: Path) -> None:
    """Another generation knows nothing of the one before (facts H.6)."""
    book = Book(tmp_path)
    async with open_runtime(tmp_path, book=book) as runtime:
        await said(runtime, "one")
        old = book.sessions[KEY].outside_id
        assert json.loads(await said(runtime, "!recall", session(generation=1))) == []
        assert (book.sessions[KEY].outside_id != old, book.sessions[KEY].generation) == (True, 1)
        assert journal(work_folder(tmp_path)).count("session/close") == 1
        await runtime.reset(KEY)
        assert runtime.live() == []
        assert json.loads(await said(runtime, "!recall", session(generation=2))) == []


async def test_a_restart_ends_the_program_and_keeps_the_session(tmp_path: Path) -> None:
    """What it was told besides is forgotten with the process."""
    book = Book(tmp_path)
    async with open_runtime(tmp_path, book=book) as runtime:
        pid = int(await said(runtime, "!pid"))
        await runtime.restart(KEY)
        await gone(pid)
        assert runtime.live() == []
        assert json.loads(await said(runtime, "!recall")) == ["!pid"]
        await runtime.restart(SessionKey("agent:scripted:acp:nobody"))
    assert "session/close" not in journal(work_folder(tmp_path))


@dataclass
class Thoughtful(Person):
    """Says yes when ``has_thought`` is set."""

    has_thought: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, asked: PermissionQuestion, origin: Origin, seconds: float) -> Decision | None:
        self.asked.set()
        await self.has_thought.wait()
        return Decision.ONCE


async def test_a_restart_cuts_no_turn_off(tmp_path: Path) -> None:
    """The one that is under way ends as it began; the next is another process's."""
    person = Thoughtful()
    async with open_runtime(tmp_path, person) as runtime, asyncio.TaskGroup() as group:
        pid = int(await said(runtime, "!pid"))
        asking = group.create_task(said(runtime, "!ask execute x\n!pid"))
        await asyncio.wait_for(person.asked.wait(), BOUND)
        await runtime.restart(KEY)
        person.has_thought.set()
        assert str(pid) in await asking
        assert int(await said(runtime, "!pid")) != pid


async def test_what_is_not_configured_is_told_as_such(tmp_path: Path) -> None:
    """Switched off, not allowed, unknown, not installed: the message waits instead of failing (design 8)."""
    nowhere = {"scripted": Harness("scripted", (("no-such-agent",),), install="npm install it")}
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({"enabled": False}, "acp.enabled"),
        ({"allowed": frozenset({"other"})}, "acp.allowedAgents"),
        ({"harnesses": {}}, "acp.agents.scripted.command"),
        ({"harnesses": nowhere}, "install it with: npm install it"),
    )
    for changes, told in cases:
        async with open_runtime(tmp_path, **changes) as runtime:
            with pytest.raises(AgentNotConfigured) as caught:
                await events(runtime, "hi")
            assert told in str(caught.value)
            with pytest.raises(AgentNotConfigured):
                await runtime.start(SessionKey("none"))


async def test_other_settings_count_from_the_next_turn_on(tmp_path: Path) -> None:
    """One that would be started otherwise is started anew; one in a turn is left until it is over."""
    book = Book(tmp_path)
    async with open_runtime(tmp_path, book=book) as runtime, asyncio.timeout(BOUND):
        pid = await said(runtime, "!pid")
        hanging = asyncio.ensure_future(events(runtime, "!hang"))
        await noted(work_folder(tmp_path), "hangs")
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


async def test_figures_of_those_that_run(tmp_path: Path) -> None:
    """With what they have started."""
    async with open_runtime(tmp_path) as runtime:
        assert runtime.live() == []
        pid = int(await said(runtime, "!pid"))
        [alone] = runtime.live()
        await said(runtime, "!fork")
        [both] = runtime.live()
    assert (alone.session, alone.harness, alone.pid, alone.busy) == (KEY, "scripted", pid, False)
    assert alone.memory_bytes
    assert both.memory_bytes
    assert both.memory_bytes > alone.memory_bytes


async def test_a_session_that_was_forgotten_is_not_gone_on_with(tmp_path: Path) -> None:
    """A person was forgotten: the same key begins anew, though its program still ran and its generation is the same."""
    book = Book(tmp_path)
    async with open_runtime(tmp_path, book=book) as runtime:
        first = int(await said(runtime, "!pid"))
        del book.sessions[KEY]
        assert int(await said(runtime, "!pid")) != first
        assert json.loads(await said(runtime, "!recall")) == ["!pid"]
    assert "session/close" in journal(work_folder(tmp_path))
