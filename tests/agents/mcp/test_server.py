"""The life of a server: started when needed, restarted after its death, ended when idle, never in a turn's way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import psutil
import pytest
from tests.agents.mcp.lines import free_port, listens, rough, start
from tests.children import bounded
from tests.waiting import until

from openclaw.agents.mcp import server as module
from openclaw.agents.mcp.line import Address, Line, Wire
from openclaw.agents.mcp.server import Server
from openclaw.agents.tools.tool import Tool
from openclaw.errors import ToolFailed
from openclaw.supervision import Backoff

BOUND = 60.0
"""Far above what any wait here takes on a busy machine; it only ends a test that would hang."""


@asynccontextmanager
async def _open(line: Line, idle_seconds: float | None = None, first: float = 0.05) -> AsyncGenerator[Server]:
    async with asyncio.timeout(BOUND), asyncio.TaskGroup() as group:
        server = Server(line, idle_seconds, group, Backoff(first=first))
        try:
            yield server
        finally:
            await server.stop()


async def _tool(server: Server, name: str) -> Tool:
    return next(tool for tool in await server.tools() if tool.name == f"rough__{name}")


async def _process(server: Server) -> psutil.Process:
    return psutil.Process(int(await (await _tool(server, "who")).run({})))


async def test_it_starts_with_its_first_use_and_once_for_all() -> None:
    """Nothing runs before an agent needs it; all turns share one process (design 8)."""
    async with _open(rough("slow")) as server:
        before = len(psutil.Process().children())
        await asyncio.sleep(0)
        assert len(psutil.Process().children()) == before
        both = await asyncio.gather(_process(server), _process(server))
        assert both[0] == both[1]
    assert not both[0].is_running()


async def test_its_tools_bear_its_name_and_count_as_acting() -> None:
    """``server__tool``; what does not say that it only reads marks the turn (design 4)."""
    async with _open(rough()) as server:
        assert {(tool.name, tool.has_effect) for tool in await server.tools()} == {
            ("rough__who", True),
            ("rough__act", True),
        }


async def test_after_its_death_it_is_started_again() -> None:
    """With a growing wait (supervision), and its tools work again as they are."""
    async with _open(rough()) as server:
        who = await _tool(server, "who")
        first = await _process(server)
        first.kill()

        async def again() -> psutil.Process | None:
            try:
                return psutil.Process(int(await who.run({})))
            except ToolFailed:
                return None

        assert await until(again, "it runs again") != first
        assert server.trouble == ""


@pytest.mark.parametrize(("wire", "path"), [("streamable-http", "/mcp"), ("sse", "/sse")])
async def test_a_server_at_an_address_is_found_again_after_it_was_away(wire: Wire, path: str) -> None:
    """It runs elsewhere and is restarted there; a call in between fails, a later one works (design 8)."""
    port = free_port()
    line = Line("shop", Address(f"http://127.0.0.1:{port}{path}", wire, {}))
    async with _open(line) as server:
        with bounded(start(wire, port)):
            await until(lambda: listens(port), "the server listens")
            [price] = [tool for tool in await server.tools() if tool.name == "shop__price"]
            assert await price.run({"what": "tea"}) == "tea costs 3 coins"
        with pytest.raises(ToolFailed):
            await price.run({"what": "tea"})
        with bounded(start(wire, port)):

            async def works() -> bool:
                try:
                    return await price.run({"what": "tea"}) == "tea costs 3 coins"
                except ToolFailed:
                    return False

            await until(works, "it works again")


async def test_death_in_a_call_costs_the_call() -> None:
    """The model is told; the server comes back."""
    async with _open(rough("dies")) as server:
        with pytest.raises(ToolFailed, match="went away"):
            await (await _tool(server, "act")).run({})

        async def back() -> bool:
            return bool(await server.tools())

        await until(back, "it has its tools again")


async def test_a_server_that_fails_costs_its_tools_and_no_time() -> None:
    """The first turn waits for the attempt, the next ones do not; the operator is told why (design 8)."""
    async with _open(rough("ends"), first=60.0) as server:
        assert await server.tools() == ()
        assert server.trouble == "exited with code 3: no licence"
        async with asyncio.timeout(5):
            assert await server.tools() == ()


async def test_a_turn_does_not_wait_for_ever_for_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that neither starts nor fails is left behind (style 25)."""
    monkeypatch.setattr(module, "FIRST_WAIT_SECONDS", 0.5)
    async with _open(rough("silent")) as server:
        assert await server.tools() == ()


async def test_an_idle_server_is_ended_and_started_again_when_needed() -> None:
    """mcp.sessionIdleTtlMs: what nobody needs takes no memory."""
    async with _open(rough(), idle_seconds=0.3) as server:
        first = await _process(server)

        async def gone() -> bool:
            return not first.is_running()

        await until(gone, "the idle server has ended")
        assert await _process(server) != first


async def test_a_stopped_server_leaves_nothing() -> None:
    """Ended with the gateway, even in the middle of its start."""
    async with _open(rough("silent")) as server:
        waiting = asyncio.ensure_future(server.tools())

        async def started() -> list[psutil.Process]:
            return [child for child in psutil.Process().children() if "silent" in child.cmdline()]

        [child] = await until(started, "it has been started")
        await server.stop()
        waiting.cancel()
    assert not child.is_running()
