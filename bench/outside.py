"""``python -m bench.outside``: what an outside agent costs beside the bare library of its protocol. Figures only.

In one process, without a phone and a ledger, against the scripted agent of the tests. Needs this project's own
environment. The number of sessions can be given; fifty programs of Python take their time to start.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psutil
import structlog
from acp import PROTOCOL_VERSION, connect_to_agent, text_block
from tests.agents.acp.outside import (
    AGENT,
    KEY,
    Book,
    environ,
    events,
    is_running,
    neighbours,
    session,
    settings,
)

from openclaw.agents.acp.runtime import AcpRuntime, open_acp
from openclaw.domain.ids import SessionKey
from openclaw.errors import AgentFailed

_TURNS = 300
_DEATHS = 10
_SESSIONS = 50
_ROUNDS = 5
_WORDS = "!say " + "word " * 100
"""A hundred updates a turn."""


class _Client:
    """Counts what it is told, and nothing else."""

    async def session_update(self, session_id: str, update: Any, **kwargs: Any) -> None:
        pass

    def on_connect(self, conn: Any) -> None:
        pass


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else _SESSIONS
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logging.getLogger().addFilter(lambda record: False)
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(_measure(Path(directory), count))


async def _measure(folder: Path, count: int) -> None:
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    async with open_acp(settings(folder), environ(), neighbours(Book(folder))) as runtime:
        for name, words in (("short turn", "hi"), ("turn of 100 updates", _WORDS)):
            print(f"{name}, bare library: {await _bare(folder, words)}")
            print(f"{name}, runtime: {await _timed(lambda words=words: events(runtime, words))}")
        await _deaths(runtime, folder)
    await _crowd(folder, count)


async def _bare(folder: Path, words: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *AGENT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=folder
    )
    assert process.stdin
    assert process.stdout
    client: Any = _Client()
    connection = connect_to_agent(client, process.stdin, process.stdout)
    await connection.initialize(PROTOCOL_VERSION)
    begun = await connection.new_session(str(folder))
    try:
        return await _timed(lambda: connection.prompt(begun.session_id, [text_block(words)]))
    finally:
        await connection.close()
        process.kill()
        await process.wait()


async def _timed(turn: Callable[[], Awaitable[object]]) -> str:
    for _ in range(10):
        await turn()
    taken, cpu = list[float](), time.process_time()
    for _ in range(_TURNS):
        began = time.perf_counter()
        await turn()
        taken.append((time.perf_counter() - began) * 1000)
    cpu = (time.process_time() - cpu) / _TURNS * 1000
    p95 = statistics.quantiles(taken, n=20)[-1]
    return f"median {statistics.median(taken):.2f} ms, p95 {p95:.2f} ms, our CPU {cpu:.2f} ms"


async def _deaths(runtime: AcpRuntime, folder: Path) -> None:
    told, again = list[float](), list[float]()
    for _ in range(_DEATHS):
        await events(runtime, "hi")
        pid = runtime.live()[0].pid
        journal = folder / KEY.replace(":", "-") / "journal"
        journal.unlink()
        turn = asyncio.ensure_future(events(runtime, "!hang"))
        while not journal.exists() or "hangs" not in journal.read_text():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        began = time.perf_counter()
        os.kill(pid, signal.SIGKILL)
        try:
            await turn
        except AgentFailed:
            told.append((time.perf_counter() - began) * 1000)
        assert not is_running(pid)
        began = time.perf_counter()
        await events(runtime, "hi")
        again.append((time.perf_counter() - began) * 1000)
    print(
        f"agent killed: turn settled after median {statistics.median(told):.1f} ms, most {max(told):.1f} ms"
    )
    print(f"  next turn, its start included: median {statistics.median(again):.0f} ms")


async def _crowd(folder: Path, count: int) -> None:
    ours = psutil.Process()
    before = ours.memory_full_info().pss / 2**20
    sessions = [session(SessionKey(f"agent:many:acp:{number}")) for number in range(count)]
    async with open_acp(settings(folder), environ(), neighbours(Book(folder))) as runtime:
        began = time.perf_counter()
        async with asyncio.timeout(300):
            for first in range(0, count, 4):
                await asyncio.gather(*(events(runtime, "hi", one) for one in sessions[first : first + 4]))
        started = time.perf_counter() - began
        rounds = list[float]()
        for _ in range(_ROUNDS):
            began = time.perf_counter()
            await asyncio.gather(*(events(runtime, _WORDS, one) for one in sessions))
            rounds.append(time.perf_counter() - began)
        after = ours.memory_full_info().pss / 2**20
        began = time.perf_counter()
        runtime.live()
        looked = (time.perf_counter() - began) * 1000
        began = time.perf_counter()
    ended = time.perf_counter() - began
    print(f"{count} sessions: started, four at a time, in {started:.1f} s; all ended in {ended:.2f} s")
    print(
        f"  our memory {before:.0f} MiB before, {after:.0f} MiB after; a look at their figures {looked:.0f} ms"
    )
    print(f"  a turn of 100 updates in each at once: median {statistics.median(rounds):.2f} s")


if __name__ == "__main__":
    main()
