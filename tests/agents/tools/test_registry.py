"""The registry of our own tools."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.agents.tools.test_amending import Messages
from tests.making import ACCOUNT, direct_chat

from openclaw.agents.tools.registry import Post, own_tools
from openclaw.domain.bridge import Bridge
from openclaw.domain.tools import CONVERSATION, OF_SERVER, OWN_TOOLS, SEND_FILE, SHOWN_AT_ONCE
from openclaw.domain.turns import ChatFacts, Origin, TurnEvent
from openclaw.media.workshop import Workshop
from openclaw.outbound.fitting import Fitting
from openclaw.outbound.shelf import Shelf


async def _about(_: Origin) -> ChatFacts:
    return ChatFacts("", False, (), (), None)


async def _emit(_: TurnEvent) -> None: ...


def test_every_tool_has_the_name_that_policies_know() -> None:
    """A tool that no list of names knows could not be forbidden by its group (domain/tools.py)."""
    copies = Fitting(Shelf.of(Path("/s")), 1, Workshop())
    origin = Origin(ACCOUNT, direct_chat(), False)
    able = Messages(Bridge(edit=True, unsend=True, react=True))
    tools = list(own_tools(Post("Ada", Path("/w"), origin, _about, copies, _emit, able)))
    assert {tool.name for tool in tools} == OWN_TOOLS
    assert len(tools) == len(OWN_TOOLS)
    assert not any(OF_SERVER in tool.name for tool in tools)


@pytest.mark.parametrize("has_folder", [True, False])
def test_a_tool_that_makes_no_sense_is_not_there(has_folder: bool) -> None:
    """Without a folder no files; without a conversation nothing to tell of it."""
    folder = Path("/w") if has_folder else None
    assert {tool.name for tool in own_tools(Post("Ada", folder, None, _about))} == (
        OWN_TOOLS - SHOWN_AT_ONCE - {CONVERSATION, SEND_FILE} if has_folder else set()
    )
