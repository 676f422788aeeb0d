"""`openclaw acp` driven by acpx, a client that others wrote."""

from __future__ import annotations

import asyncio
import shlex
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.acp.outside import acpx, needs_outside_agents
from tests.agents.model_server import Answer, Call, ModelServer, open_model_server, results
from tests.agents.serving.editor import RUN, Installed
from tests.waiting import BOUND_S

pytestmark = needs_outside_agents

WRITE = Call((("write_file", '{"path": "a.txt", "content": "hello"}'),))
REFUSED = 5
"""What acpx ends with when a permission was denied."""


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with open_model_server() as opened:
        yield opened


@pytest.fixture
def installed(tmp_path: Path, server: ModelServer) -> Installed:
    return Installed(tmp_path, server)


async def _acpx(installed: Installed, *words: str) -> tuple[int | None, str]:
    """The exit code and the final text of one run; options of acpx come before its command."""
    ours = shlex.join([sys.executable, "-c", RUN, "acp"])
    process = await asyncio.create_subprocess_exec(
        *acpx("--agent", ours, "--cwd", str(installed.home), "--format", "quiet", *words),
        env=installed.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    async with asyncio.timeout(3 * BOUND_S):
        out, _ = await process.communicate()
    return process.returncode, out.decode().strip()


async def test_acpx_asks_and_prints_the_answer(installed: Installed) -> None:
    """A text turn of a client that knows nothing of us."""
    assert await _acpx(installed, "exec", "three small words") == (0, "three small words")


async def test_acpx_allows_a_tool(installed: Installed, server: ModelServer) -> None:
    """Its permission is our tool's leave."""
    server.script += [WRITE, Answer("written")]
    assert await _acpx(installed, "--approve-all", "exec", "write") == (0, "written")
    assert (installed.workspace / "a.txt").read_text() == "hello"


async def test_acpx_denies_a_tool(installed: Installed, server: ModelServer) -> None:
    """The model is told, and the file is not there."""
    server.script += [WRITE, Answer("as you wish")]
    assert await _acpx(installed, "--deny-all", "exec", "write") == (REFUSED, "as you wish")
    assert "does not allow this call" in results(server.requests[1])[0]
    assert not (installed.workspace / "a.txt").exists()


async def test_acpx_goes_on_with_a_session(installed: Installed, server: ModelServer) -> None:
    """A process of its own keeps ours between two runs, and both end with the session."""
    await _acpx(installed, "sessions", "new")
    await _acpx(installed, "--ttl", "30", "my name is Ada")
    assert await _acpx(installed, "--ttl", "30", "who am I?") == (0, "who am I?")
    assert "my name is Ada" in str(server.requests[-1].body["messages"])
    await _acpx(installed, "sessions", "close")
