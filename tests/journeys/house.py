"""A whole installation for one test: simulated Mac, model server, gateway and command line, each a process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.waiting import BOUND_S, until

from openclaw.simulator import phone

OPENCLAW = (sys.executable, "-m", "openclaw")


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has run."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """What it printed, as data."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class House:
    """One installation in a directory of its own."""

    root: Path

    @property
    def mac(self) -> Path:
        """The simulated Mac's database."""
        return self.root / "chat.db"

    @property
    def state(self) -> Path:
        """The gateway's state directory."""
        return self.root / "state"

    @property
    def environ(self) -> dict[str, str]:
        """What every process of the house sees; nothing of the tester's own configuration."""
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "PYTHONPATH", "LANG")}
        return kept | {"HOME": str(self.root), "OPENCLAW_STATE_DIR": str(self.state), "NO_COLOR": "1"}

    def configure(self, **sections: Any) -> None:
        """Write the configuration, with a control port that is free."""
        self.state.mkdir(mode=0o700, exist_ok=True)
        path = self.state / "openclaw.json"
        path.write_text(json.dumps({"gateway": {"port": free_port()}} | sections))
        path.chmod(0o600)

    def misbehave(self, **settings: Any) -> None:
        """Tell the simulated Mac how to be; read again at each of its polls."""
        Path(f"{self.mac}.simulator.json").write_text(json.dumps({"debounceMs": 0, "pollMs": 20} | settings))

    async def openclaw(self, *words: str, stdin: str = "") -> Ended:
        """Run a command to its end."""
        process = await asyncio.create_subprocess_exec(
            *OPENCLAW, *words, env=self.environ, stdin=PIPE, stdout=PIPE, stderr=PIPE
        )
        async with asyncio.timeout(BOUND_S):
            out, err = await process.communicate(stdin.encode())
        return Ended(process.returncode or 0, out.decode(), err.decode())

    async def replies(self, handle: str, count: int) -> list[str]:
        """What the gateway wrote to ``handle``, once there are ``count`` bubbles."""

        async def look() -> list[str] | None:
            texts = [bubble.text for bubble in phone.read_thread(self.mac, handle) if bubble.from_me]
            return texts if len(texts) >= count else None

        return await until(look, f"{count} replies to {handle}")

    @asynccontextmanager
    async def gateway(self, *words: str) -> AsyncGenerator[Process]:
        """A running gateway that is ready, started with ``words``; ended by SIGTERM, and it must end well."""
        log = (self.root / "gateway.log").open("ab")
        process = await asyncio.create_subprocess_exec(
            *OPENCLAW, "gateway", *words, env=self.environ, stdin=DEVNULL, stdout=log, stderr=log
        )
        try:
            await until(lambda: self._ready(process), "the gateway is ready")
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(BOUND_S):
                await process.wait()
            log.close()

    async def _ready(self, process: Process) -> bool:
        assert process.returncode is None, (self.root / "gateway.log").read_text()
        status = await self.openclaw("channels", "status", "--json")
        if status.code != 0:
            return False
        accounts = status.json()["channelAccounts"]["imessage"]
        return all(account["state"] == "connected" for account in accounts)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def build(root: Path) -> House:
    """A house with an empty Mac, whose ``imsg`` is the simulated one."""
    house = House(root)
    phone.create_database(house.mac)
    house.misbehave()
    wrapper = root / "imsg"
    wrapper.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m openclaw.simulator.imsg "$@"\n')
    wrapper.chmod(0o755)
    return house


def channel(house: House, **more: Any) -> dict[str, Any]:
    """The ``channels`` section of the requirements' first block, for this house."""
    return {
        "imessage": {"enabled": True, "cliPath": str(house.root / "imsg"), "dbPath": str(house.mac)} | more
    }


def model(address: str) -> dict[str, Any]:
    """The sections that let the model server at ``address`` answer."""
    provider = {"baseUrl": f"{address}/v1", "apiKey": "key", "api": "openai-completions", "models": []}
    provider["models"] = [{"id": "tiny", "name": "tiny"}]
    return {
        "models": {"providers": {"test": provider}},
        "agents": {"defaults": {"model": {"primary": "test/tiny"}}},
    }
