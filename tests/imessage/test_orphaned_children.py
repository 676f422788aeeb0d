"""A gateway that is killed (-9) leaves no child behind: the end of its input ends each, or the next start does."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
from tests.imessage.phones import BOUND, scripted

import openclaw
from openclaw.jsonrpc.orphans import reap_orphans

ROOT = Path(__file__).parents[2]
_SOURCE = str(Path(openclaw.__file__).parents[1])

# Watches, sends and reads, so that all three children are there, says so, and waits to be killed.
GATEWAY = """
import asyncio, sys
sys.path[:0] = [SOURCE, ROOT]
from tests.imessage.phones import Account, connected

async def main():
    async with connected(Account(CLI)) as (phone, _, _):
        await phone.chats()
        print("up", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@asynccontextmanager
async def killed(cli: str) -> AsyncGenerator[list[psutil.Process]]:
    """The children of a gateway that has just been killed; whatever is left of them is ended afterwards."""
    program = (
        GATEWAY.replace("SOURCE", repr(_SOURCE)).replace("ROOT", repr(str(ROOT))).replace("CLI", repr(cli))
    )
    gateway = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE
    )
    assert gateway.stdout
    async with asyncio.timeout(BOUND):
        while (line := await gateway.stdout.readline()) != b"up\n":
            assert line, "the gateway ended by itself"
    # Those that stay; what is asked briefly beside them ends by itself.
    children = [
        child for child in psutil.Process(gateway.pid).children(recursive=True) if "rpc" in child.cmdline()
    ]
    try:
        os.kill(gateway.pid, signal.SIGKILL)
        await gateway.wait()
        yield children
    finally:
        for child in children:
            if child.is_running():
                child.kill()


async def gone(children: list[psutil.Process]) -> bool:
    """Whether all of them end within the bound."""
    _, alive = await asyncio.to_thread(psutil.wait_procs, children, BOUND)
    return not alive


async def test_children_end_with_their_input(tmp_path: Path) -> None:
    """What imsg does at the end of its input (imsg contract 1.1); nobody is needed for it."""
    async with killed(scripted(tmp_path, "for request in requests(): ordinary(request)")) as children:
        assert len(children) >= 3
        assert await gone(children)


async def test_a_child_that_clings_to_life_is_ended_by_the_next_start(tmp_path: Path) -> None:
    """Neither the end of its input nor TERM impresses it; its environment proves whose it was (design 5)."""
    cling = (
        "import signal\nfor name in (signal.SIGTERM, signal.SIGHUP): signal.signal(name, signal.SIG_IGN)\n"
    )
    async with killed(
        scripted(tmp_path, f"{cling}for request in requests(): ordinary(request)\ntime.sleep(600)")
    ) as children:
        assert len(children) >= 3
        assert all(child.is_running() for child in children)
        reaped = await asyncio.to_thread(reap_orphans)
        assert {child.pid for child in children} <= set(reaped)
        assert await gone(children)
