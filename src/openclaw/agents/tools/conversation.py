"""What an agent may know of the conversation it is in, and of no other."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from openclaw.agents.tools.tool import Arguments, Tool
from openclaw.domain.tools import CONVERSATION
from openclaw.domain.turns import ChatFacts, Origin

About = Callable[[Origin], Awaitable[ChatFacts]]
"""Looks up what is known of a conversation."""

MEMBERS_SHOWN = 100
"""More people than a group has; a bound all the same, since the phone tells the list."""


def conversation_tools(origin: Origin, name: str, about: About) -> Sequence[Tool]:
    """The tool that tells of ``origin``; ``name`` is what the agent is called."""

    async def tell(_: Arguments) -> str:
        return _told(name, await about(origin))

    return (
        Tool(
            CONVERSATION,
            "Tells what is known of the conversation you are in: its name, who takes part, since when it has been "
            "known, and under which name and addresses you are in it.",
            {"type": "object", "properties": {}, "additionalProperties": False},
            has_effect=False,
            run=tell,
        ),
    )


def _told(name: str, facts: ChatFacts) -> str:
    # JSON, so that a chat cannot be named to look like one of these fields.
    told: dict[str, Any] = {
        "kind": "group chat" if facts.is_group else "direct chat",
        "name": facts.name or None,
        "members": list(facts.members[:MEMBERS_SHOWN]),
        "known_since": facts.known_since.isoformat(timespec="minutes") if facts.known_since else None,
        "your_name": name,
        "your_addresses": list(facts.own_handles),
    }
    return json.dumps(told, ensure_ascii=False)
