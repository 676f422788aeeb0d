"""Changing what is there in the chat that a turn answers: editing and taking back own messages, and tapbacks on others.

A message is named by its first words, never by an id that could be another chat's.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, Protocol

from openclaw.agents.tools.tool import Arguments, Tool, text_argument
from openclaw.domain.bridge import TAPBACKS, Bridge
from openclaw.domain.tools import EDIT_MESSAGE, REACT, UNSEND_MESSAGE
from openclaw.domain.turns import Origin
from openclaw.errors import ToolFailed


class Amending(Protocol):
    """What can be done to the messages of a conversation. ``words`` are the first ones of a message, "" for the newest.

    Each gives the words for the model, and raises ``ToolFailed`` when it is not done, or may not have been.
    """

    def abilities(self, origin: Origin) -> Bridge:
        """What can be done there just now."""
        ...

    async def edit(self, origin: Origin, words: str, text: str) -> str:
        """Give a message of ours other words."""
        ...

    async def unsend(self, origin: Origin, words: str) -> str:
        """Take a message of ours back."""
        ...

    async def react(self, origin: Origin, words: str, tapback: str, *, remove: bool) -> str:
        """Put a tapback on somebody else's message, or take it away."""
        ...


_OWN: dict[str, Any] = {
    "type": "string",
    "description": "The first words of your message; without, the newest.",
}
_THEIRS: dict[str, Any] = {
    "type": "string",
    "description": "The first words of the message; without, the one that you answer.",
}


def amending_tools(origin: Origin, amending: Amending) -> Iterator[Tool]:
    """The tools for the abilities that the phone has in ``origin``; none where it has none."""
    able = amending.abilities(origin)
    if able.edit:
        yield _tool(
            EDIT_MESSAGE,
            "Change the words of a message that you sent here in the last 15 minutes. People see that it was edited.",
            {"text": {"type": "string", "description": "The whole new text."}, "message": _OWN},
            ["text"],
            lambda given: amending.edit(
                origin, text_argument(given, "message", ""), text_argument(given, "text")
            ),
        )
    if able.unsend:
        yield _tool(
            UNSEND_MESSAGE,
            "Take back a message that you sent here in the last 2 minutes. People see that one was taken back.",
            {"message": _OWN},
            [],
            lambda given: amending.unsend(origin, text_argument(given, "message", "")),
        )
    if able.react:
        yield _tool(
            REACT,
            "Put a tapback on somebody's message in this chat, or take yours away. It can stand for an answer.",
            {
                "tapback": {"type": "string", "enum": list(TAPBACKS)},
                "message": _THEIRS,
                "remove": {"type": "boolean", "default": False},
            },
            ["tapback"],
            lambda given: amending.react(
                origin,
                text_argument(given, "message", ""),
                text_argument(given, "tapback"),
                remove=_flag(given, "remove"),
            ),
        )


def _flag(arguments: Arguments, name: str) -> bool:
    value = arguments.get(name, False)
    if not isinstance(value, bool):
        raise ToolFailed(f'"{name}" must be true or false')
    return value


def _tool(
    name: str,
    description: str,
    properties: Mapping[str, Any],
    required: list[str],
    run: Callable[[Arguments], Awaitable[str]],
) -> Tool:
    schema = {
        "type": "object",
        "properties": dict(properties),
        "required": required,
        "additionalProperties": False,
    }
    return Tool(name, description, schema, has_effect=True, run=run)
