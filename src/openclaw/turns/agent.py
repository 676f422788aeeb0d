"""An agent as a turn needs it: what runs it, who it is, and how it gets at files."""

from __future__ import annotations

from dataclasses import dataclass, field

from openclaw.turns.files import FileRoom
from openclaw.turns.ports import AgentRuntime
from openclaw.turns.prompt import Persona


@dataclass(frozen=True, slots=True)
class Agent:
    """One agent. ``runtime`` is ``None`` while nothing is configured to answer.

    One that ``reads_itself`` opens the files of its folder by its own means, whatever tools a turn may use.
    ``note_after_s`` is how long people wait without a word before they are told that it is at work, ``None`` for ever.
    """

    runtime: AgentRuntime | None
    persona: Persona
    model: str = ""
    files: FileRoom = field(default_factory=FileRoom)
    reads_itself: bool = False
    note_after_s: float | None = None
