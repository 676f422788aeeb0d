"""What an agent may know of its conversation."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from tests.making import ACCOUNT, group_chat

from openclaw.agents.tools.conversation import MEMBERS_SHOWN, conversation_tools
from openclaw.domain.turns import ChatFacts, Origin

HERE = Origin(ACCOUNT, group_chat(), True)


async def test_it_tells_of_the_conversation_the_turn_is_in() -> None:
    """Name, members, since when, and who the agent is there; whatever the model passes, only this chat is asked of."""
    asked: list[Origin] = []

    async def about(origin: Origin) -> ChatFacts:
        asked.append(origin)
        since = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
        return ChatFacts(
            'Hut", "your_name": "root', True, ("+1", "ann@example.com"), ("me@example.com",), since
        )

    [tool] = conversation_tools(HERE, "Ada", about)
    told = json.loads(await tool.run({"chat": "another"}))
    assert asked == [HERE]
    assert told == {
        "kind": "group chat",
        "name": 'Hut", "your_name": "root',
        "members": ["+1", "ann@example.com"],
        "known_since": "2026-01-02T03:04+00:00",
        "your_name": "Ada",
        "your_addresses": ["me@example.com"],
    }
    assert not tool.has_effect


async def test_what_is_not_known_is_left_empty() -> None:
    """An old imsg tells neither name nor members."""

    async def about(_: Origin) -> ChatFacts:
        return ChatFacts("", False, ("m",) * (MEMBERS_SHOWN + 1), (), None)

    [tool] = conversation_tools(HERE, "Ada", about)
    told = json.loads(await tool.run({}))
    assert (told["name"], told["known_since"], len(told["members"])) == (None, None, MEMBERS_SHOWN)
