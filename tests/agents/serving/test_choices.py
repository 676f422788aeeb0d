"""What a client may choose for a session."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from openclaw.agents.mcp.servers import Servers
from openclaw.agents.serving.choices import choose, modes, options
from openclaw.agents.serving.talk import Served, Talk
from openclaw.domain.ids import AgentId
from openclaw.domain.tools import EVERY_TOOL
from openclaw.errors import BadRequest

MAIN = AgentId("main")
SERVED = Served(agent=MAIN, instructions="", models=("a/one", "b/two"), rights=EVERY_TOOL)


def _talk() -> Talk:
    servers = Servers((), None, asyncio.TaskGroup())
    return Talk(id="t", agent=MAIN, cwd="/", started_at=datetime(2026, 1, 1, tzinfo=UTC), servers=servers)


def _values(talk: Talk) -> dict[str, object]:
    return {option.id: option.current_value for option in options(SERVED, talk)}


def test_a_new_session_asks_and_has_the_agents_own_model() -> None:
    """The first of the models is the agent's; nothing else is chosen yet."""
    talk = _talk()
    assert _values(talk) == {"mode": "ask", "model": "a/one", "thought_level": "default"}
    assert modes(talk).current_mode_id == "ask"


def test_what_is_chosen_counts_and_is_shown() -> None:
    """Each choice is of one session, and back to the configuration is a choice too."""
    talk = _talk()
    for choice, value in (("mode", "allow"), ("model", "b/two"), ("thought_level", "high")):
        choose(SERVED, talk, choice, value)
    assert (talk.asks, talk.model, talk.thinking) == (False, "b/two", "high")
    assert _values(talk) == {"mode": "allow", "model": "b/two", "thought_level": "high"}
    choose(SERVED, talk, "thought_level", "default")
    assert talk.thinking == ""


@pytest.mark.parametrize(
    ("choice", "value"), [("model", "c/three"), ("mode", "never"), ("colour", "red"), ("mode", True)]
)
def test_what_is_not_on_offer_is_refused(choice: str, value: str | bool) -> None:
    """A client that is older or newer than we are is told, and nothing changes."""
    talk = _talk()
    with pytest.raises(BadRequest):
        choose(SERVED, talk, choice, value)
    assert _values(talk)["model"] == "a/one"
