"""What a client may choose for a session: the model, how hard it thinks, and whether tools ask first. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from acp.schema import (
    SessionConfigOptionBoolean,
    SessionConfigOptionSelect,
    SessionConfigSelectOption,
    SessionMode,
    SessionModeState,
)

from openclaw.agents.serving.talk import Served, Talk
from openclaw.domain.turns import THINKING
from openclaw.errors import BadRequest

Options = list[SessionConfigOptionSelect | SessionConfigOptionBoolean]

MODE, MODEL, THOUGHT = "mode", "model", "thought_level"
ASK, ALLOW = "ask", "allow"

AS_CONFIGURED = "default"
"""Leaves to the configuration how hard a model thinks."""

_MODES = (
    (ASK, "Ask", "Asks before each tool that can change something."),
    (ALLOW, "Allow", "Carries out every tool without asking."),
)


def modes(talk: Talk) -> SessionModeState:
    """The modes, and the one of ``talk``."""
    known = [SessionMode(id=word, name=name, description=about) for word, name, about in _MODES]
    return SessionModeState(current_mode_id=_mode(talk), available_modes=known)


def options(served: Served, talk: Talk) -> Options:
    """All choices as they stand."""
    thinking = (AS_CONFIGURED, *THINKING)
    return [
        SessionConfigOptionSelect(
            id=MODE, name="Mode", category="mode", type="select", current_value=_mode(talk),
            options=[SessionConfigSelectOption(value=word, name=name, description=about)
                     for word, name, about in _MODES],
        ),
        SessionConfigOptionSelect(
            id=MODEL, name="Model", category="model", type="select",
            current_value=talk.model or served.models[0], options=_plain(served.models),
        ),
        SessionConfigOptionSelect(
            id=THOUGHT, name="Thinking", category="thought_level", type="select",
            current_value=talk.thinking or AS_CONFIGURED, options=_plain(thinking),
        ),
    ]  # fmt: skip


def choose(served: Served, talk: Talk, choice: str, value: str | bool) -> None:
    """Set one choice of ``talk``.

    Raises:
        BadRequest: there is no such choice, or it has no such value.
    """
    for option in options(served, talk):
        if option.id == choice and isinstance(option, SessionConfigOptionSelect):
            values = [one.value for one in option.options if isinstance(one, SessionConfigSelectOption)]
            if value not in values:
                raise BadRequest(f"{choice} must be one of {', '.join(values)}")
            _set(talk, choice, str(value))
            return
    raise BadRequest(f"there is no choice {choice[:64]!r}; there are {MODE}, {MODEL} and {THOUGHT}")


def _set(talk: Talk, choice: str, value: str) -> None:
    match choice:
        case "mode":
            talk.asks = value == ASK
        case "model":
            talk.model = value
        case _:
            talk.thinking = "" if value == AS_CONFIGURED else value


def _mode(talk: Talk) -> str:
    return ASK if talk.asks else ALLOW


def _plain(values: Sequence[str]) -> list[SessionConfigSelectOption]:
    return [SessionConfigSelectOption(value=value, name=value) for value in values]
