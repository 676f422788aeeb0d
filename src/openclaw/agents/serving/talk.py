"""One session of a client: what was said in it, what was chosen for it, and what runs in it now."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from openclaw.agents.mcp.servers import Servers
from openclaw.domain.ids import AgentId, SessionKey
from openclaw.domain.sessions import Session, TranscriptEntry
from openclaw.domain.tools import ToolRights
from openclaw.domain.turns import Prompt, TurnEvent


class Runtime(Protocol):
    """What answers prompts."""

    def prompt(self, session: Session, prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        """The events of one run, in order, ending with ``Finished``; closing the iterator cancels the run.

        Raises:
            AgentError: the run failed.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """The agent that is served: what it is told, the models to choose from (the first is its own), what it may use.

    ``sees`` says that its own model takes pictures, ``asks`` that a new session asks before tools with effects.
    """

    agent: AgentId
    instructions: str
    models: Sequence[str]
    rights: ToolRights
    sees: bool = False
    asks: bool = True


@dataclass(slots=True, kw_only=True)
class Talk:
    """A session while it is open. ``model`` and ``thinking`` are "" until something else is chosen.

    ``verdicts`` are what a person said of a tool once and for all: it may, or may not, be used in this session.
    ``servers`` are the MCP servers that the client brought along.
    """

    id: str
    agent: AgentId
    cwd: str
    started_at: datetime
    servers: Servers
    asks: bool = True
    model: str = ""
    thinking: str = ""
    history: list[TranscriptEntry] = field(default_factory=list[TranscriptEntry])
    verdicts: dict[str, bool] = field(default_factory=dict[str, bool])
    run: asyncio.Task[None] | None = None

    @property
    def session(self) -> Session:
        """The session as a runtime knows it."""
        return Session(session_key(self.agent, self.id), self.agent, 0, self.started_at, datetime.now(UTC))

    async def stop(self) -> None:
        """End what runs in it, and its servers."""
        if self.run is not None:
            self.run.cancel()
        await self.servers.stop()


def session_key(agent: AgentId, talk: str) -> SessionKey:
    """What a runtime calls the session ``talk`` of a client."""
    return SessionKey(f"agent:{agent}:acp:{talk}")
