"""What the machine can do at best: the floor under every figure of a gateway."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from .model import Model

_ECHO = "import sys,json\nfor l in sys.stdin:\n print(json.dumps({'id':json.loads(l)['id'],'result':{}}),flush=True)"
_TIMES = 200


def machine() -> dict[str, str]:
    """The names of processor, system and Python."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    models = [line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")]
    return {
        "processor": models[0] if models else platform.machine(),
        "cores": str(len(os.sched_getaffinity(0))),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load": " ".join(f"{each:.2f}" for each in os.getloadavg()),
    }


async def limits(folder: Path, model: Model) -> dict[str, float]:
    """The raw figures, in milliseconds: medians of many."""
    return {
        "JSON-RPC round trip over pipes": _pipe(),
        "SQLite commit, WAL, FULL sync": _commit(folder),
        "fsync of 4 KiB": _fsync(folder),
        "model call over loopback": await _model_call(model),
        "bare Python start": _start([]),
        "bare Python start, isolated (-IS)": _start(["-IS"]),
    }


def _median_ms(step: Callable[[], object], times: int) -> float:
    taken = list[float]()
    for _ in range(times):
        begun = time.perf_counter()
        step()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken) * 1000


def _pipe() -> float:
    with subprocess.Popen(
        [sys.executable, "-c", _ECHO], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as echo:
        stdin, stdout = echo.stdin, echo.stdout
        assert stdin is not None
        assert stdout is not None

        def step() -> None:
            stdin.write(
                json.dumps({"jsonrpc": "2.0", "id": "1", "method": "send", "params": {}}).encode() + b"\n"
            )
            stdin.flush()
            json.loads(stdout.readline())

        step()
        taken = _median_ms(step, _TIMES)
        stdin.close()
    return taken


def _commit(folder: Path) -> float:
    connection = sqlite3.connect(folder / "limit.sqlite", isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE row (text)")
        return _median_ms(lambda: connection.execute("INSERT INTO row VALUES (?)", ("x" * 200,)), _TIMES)
    finally:
        connection.close()


def _fsync(folder: Path) -> float:
    with (folder / "limit.bin").open("wb", buffering=0) as file:
        return _median_ms(lambda: (file.write(b"x" * 4096), os.fsync(file.fileno())), _TIMES)


async def _model_call(model: Model) -> float:
    body = json.dumps({"model": "instant", "messages": [{"role": "user", "content": "m-x-1"}]}).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", model.port)
    taken = list[float]()
    for _ in range(_TIMES):
        begun = time.perf_counter()
        writer.write(head + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(answer.rpartition(b"Content-Length: ")[2]))
        taken.append(time.perf_counter() - begun)
    writer.close()
    return statistics.median(taken) * 1000


def _start(options: list[str]) -> float:
    return _median_ms(lambda: subprocess.run([sys.executable, *options, "-c", "pass"], check=True), 10)
