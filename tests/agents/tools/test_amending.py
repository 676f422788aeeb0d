"""The tools that change what is there: hidden where the phone cannot, and only for the chat of the turn."""

from __future__ import annotations

import pytest
from tests.making import ACCOUNT, direct_chat

from openclaw.agents.tools.amending import amending_tools
from openclaw.domain.bridge import NO_BRIDGE, Bridge
from openclaw.domain.turns import Origin
from openclaw.errors import ToolFailed

HERE = Origin(ACCOUNT, direct_chat(), False)
WHOLE = Bridge(edit=True, unsend=True, react=True)


class Messages:
    """Writes down what it is asked; is able to do what it is told."""

    def __init__(self, able: Bridge) -> None:
        self.able = able
        self.asked: list[tuple[object, ...]] = []

    def abilities(self, origin: Origin) -> Bridge:
        return self.able

    async def edit(self, origin: Origin, words: str, text: str) -> str:
        self.asked.append((origin, words, text))
        return "edited"

    async def unsend(self, origin: Origin, words: str) -> str:
        self.asked.append((origin, words))
        return "taken back"

    async def react(self, origin: Origin, words: str, tapback: str, *, remove: bool) -> str:
        self.asked.append((origin, words, tapback, remove))
        return "reacted"


@pytest.mark.parametrize(
    ("able", "names"),
    [
        (WHOLE, ["edit_message", "unsend_message", "react"]),
        (Bridge(unsend=True), ["unsend_message"]),
        (Bridge(typing=True, read=True, reply=True), []),
        (NO_BRIDGE, []),
    ],
)
def test_only_what_the_phone_can_do_is_offered(able: Bridge, names: list[str]) -> None:
    """Issue: hidden where it is not. Each is announced before it is done."""
    tools = list(amending_tools(HERE, Messages(able)))
    assert [tool.name for tool in tools] == names
    assert all(tool.has_effect for tool in tools)


async def test_a_model_names_words_and_never_a_chat() -> None:
    """Whatever it passes, it is about the conversation of its turn."""
    messages = Messages(WHOLE)
    edit, unsend, react = amending_tools(HERE, messages)
    await edit.run({"text": "at six", "message": "at sx", "chat": "another"})
    await unsend.run({})
    await react.run({"tapback": "love", "remove": True})
    assert messages.asked == [(HERE, "at sx", "at six"), (HERE, ""), (HERE, "", "love", True)]


async def test_arguments_of_another_kind_are_told_to_the_model() -> None:
    """Nothing is guessed."""
    edit, _, react = amending_tools(HERE, Messages(WHOLE))
    with pytest.raises(ToolFailed, match='"text"'):
        await edit.run({})
    with pytest.raises(ToolFailed, match='"remove"'):
        await react.run({"tapback": "love", "remove": "yes"})
