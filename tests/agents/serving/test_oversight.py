"""The calls of tools as a client sees them, and the leave that it gives."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from acp.exceptions import RequestError
from acp.schema import RequestPermissionResponse
from tests.agents.serving.editor import Editor
from tests.waiting import BOUND_S

from openclaw.agents.mcp.servers import Servers
from openclaw.agents.serving.oversight import Oversight
from openclaw.agents.serving.talk import Talk
from openclaw.agents.tools.tool import Arguments, Tool
from openclaw.domain.ids import AgentId
from openclaw.domain.turns import Prompt
from openclaw.errors import ToolFailed

TALK = "t"


class Mute(Editor):
    """A client that does not know how to ask."""

    async def request_permission(self, *_: object, **__: object) -> RequestPermissionResponse:
        """Refuse the request itself."""
        raise RequestError.method_not_found("session/request_permission")


class Gone(Editor):
    """A client that has left."""

    async def session_update(self, *_: object, **__: object) -> None:
        """Nobody hears it."""
        raise ConnectionResetError


def _tool(says: str = "done", *, has_effect: bool = True) -> Tool:
    async def run(_: Arguments) -> str:
        if not says:
            raise ToolFailed("cannot")
        return says

    return Tool("act", "", {}, has_effect, run)


async def _overseen(editor: Editor, *tools: Tool) -> Tool:
    """The first of ``tools`` as a run would be offered it; each name comes once."""
    servers = Servers((), None, asyncio.TaskGroup())
    started = datetime(2026, 1, 1, tzinfo=UTC)
    talk = Talk(id=TALK, agent=AgentId("main"), cwd="/", started_at=started, servers=servers)
    oversight = Oversight()
    oversight.begin(talk, editor)
    [tool] = await oversight.oversee(talk.session, Prompt("", (), "hi"), tools)
    return tool


async def _leave(tool: Tool) -> None:
    assert tool.leave is not None
    await tool.leave({"path": "x"})


async def test_a_client_that_cannot_ask_lets_nothing_happen() -> None:
    """Silence is no consent."""
    tool = await _overseen(Mute(), _tool())
    with pytest.raises(ToolFailed, match="could not be asked"):
        await _leave(tool)


async def test_of_two_tools_of_one_name_the_first_is_offered() -> None:
    """A model could not tell them apart; ours comes before a client's."""
    tool = await _overseen(Editor(), _tool("ours"), _tool("theirs"))
    await _leave(tool)
    assert await tool.run({}) == "ours"


async def test_a_tool_that_fails_is_seen_to_fail() -> None:
    """With what it said; the model gets the same."""
    editor = Editor()
    tool = await _overseen(editor, _tool("", has_effect=False))
    await _leave(tool)
    with pytest.raises(ToolFailed, match="cannot"):
        await tool.run({})
    assert editor.calls()[-1] == ("act x", "failed")
    assert editor.asked == []


async def test_a_call_that_is_cut_off_is_seen_to_fail() -> None:
    """By its time or by its user: no call of a client's list stays open."""
    editor, begun = Editor(), asyncio.Event()

    async def hang(_: Arguments) -> str:
        begun.set()
        await asyncio.Event().wait()
        return ""

    tool = await _overseen(editor, Tool("act", "", {}, False, hang))
    async with asyncio.timeout(BOUND_S), asyncio.TaskGroup() as group:
        await _leave(tool)
        call = group.create_task(tool.run({}))
        await begun.wait()
        call.cancel()
    assert editor.calls()[-1] == ("act x", "failed")


async def test_a_client_that_left_takes_no_result_away() -> None:
    """What the tool did is what the run is told, whoever still listens."""
    tool = await _overseen(Gone(), _tool("done"))
    assert await tool.run({}) == "done"
