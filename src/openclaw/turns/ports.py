"""What running a turn needs from elsewhere, stated by the one who needs it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from openclaw.domain.ids import SessionKey
from openclaw.domain.sessions import Session
from openclaw.domain.turns import Prompt, Turn, TurnEvent


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


class Presence(Protocol):
    """Something that shows people that they are being answered. None of it waits, and none of it fails."""

    def during(self, turn: Turn) -> AbstractContextManager[Callable[[TurnEvent], None]]:
        """For as long as an answer is written that may be sent; what it gives is told what the agent does."""
        ...

    def answered(self, turn: Turn) -> None:
        """The turn has ended well."""
        ...


class Unseen:
    """A presence that shows nothing."""

    @contextmanager
    def during(self, turn: Turn) -> Generator[Callable[[TurnEvent], None]]:
        """Nothing is shown."""
        yield lambda event: None

    def answered(self, turn: Turn) -> None:
        """Nothing is shown."""
