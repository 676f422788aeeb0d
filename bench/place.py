"""A gateway of this source with much in its ledger, on a simulated Mac that holds the same; each run makes its own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from .model import open_model
from .settings import settings, write_settings
from .stored import Exchange, fill_ledger, fill_mac

_SOURCE = Path(__file__).resolve().parent.parent / "src"
_READY_S, _STOP_S, _LOOK_S = 60.0, 20.0, 0.1
# Quick, so that what is measured is the gateway and the page, not the phone's own delay.
_POLL = {"debounceMs": 0, "pollMs": 20}


class BenchFailed(Exception):
    """The bench itself cannot go on; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """A running gateway with its Mac: where it is, and who may come in."""

    database: Path
    address: str
    token: str
    said: Sequence[Exchange]


@asynccontextmanager
async def open_place(root: Path) -> AsyncGenerator[Place]:
    """A gateway under ``root`` that has taken everything in, with its Mac and a model; ended with the context."""
    database, home = root / "chat.db", root / "home"
    said = fill_mac(database)
    Path(f"{database}.simulator.json").write_text(json.dumps(_POLL))
    state = home / "state"
    state.mkdir(parents=True, mode=0o700)
    await fill_ledger(state, said)
    imsg = root / "imsg"
    imsg.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m openclaw.simulator.imsg "$@"\n')
    imsg.chmod(0o700)
    async with open_model() as model:
        content = settings(imsg, model.base_url, home / "workspace")
        content["channels"]["imessage"] |= {"dbPath": str(database), "groupPolicy": "open"}
        write_settings(root / "openclaw.json", content)
        gateway = content["gateway"]
        async with _gateway(root, database, home) as process:
            place = Place(database, f"http://127.0.0.1:{gateway['port']}", gateway["auth"]["token"], said)
            await _ready(place, process, root / "gateway.log")
            yield place


@asynccontextmanager
async def _gateway(root: Path, database: Path, home: Path) -> AsyncGenerator[Process]:
    environ: Mapping[str, str] = {
        **{key: value for key, value in os.environ.items() if not key.startswith("OPENCLAW_")},
        "HOME": str(home),
        "PYTHONPATH": str(_SOURCE),
        "OPENCLAW_STATE_DIR": str(home / "state"),
        "OPENCLAW_CONFIG_PATH": str(root / "openclaw.json"),
    }
    command = (sys.executable, "-m", "openclaw", "gateway", "--phone", str(database))
    with (root / "gateway.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command, env=environ, stdin=DEVNULL, stdout=log, stderr=log
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            with suppress(TimeoutError):
                async with asyncio.timeout(_STOP_S):
                    await process.wait()
            if process.returncode is None:
                process.kill()


async def _ready(place: Place, process: Process, log: Path) -> None:
    host, _, port = place.address.removeprefix("http://").partition(":")
    deadline = time.monotonic() + _READY_S
    while process.returncode is None and time.monotonic() < deadline:
        with suppress(OSError):
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(f"GET /readyz HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
            answer = await reader.read()
            writer.close()
            if b" 200 " in answer.partition(b"\r\n")[0]:
                return
        await asyncio.sleep(_LOOK_S)
    raise BenchFailed(
        f"the gateway was not ready within {_READY_S:g} s; its last words:\n{log.read_text()[-2000:]}"
    )
