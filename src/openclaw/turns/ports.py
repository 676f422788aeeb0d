"""What running a turn needs from elsewhere, stated by the one who needs it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Protocol

from openclaw.domain.ids import SessionKey
from openclaw.domain.sessions import Session
from openclaw.domain.turns import Prompt, TurnEvent


class AgentRuntime(Protocol):
    """Something that answers prompts in sessions: our own embedded agent, or a client of an outside one."""

    def prompt(self, session: Session, prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        """The events of one run, in order, ending with ``Finished``; closing the iterator cancels the run.

        Raises:
            AgentError: the run failed; nothing of it may reach a contact.
        """
        ...

    async def reset(self, session: SessionKey) -> None:
        """Forget what the runtime itself keeps of a session; the next prompt starts afresh."""
        ...
