"""Whether outside agents start: real programs, and one that fails at its first word."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from tests.rig import configure

from openclaw.agents.acp.trial import Standing, try_out
from openclaw.config.acp import AcpSettings, acp_settings

_SCRIPTED = str(Path(__file__).with_name("scripted_agent.py"))


def _settings(**agents: Any) -> AcpSettings:
    return acp_settings(configure({"acp": {"agents": agents, "allowedAgents": ["good", "bad", "npm"]}}))


def _scripted(**script: Any) -> dict[str, Any]:
    environ = {"AGENT_SCRIPT": json.dumps(script), "PYTHONPATH": os.pathsep.join(sys.path)}
    return {"command": sys.executable, "args": [_SCRIPTED], "env": environ}


async def test_each_is_started_greeted_and_ended_or_said_why_not(tmp_path: Path) -> None:
    """Its name and release; its last words; how to install it; and one that npx would fetch is left alone."""
    npx = tmp_path / "npx"
    npx.write_text("#!/bin/sh\nexit 7\n")
    npx.chmod(0o755)
    settings = _settings(
        good=_scripted(),
        bad=_scripted(exit_at="initialize"),
        gone={"command": "/nowhere/agent"},
        npm={"command": str(npx), "args": ["-y", "something"]},
    )
    names = ["good", "bad", "gone", "npm"]
    good, bad, gone, npm = await try_out(settings, os.environ, names, fetch=False, seconds=20)
    assert (good.standing, good.is_allowed) == (Standing.STARTS, True)
    assert good.says.startswith("scripted ")
    assert bad.standing is Standing.BROKEN
    assert "exited with code" in bad.says
    assert (gone.standing, gone.argv, gone.is_allowed) == (Standing.MISSING, None, False)
    assert "/nowhere/agent" in gone.says
    assert npm.standing is Standing.FETCHED
    [npm] = await try_out(settings, os.environ, ["npm"], fetch=True, seconds=20)
    assert (npm.standing, "code 7" in npm.says) == (Standing.BROKEN, True)


async def test_our_own_agent_is_one_of_them(tmp_path: Path) -> None:
    """`openclaw acp` needs no program on the path; like every other it is started with its own configuration."""
    provider = {"baseUrl": "http://127.0.0.1:9/v1", "apiKey": "k", "api": "openai-completions", "models": []}
    document = {
        "models": {"providers": {"test": provider}},
        "agents": {"defaults": {"model": {"primary": "test/tiny"}}},
    }
    (tmp_path / ".openclaw").mkdir(mode=0o700)
    (tmp_path / ".openclaw" / "openclaw.json").write_text(json.dumps(document))
    environ = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    [own] = await try_out(acp_settings(configure({})), environ, ["openclaw"], fetch=False, seconds=20)
    assert (own.standing, own.says.startswith("openclaw ")) == (Standing.STARTS, True), own.says
