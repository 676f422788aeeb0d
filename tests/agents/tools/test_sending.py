"""The tool that sends a file: told to the turn, refused to the agent."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.making import ACCOUNT, direct_chat

from openclaw.agents.send_file import FileSending
from openclaw.agents.tools.registry import Post, own_tools
from openclaw.agents.tools.sending import sending_tools
from openclaw.agents.tools.workspace import Workspace
from openclaw.domain.tools import SEND_FILE
from openclaw.domain.turns import ChatFacts, FileOffered, Origin, TurnEvent
from openclaw.errors import ToolFailed
from openclaw.media.workshop import Workshop
from openclaw.outbound.fitting import Fitting
from openclaw.outbound.shelf import Shelf


class Turn:
    """Takes what is told to it."""

    def __init__(self, root: Path) -> None:
        self.workspace = root / "workspace"
        self.workspace.mkdir()
        self.told: list[TurnEvent] = []
        self.copies = Fitting(Shelf.of(root / "state"), 1, Workshop())

    async def emit(self, event: TurnEvent) -> None:
        self.told.append(event)


@pytest.fixture
def turn(tmp_path: Path) -> Turn:
    return Turn(tmp_path)


async def test_a_file_of_the_workspace_is_offered_to_its_own_turn(turn: Turn) -> None:
    """The agent names a file, never a place to send it to; it leaves with the turn's end."""
    (turn.workspace / "plan.txt").write_text("by train")
    [tool] = sending_tools(FileSending(Workspace(turn.workspace), turn.copies, turn.emit))

    said = await tool.run({"path": "plan.txt", "caption": "The plan"})

    [offered] = turn.told
    assert isinstance(offered, FileOffered)
    assert (offered.file.name, offered.caption) == ("plan.txt", "The plan")
    assert Path(offered.file.path).read_text() == "by train"
    assert (tool.name, tool.has_effect, "plan.txt" in said) == (SEND_FILE, False, True)


@pytest.mark.parametrize("path", ["../secret.txt", "/etc/passwd", "link.txt", "missing.txt"])
async def test_what_cannot_be_sent_is_told_to_the_agent_alone(turn: Turn, path: str) -> None:
    """Nothing outside the workspace, and nothing through a link; the turn hears nothing of it."""
    (turn.workspace.parent / "secret.txt").write_text("secret")
    (turn.workspace / "link.txt").symlink_to(turn.workspace.parent / "secret.txt")
    [tool] = sending_tools(FileSending(Workspace(turn.workspace), turn.copies, turn.emit))

    with pytest.raises(ToolFailed):
        await tool.run({"path": path})
    with pytest.raises(ToolFailed):
        await tool.run({"file": path})
    assert turn.told == []


async def test_an_agent_without_a_conversation_sends_nothing(turn: Turn) -> None:
    """A turn on the page has no phone route."""

    async def about(_origin: Origin) -> ChatFacts:
        return ChatFacts("", False, (), (), None)

    origin = Origin(ACCOUNT, direct_chat(), False)
    with_phone = own_tools(Post("Ada", turn.workspace, origin, about, turn.copies, turn.emit))
    without = own_tools(Post("Ada", turn.workspace, None, about))
    assert SEND_FILE in {tool.name for tool in with_phone}
    assert SEND_FILE not in {tool.name for tool in without}
