"""An agent that does as the schedule says: answers, fails, stalls, acts, or has nothing to say."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator

from openclaw.domain.ids import SessionKey
from openclaw.domain.sessions import Session
from openclaw.domain.turns import EffectStarting, Finished, Prompt, TextDelta, TurnEvent
from openclaw.errors import AgentFailed


class Mind:
    """Outlives the gateways that ask it. Every answer has words of its own, unless it is told to repeat somebody."""

    def __init__(self) -> None:
        self.ways: deque[str] = deque()
        self.prompts: list[str] = []
        self.repeated: list[str] = []
        self._acted: set[str] = set()
        self._go_on = asyncio.Event()
        self._stalled = 0

    @property
    def stalls(self) -> bool:
        """Whether an agent stalls."""
        return self._stalled > 0

    def go_on(self) -> None:
        """Whoever stalls goes on."""
        self._go_on.set()
        self._go_on = asyncio.Event()

    async def prompt(self, session: Session, prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        """One run."""
        self.prompts.append(prompt.text)
        number, how = len(self.prompts), self.ways.popleft() if self.ways else "one"
        # Words that were said twice are no proof; new ones have a number.
        if prompt.text in self._acted and "number" in prompt.text:
            self.repeated.append(f"asked again after it had begun to act: {prompt.text[:60]!r}")
        if how.startswith("act"):
            yield EffectStarting("a tool")
            self._acted.add(prompt.text)
        if how.endswith("stall"):
            await self._stall()
        if how == "fail":
            raise AgentFailed("the model is away")
        yield TextDelta(_said(how, number, prompt.text))
        yield Finished("echo/1", 3, 4)

    async def _stall(self) -> None:
        self._stalled += 1
        try:
            await self._go_on.wait()
        finally:
            self._stalled -= 1

    async def reset(self, session: SessionKey) -> None:
        """Nothing is kept here."""


def _said(how: str, number: int, heard: str) -> str:
    match how:
        case "three":
            return "\n\n".join(
                f"Answer {number} has three parts, this is the {part}." for part in ("1st", "2nd", "3rd")
            )
        case "same":
            return f"Twice the same {number}.\n\nTwice the same {number}."
        case "ok":
            return "ok"
        case "parrot":
            return heard or "nothing"
        case "silent":
            return "NO_REPLY"
        case "long":
            return f"Answer {number} " + "goes on and on " * 400
        case _:
            return f"This is the answer number {number}."
