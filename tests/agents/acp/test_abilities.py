"""What an agent says of itself, in the protocol's words."""

from __future__ import annotations

from typing import Any

import pytest
from acp.schema import InitializeResponse, NewSessionResponse

from openclaw.agents.acp.abilities import Shown


def _greeted(**answer: Any) -> Shown:
    shown = Shown()
    shown.greeted(InitializeResponse.model_validate({"protocolVersion": 1, **answer}))
    return shown


@pytest.mark.parametrize(
    ("capabilities", "resumes", "silently", "closes", "sees"),
    [
        ({}, False, False, False, False),
        ({"loadSession": True}, True, False, False, False),
        ({"sessionCapabilities": {"resume": {}, "close": {}}}, True, True, True, False),
        ({"promptCapabilities": {"image": True}}, False, False, False, True),
    ],
)
def test_capabilities(
    capabilities: dict[str, Any], resumes: bool, silently: bool, closes: bool, sees: bool
) -> None:
    """As codex-acp 2.6 and claude-agent-acp 0.101 say them, and an agent that says nothing."""
    shown = _greeted(agentCapabilities=capabilities, agentInfo={"name": "x", "version": "1"})
    found = shown.abilities
    assert (found.resumes, shown.resumes_silently, shown.closes, found.sees) == (
        resumes,
        silently,
        closes,
        sees,
    )
    assert (found.name, found.version) == ("x", "1")
    assert _greeted().abilities.name == ""


def test_modes_and_options_of_a_session() -> None:
    """Options by id or category, their values in groups or not, switches as true and false."""
    begun = NewSessionResponse.model_validate(
        {
            "sessionId": "s",
            "modes": {
                "currentModeId": "a",
                "availableModes": [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}],
            },
            "configOptions": [
                {
                    "type": "select",
                    "id": "llm",
                    "name": "Model",
                    "category": "model",
                    "currentValue": "m1",
                    "options": [{"name": "G", "group": "g", "options": [{"name": "M1", "value": "m1"}]}],
                },
                {"type": "boolean", "id": "fast", "name": "Fast", "currentValue": False},
            ],
        }
    )
    shown = _greeted()
    shown.begun(begun.modes, begun.config_options)
    assert (shown.abilities.modes, shown.abilities.mode) == (("a", "b"), "a")
    assert shown.abilities.options == {"llm": ("m1",), "fast": ("true", "false")}
    assert shown.option("MODEL") == shown.option("llm")
    assert (fast := shown.option("fast"))
    assert fast.is_boolean
    assert shown.option("thought_level") is None
    shown.mode_is("b")
    shown.options_are(None)
    assert (shown.abilities.mode, shown.abilities.options) == ("b", {})
