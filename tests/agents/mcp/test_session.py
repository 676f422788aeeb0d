"""One conversation with an MCP server: a real one over each transport, and ones that behave badly."""

from __future__ import annotations

import asyncio
import os

import psutil
import pytest
from tests.agents.mcp.lines import free_port, listens, real, rough, start
from tests.children import bounded
from tests.waiting import until

from openclaw.agents.child_lines import Program
from openclaw.agents.mcp import session as module
from openclaw.agents.mcp.line import Address, Line, Wire
from openclaw.agents.mcp.session import MOST_TOOLS, Session, open_server
from openclaw.errors import ToolFailed

BOUND = 60.0
"""Far above what any wait here takes on a busy machine; it only ends a test that would hang."""


async def _exchange(session: Session) -> None:
    tools = {tool.name: tool for tool in await session.tools()}
    assert set(tools) == {"price", "buy", "environment", "grow"}
    assert (tools["price"].reads_only, tools["buy"].reads_only) == (True, False)
    assert tools["price"].description == "Tells the price of a thing."
    assert tools["price"].schema["properties"]["what"]["type"] == "string"
    assert await session.call("price", {"what": "cheese"}, 20) == "cheese costs 3 coins"
    with pytest.raises(ToolFailed, match="air is not for sale"):
        await session.call("buy", {"what": "air"}, 20)
    with pytest.raises(ToolFailed):
        await session.call("no-such-tool", {}, 20)
    assert await session.call("buy", {"what": "bread"}, 20) == "bought bread"


async def test_a_real_server_over_its_pipes() -> None:
    """Greeting, tools, results and errors as the protocol has them; its environment is what it was given."""
    os.environ["OPENAI_API_KEY"] = "not-for-you"
    try:
        async with asyncio.timeout(BOUND), open_server(real(SHOP_KEY="k-123456789")) as session:
            await _exchange(session)
            seen = (await session.call("environment", {}, 20)).split()
            assert "SHOP_KEY" in seen
            assert "OPENAI_API_KEY" not in seen
            await session.call("grow", {}, 20)
            # It says so in its own time.
            await until(lambda: _offers(session, "fresh"), "the new tool is listed")
            assert await session.call("fresh", {}, 20) == "new"
    finally:
        del os.environ["OPENAI_API_KEY"]


async def _offers(session: Session, name: str) -> bool:
    return name in [tool.name for tool in await session.tools()]


@pytest.mark.parametrize(("wire", "path"), [("streamable-http", "/mcp"), ("sse", "/sse")])
async def test_a_real_server_over_http(wire: Wire, path: str) -> None:
    """Both HTTP transports of the protocol, on loopback."""
    port = free_port()
    with bounded(start(wire, port)):
        await until(lambda: listens(port), "the server listens")
        line = Line("shop", Address(f"http://127.0.0.1:{port}{path}", wire, {"x-key": "v"}))
        async with asyncio.timeout(BOUND), open_server(line) as session:
            await _exchange(session)


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("ends", "exited with code 3: no licence"),
        ("silent", "no answer in time"),
        ("garbage", "no answer in time"),
    ],
)
async def test_a_server_that_does_not_start_says_why(
    how: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The operator reads the exit and the last words (ruling 18)."""
    monkeypatch.setattr(module, "ASK_SECONDS", 1.0)
    with pytest.raises(ToolFailed, match=says):
        async with asyncio.timeout(BOUND), open_server(rough(how)):
            raise AssertionError("it must not open")


async def test_a_server_that_is_not_there_says_so() -> None:
    """A mistyped command names itself; a mistyped address too, without its secrets."""
    missing = Line("x", Program(("no-such-program",), {}, {}))
    with pytest.raises(ToolFailed, match="no-such-program could not be started"):
        async with open_server(missing):
            raise AssertionError("it must not open")
    port = free_port()
    away = Line("y", Address(f"http://me:password1@127.0.0.1:{port}/mcp", "streamable-http", {}))
    with pytest.raises(ToolFailed) as caught:
        async with asyncio.timeout(BOUND), open_server(away):
            raise AssertionError("it must not open")
    assert "password1" not in str(caught.value)


async def test_death_in_the_middle_of_a_call_is_told_at_once() -> None:
    """Whoever waits on a peer that goes away is told (style 26), and the operator gets its last words."""
    async with asyncio.timeout(BOUND), open_server(rough("dies")) as session:
        with pytest.raises(ToolFailed, match="went away during the call"):
            await session.call("act", {}, 30)
        assert await session.ended() == "exited with code 7: I cannot go on"
        with pytest.raises(ToolFailed, match="is gone"):
            await session.call("who", {}, 30)


async def test_a_hanging_server_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call is bounded; a server that does not even answer a ping after it counts as gone, so that it is restarted."""
    monkeypatch.setattr(module, "PING_SECONDS", 0.3)
    async with asyncio.timeout(BOUND), open_server(rough("hangs")) as session:
        with pytest.raises(ToolFailed, match=r"no result within 0\.3 s"):
            await session.call("act", {}, 0.3)
        assert "standstill" in await session.ended()


async def test_a_cancelled_call_leaves_the_session_usable() -> None:
    """/stop ends the call and not the server (design 8: cancel)."""
    async with asyncio.timeout(BOUND), open_server(real()) as session:
        await session.tools()
        call = asyncio.ensure_future(session.call("price", {"what": "x"}, 20))
        await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert await session.call("price", {"what": "y"}, 20) == "y costs 3 coins"


@pytest.mark.parametrize("how", ["floods", "chatters"])
async def test_a_flood_stays_in_the_pipe(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that says more than anybody can hear costs its call, not our memory (style 25)."""
    monkeypatch.setattr(module, "PING_SECONDS", 0.3)
    before = psutil.Process().memory_info().rss
    async with asyncio.timeout(BOUND), open_server(rough(how)) as session:
        with pytest.raises(ToolFailed):
            await session.call("act", {}, 1.0)
    assert psutil.Process().memory_info().rss - before < 64 * 2**20


async def test_garbage_between_messages_is_passed_over() -> None:
    """Many servers print what does not belong there; it is logged and left out."""
    async with asyncio.timeout(BOUND), open_server(rough("babbles")) as session:
        assert await session.call("act", {}, 20) == "acted"


async def test_no_more_tools_are_taken_than_a_model_can_read() -> None:
    """The list is bounded (style 25)."""
    async with asyncio.timeout(BOUND), open_server(rough("many")) as session:
        assert len(await session.tools()) == MOST_TOOLS


@pytest.mark.parametrize("how", ["", "stubborn"])
async def test_the_child_is_gone_with_its_session(how: str) -> None:
    """Input closed, then TERM, then KILL (design 5: children)."""
    async with asyncio.timeout(BOUND), open_server(rough(how)) as session:
        child = psutil.Process(int(await session.call("who", {}, 20)))
    assert not child.is_running()
