"""acpx, a client of others: how it is told to drive an agent once, and what it makes of the answer."""

from __future__ import annotations

import asyncio
import json
import shlex
from asyncio.subprocess import DEVNULL, PIPE
from typing import Any

from tests.acp.outside import OutsideAgent, acpx, needs_outside_agents
from tests.agents.model_server import Answer, ModelServer
from tests.waiting import BOUND_S

pytestmark = needs_outside_agents


async def drive(agent: OutsideAgent, *words: str) -> tuple[int, str]:
    """One turn of ``agent`` under acpx: its exit code and what it printed. The agent inherits what acpx sees."""
    process = await asyncio.create_subprocess_exec(
        *acpx("--agent", shlex.join(agent.argv), "--cwd", str(agent.cwd), *words),
        env=agent.env,
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=DEVNULL,
    )
    async with asyncio.timeout(BOUND_S):
        out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


async def test_acpx_says_what_the_agent_said(codex: OutsideAgent, model: ModelServer) -> None:
    """One shot, no session kept: the answer's text alone on standard output."""
    model.script.append(Answer("the tide is out"))
    code, out = await drive(codex, "--approve-all", "--format", "quiet", "exec", "How is the tide?")
    assert (code, out.strip()) == (0, "the tide is out")


async def test_acpx_refuses_when_told_to(codex: OutsideAgent, model: ModelServer) -> None:
    """Exit code 5 says that something was refused; with JSON each message of the protocol is a line."""
    model.script.append(codex.to_run(f"touch {codex.cwd}/made"))
    code, out = await drive(codex, "--deny-all", "--format", "json", "exec", "Make it.")
    messages: list[dict[str, Any]] = [json.loads(line) for line in out.splitlines()]
    methods = [message.get("method") for message in messages]
    assert code == 5
    assert (
        methods.index("initialize")
        < methods.index("session/new")
        < methods.index("session/request_permission")
    )
    assert messages[-1]["result"]["stopReason"] == "cancelled"
    assert not (codex.cwd / "made").exists()
