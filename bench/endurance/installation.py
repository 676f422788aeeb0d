"""One installation under soak: simulated Mac, configuration, and the gateway's process with whatever it starts.

Owns the processes. It must not know what is said nor what counts as right.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openclaw.simulator import phone
from openclaw.simulator.behaviour import write_settings as write_behaviour

from ..processes import of_environment, tree
from ..settings import settings, without_brakes, write_settings
from .crowd import BOT, Crowd

_SOURCE = Path(__file__).resolve().parents[2] / "src"
_READY_S, _STOP_S, _LOOK_S = 60.0, 20.0, 0.1
# Quick, so that a soak of minutes sees many messages; a real Mac waits a quarter of a second.
_PACE = {"debounceMs": 20, "pollMs": 200}
_IMSG = "openclaw.simulator.imsg"


@dataclass(slots=True)
class Installation:
    """Where everything is, and the gateway that runs there now."""

    root: Path
    crowd: Crowd
    model_url: str
    port: int = 0
    gateway: asyncio.subprocess.Process | None = None
    born: float = 0.0
    starts: int = 0
    ready_s: list[float] = field(default_factory=list[float])
    behaviour: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def database(self) -> Path:
        """The simulated Mac's."""
        return self.root / "chat.db"

    @property
    def state(self) -> Path:
        """The gateway's state directory."""
        return self.root / "state"

    @property
    def log(self) -> Path:
        """What the gateway printed in all its lives."""
        return self.root / "gateway.log"

    def build(self) -> None:
        """Make the Mac with its groups, and the configuration."""
        phone.create_database(self.database)
        for name, members in self.crowd.groups.items():
            phone.make_group(self.database, name, members)
        self.state.mkdir(mode=0o700)
        imsg = self.root / "imsg"
        imsg.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {_IMSG} "$@"\n')
        imsg.chmod(0o700)
        content = without_brakes(settings(imsg, self.model_url, self.root / "workspace"))
        content["channels"]["imessage"] |= {
            "dbPath": str(self.database),
            "dmPolicy": "pairing",
            "allowFrom": list(self.crowd.allowed),
            "groupPolicy": "allowlist",
            "groupAllowFrom": list(self.crowd.allowed),
            "groups": {"*": {"requireMention": True}},
            "chunkMode": "newline",
            # What is said beside the agent would be in what its model is asked, and the marks of it in the answer.
            "historyLimit": 0,
        }
        content["messages"]["groupChat"] = {"mentionPatterns": [BOT]}
        self.port = content["gateway"]["port"]
        write_settings(self.state / "openclaw.json", content)

    def behave(self, *entries: dict[str, Any], **more: Any) -> None:
        """Set the Mac's misbehaviours to ``entries``; ``more`` settings stay until they are set again."""
        self.behaviour |= more
        write_behaviour(str(self.database), {**_PACE, **self.behaviour, "misbehaviour": list(entries)})

    def environ(self) -> dict[str, str]:
        """What the gateway sees: nothing of the caller's own configuration."""
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG")}
        return kept | {
            "PYTHONPATH": str(_SOURCE),
            "HOME": str(self.root),
            "OPENCLAW_STATE_DIR": str(self.state),
            "NO_COLOR": "1",
        }

    async def start(self) -> None:
        """Start the gateway; it is not waited for."""
        with self.log.open("ab") as log:
            self.gateway = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "openclaw", "gateway", "run"),
                **{"stdin": asyncio.subprocess.DEVNULL, "stdout": log, "stderr": log},
                env=self.environ(), cwd=self.root, start_new_session=True,
            )  # fmt: skip
        self.born, self.starts = time.monotonic(), self.starts + 1

    async def ready(self) -> bool:
        """Wait until the gateway says that it is ready; false when it ended or took too long."""
        gateway, begun = self.gateway, self.born
        while gateway is not None and gateway.returncode is None and time.monotonic() - begun < _READY_S:
            if await self._says_ready():
                self.ready_s.append(time.monotonic() - begun)
                return True
            await asyncio.sleep(_LOOK_S)
        return False

    async def end(self, number: signal.Signals) -> None:
        """End the gateway by a signal and wait for it; one that does not listen is killed."""
        gateway = self.gateway
        if gateway is None:
            return
        with suppress(ProcessLookupError):
            gateway.send_signal(number)
        with suppress(TimeoutError):
            async with asyncio.timeout(_STOP_S):
                await gateway.wait()
        if gateway.returncode is None:
            gateway.kill()
            await gateway.wait()
        self.gateway = None

    def tree_pids(self) -> list[int]:
        """The gateway first, then what it started; nothing while there is no gateway."""
        gateway = self.gateway
        return (
            []
            if gateway is None or gateway.returncode is not None
            else [each.pid for each in tree(gateway.pid)]
        )

    def children(self) -> list[int]:
        """The gateway's imsg processes."""
        return [pid for pid in self.tree_pids()[1:] if _IMSG in _command_line(pid)]

    def strays(self) -> dict[int, str]:
        """Processes of this installation that are no part of the running gateway, with their command lines."""
        ours = of_environment("OPENCLAW_STATE_DIR", str(self.state))
        return {pid: _command_line(pid) for pid in sorted(ours - set(self.tree_pids()))}

    async def clear(self) -> None:
        """End everything that is left."""
        await self.end(signal.SIGTERM)
        for pid in self.strays():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    async def _says_ready(self) -> bool:
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(2):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                host = f"127.0.0.1:{self.port}"
                writer.write(f"GET /readyz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                answer = await reader.read()
                writer.close()
                return b" 200 " in answer.partition(b"\r\n")[0]
        return False


def last_words(installation: Installation, size: int = 2000) -> str:
    """The end of what the gateway printed."""
    return installation.log.read_text(errors="replace")[-size:]


def dump(path: Path, content: Any) -> None:
    """Write ``content`` as JSON."""
    path.write_text(json.dumps(content, indent=1, default=str) + "\n", encoding="utf-8")


def _command_line(pid: int) -> str:
    try:
        return (
            Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
        )
    except OSError:
        return ""
