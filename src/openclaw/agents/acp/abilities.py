"""What an agent said of itself and of its session, kept up to date. Imported with the protocol's library alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from acp.schema import InitializeResponse, SessionConfigOptionBoolean, SessionModeState

from openclaw.domain.acp import AgentAbilities


@dataclass(frozen=True, slots=True)
class Option:
    """An option of the agent's own: its id, and the values it takes."""

    id: str
    category: str
    values: tuple[str, ...]
    is_boolean: bool


class Shown:
    """The abilities of one agent in one session."""

    def __init__(self) -> None:
        self.abilities = AgentAbilities()
        self.resumes_silently = False
        self.closes = False
        self._options: tuple[Option, ...] = ()

    def greeted(self, answer: InitializeResponse) -> None:
        """It answered the handshake."""
        able, info = answer.agent_capabilities, answer.agent_info
        sessions = able.session_capabilities if able else None
        self.resumes_silently = bool(sessions and sessions.resume)
        self.closes = bool(sessions and sessions.close)
        prompts = able.prompt_capabilities if able else None
        self.abilities = AgentAbilities(
            name=info.name if info else "",
            version=info.version if info else "",
            resumes=self.resumes_silently or bool(able and able.load_session),
            sees=bool(prompts and prompts.image),
        )

    def begun(self, modes: SessionModeState | None, options: Sequence[Any] | None) -> None:
        """Its session is open."""
        names = tuple(mode.id for mode in modes.available_modes) if modes else ()
        mode = modes.current_mode_id if modes else ""
        self.abilities = replace(self.abilities, modes=names, mode=mode)
        self.options_are(options)

    def mode_is(self, mode: str) -> None:
        """It goes on in another mode."""
        self.abilities = replace(self.abilities, mode=mode)

    def options_are(self, options: Sequence[Any] | None) -> None:
        """Its options and their values, as it says them now."""
        self._options = tuple(_option(one) for one in options or ())
        self.abilities = replace(self.abilities, options={one.id: one.values for one in self._options})

    def option(self, name: str) -> Option | None:
        """The option with this id, else the one of this category (``model``, ``thought_level``, ``mode``)."""
        said = name.lower()
        by_id = next((one for one in self._options if one.id.lower() == said), None)
        return by_id or next((one for one in self._options if one.category == said), None)


def _option(one: Any) -> Option:
    category = one.category if isinstance(one.category, str) else ""
    if isinstance(one, SessionConfigOptionBoolean):
        return Option(one.id, category, ("true", "false"), is_boolean=True)
    return Option(one.id, category, tuple(_values(one.options)), is_boolean=False)


def _values(options: Sequence[Any]) -> list[str]:
    """The values of a choice, whether or not they stand in groups."""
    found: list[str] = []
    for one in options:
        found += _values(one.options) if hasattr(one, "options") else [str(one.value)]
    return found
