"""The configuration file of a measured gateway: one person's smallest setup, in keys that the original knows."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any


def settings(phone: Path, base_url: str, workspace: Path) -> dict[str, Any]:
    """A configuration with ``phone`` as its imsg and the model at ``base_url``; everybody may write directly.

    Group messages are switched off and dropped: that is how the bench fills a gateway with rows.
    """
    free = {"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0}
    model = {
        "id": "instant",
        "name": "instant",
        "reasoning": False,
        "input": ["text"],
        "cost": free,
        "contextWindow": 200_000,
        "maxTokens": 4096,
    }
    provider = {"baseUrl": base_url, "apiKey": "x", "api": "openai-completions", "models": [model]}
    defaults = {"model": {"primary": "bench/instant"}, "workspace": str(workspace), "skipBootstrap": True}
    return {
        "gateway": {
            "mode": "local",
            "port": _free_port(),
            "bind": "loopback",
            "auth": {"mode": "token", "token": "bench-only-on-loopback"},
        },
        "session": {"dmScope": "per-channel-peer"},
        "models": {"providers": {"bench": provider}},
        "agents": {"defaults": defaults},
        "channels": {
            "imessage": {
                "enabled": True,
                "cliPath": str(phone),
                "dmPolicy": "open",
                "allowFrom": ["*"],
                "groupPolicy": "disabled",
            }
        },
    }


def without_brakes(content: dict[str, Any]) -> dict[str, Any]:
    """The same with every brake out of the way: what is measured is speed, and a bench talks like no person does."""
    high = 1_000_000
    messages = content.get("messages", {}) | {
        "fuse": {"perContactPerMinute": high, "newContactsPerHour": high, "perAccountPerMinute": high},
        "loop": {"maxTurnsPerMinute": high},
    }
    return content | {"messages": messages}


def write_settings(path: Path, content: dict[str, Any]) -> None:
    """Write ``content`` for the eyes of the owner only."""
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    os.chmod(path, 0o600)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
