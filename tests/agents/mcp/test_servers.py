"""All servers of a gateway: what rights permit of them, and what a change of the configuration does to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import psutil
from tests.agents.mcp.lines import rough

from openclaw.agents.mcp.line import Line
from openclaw.agents.mcp.servers import Servers
from openclaw.domain.tools import EVERY_TOOL, NO_TOOLS, ToolRights, ToolRule

BOUND = 60.0
"""Far above what any wait here takes on a busy machine; it only ends a test that would hang."""


@asynccontextmanager
async def _open(*lines: Line) -> AsyncGenerator[Servers]:
    async with asyncio.timeout(BOUND), asyncio.TaskGroup() as group:
        servers = Servers(lines, None, group)
        try:
            yield servers
        finally:
            await servers.stop()


def _children() -> list[psutil.Process]:
    return [
        child for child in psutil.Process().children() if any("rough" in word for word in child.cmdline())
    ]


async def _names(servers: Servers, rights: ToolRights) -> Sequence[str]:
    return sorted(tool.name for tool in await servers.tools(rights))


async def test_only_permitted_tools_are_given_and_only_their_servers_started() -> None:
    """Whoever may not use a server must not start it either (design 8)."""
    async with _open(rough(name="one"), rough(name="two")) as servers:
        assert await _names(servers, NO_TOOLS) == []
        assert await _names(servers, ToolRights(frozenset({ToolRule(deny=frozenset({"*__*"}))}))) == []
        assert _children() == []
        assert await _names(servers, ToolRights(frozenset({ToolRule(frozenset({"one__w*"}))}))) == [
            "one__who"
        ]
        assert len(_children()) == 1
        assert len(await _names(servers, EVERY_TOOL)) == 4


async def test_one_that_fails_does_not_take_the_others_along() -> None:
    """Its tools are missing, theirs are there; who asks learns which does not run and why."""
    async with _open(rough("ends", "bad"), rough(name="good")) as servers:
        assert await _names(servers, EVERY_TOOL) == ["good__act", "good__who"]
        assert servers.troubles == {"bad": "exited with code 3: no licence"}


async def test_a_change_ends_what_changed_and_nothing_else() -> None:
    """Adopted while running: a server whose line is as before keeps its process (docs/reload.md)."""
    async with _open(rough(name="kept"), rough(name="gone"), rough(name="changed")) as servers:
        await servers.tools(EVERY_TOOL)
        before = {child.pid for child in _children()}
        await servers.adopt([rough(name="kept"), rough("slow", "changed"), rough(name="new")], None)
        assert len(_children()) == 1
        assert await _names(servers, EVERY_TOOL) == [
            *("changed__act", "changed__who", "kept__act", "kept__who", "new__act", "new__who")
        ]
        assert len({child.pid for child in _children()} & before) == 1
