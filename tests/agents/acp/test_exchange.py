"""How agents go wrong, at every point of the protocol, and what is told of it."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from tests.agents.acp.outside import (
    BOUND,
    Person,
    Shelf,
    answer,
    noted,
    opened,
    opening,
    powers,
    turn,
)

from openclaw.agents.acp.ports import NotTold, Opening
from openclaw.agents.acp.session import open_session
from openclaw.errors import AgentFailed


@pytest.mark.parametrize("where", ["start", "initialize", "session/new"])
async def test_an_agent_that_ends_at_its_start_is_told_with_its_last_words(
    tmp_path: Path, where: str
) -> None:
    """At every point of the greeting, at once and not when time is up."""
    text = await _failure(opening(tmp_path, exit_at=where))
    assert text == f"scripted exited with code 7: leaving at {where}"


@pytest.mark.parametrize("where", ["start", "initialize", "session/new", "session/resume"])
async def test_an_agent_that_is_silent_at_its_start_is_given_up(tmp_path: Path, where: str) -> None:
    """Each step is bounded (style 25)."""
    asked = replace(opening(tmp_path, "an-old-one", silent_at=where, load_fails=True), seconds=2.0)
    assert await _failure(asked) == "scripted did not answer within 2 s"


@pytest.mark.parametrize(
    ("order", "how"),
    [
        ("!exit 3", "exited with code 3: the disk is on fire"),
        ("!exit 0", "exited with code 0: the disk is on fire"),
        ("!exit -9", "was ended by signal 9: the disk is on fire"),
        ("!exit-in-line", "exited with code 3"),
        ("!say half\n!exit 3", "exited with code 3: the disk is on fire"),
        ("!fork\n!exit 3", "exited with code 3: the disk is on fire"),
        ("!garbage 1500\n!hang", "writes what is no message of the protocol, without end"),
    ],
)
async def test_a_death_in_a_turn_ends_it_with_how_it_went(tmp_path: Path, order: str, how: str) -> None:
    """Whatever it leaves behind (style 26)."""
    async with opened(tmp_path) as session:
        with pytest.raises(AgentFailed) as caught:
            await turn(session, order)
        assert str(caught.value) == f"scripted {how}"
        assert await session.ended() == how
        assert session.is_over
        with pytest.raises(NotTold):
            await turn(session, "hi")


async def test_a_death_at_a_question_ends_the_question(tmp_path: Path) -> None:
    """Nobody decides about somebody who is gone."""
    person = Person()
    async with opened(tmp_path) as session:
        running = asyncio.ensure_future(turn(session, "!ask execute x", powers(person=person)))
        await person.asked.wait()
        os.kill(session.pid, signal.SIGKILL)
        with pytest.raises(AgentFailed, match="was ended by signal 9"):
            await running
        while not person.stopped:  # noqa: ASYNC110 (it takes a turn of the loop, not time)
            await asyncio.sleep(0)


async def test_a_death_after_a_cancel_is_the_end_of_theturn(tmp_path: Path) -> None:
    """Nobody waits for the rest of the time it had."""
    async with opened(tmp_path) as session:
        running = asyncio.ensure_future(turn(session, "!exit-at session/cancel\n!hang"))
        await noted(tmp_path, "hangs")
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert "exited with code 7" in await session.ended()


@pytest.mark.parametrize(
    ("order", "told"),
    [
        ("!fail the model is down", "scripted answered with an error: Internal error: the model is down"),
        ("!say x\n!fail-as-data overloaded", "scripted failed: overloaded"),
        ("!stop refusal", "scripted: it refused to go on"),
        ("!ask execute x", "the agent asked for permission, and nobody is to be asked "),
    ],
)
async def test_a_turn_that_fails_leaves_the_agent_running(tmp_path: Path, order: str, told: str) -> None:
    """As an error, as data beside a good end, for a reason of the protocol, by the fail mode."""
    async with opened(tmp_path) as session:
        with pytest.raises(AgentFailed) as caught:
            await turn(session, order, powers(unanswered="fail"))
        assert str(caught.value).startswith(told)
        assert await answer(session, "hi") == "you said: hi"


async def _failure(asked: Opening) -> str:
    with pytest.raises(AgentFailed) as caught:
        async with asyncio.timeout(BOUND), open_session(asked, Shelf()):
            raise AssertionError("it must not open")
    return str(caught.value)
