"""Listening to a run: its events become an answer, and what is finished of it is said before the rest is written."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import assert_never

from openclaw.domain.delivery import MOST_FILES
from openclaw.domain.turns import EffectStarting, FileOffered, Finished, TextDelta, TurnEvent
from openclaw.turns.reply import Answer
from openclaw.turns.streaming import Blocks, Streaming

Say = Callable[[str, bool], Awaitable[bool]]
"""Says a block, given whether it is the first of its answer; whether anything of it was for the chat."""


class Voice:
    """What of an answer is said before its end. ``how`` is ``None`` where nothing is."""

    def __init__(self, how: Streaming | None, say: Say) -> None:
        self._how = how
        self._blocks = Blocks(how) if how else None
        self._say = say
        self._saying = asyncio.Lock()
        self._stirred = asyncio.Event()
        self._began = False
        self.spoke = False

    @property
    def unsaid(self) -> str | None:
        """What is left to be said at the end, ``None`` for everything."""
        return self._blocks.left if self._blocks and self._began else None

    async def hear(self, text: str) -> None:
        """More was written."""
        if self._blocks is not None:
            async with self._saying:
                await self._speak(self._blocks.add(text))
            self._stirred.set()

    async def turn_away(self) -> None:
        """The model turns to a tool: what it said until then is said now."""
        if self._blocks is not None:
            async with self._saying:
                await self._speak(self._blocks.turn_away())

    @contextlib.asynccontextmanager
    async def minding_silence(self) -> AsyncGenerator[None]:
        """Within it, what is finished is said whenever nothing is written for a while."""
        if self._how is None or self._blocks is None:
            yield
            return
        failure: Exception | None = None
        async with asyncio.TaskGroup() as group:
            minding = group.create_task(self._mind_silence(self._blocks, self._how.idle_s))
            try:
                yield
            except Exception as error:
                # Out of the group as it is: who runs the turn asks what went wrong.
                failure = error
            finally:
                minding.cancel()
        if failure is not None:
            raise failure

    async def _mind_silence(self, blocks: Blocks, idle_s: float) -> None:
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            try:
                async with asyncio.timeout(idle_s):
                    await self._stirred.wait()
            except TimeoutError:
                async with self._saying:
                    await self._speak(blocks.pause())

    async def _speak(self, blocks: Sequence[str]) -> None:
        for block in blocks:
            # Also what says nothing, such as the word for silence, is not said again with the rest.
            self._began = True
            self.spoke = await self._say(block, not self.spoke) or self.spoke


async def listen(
    events: AsyncGenerator[TurnEvent],
    voice: Voice,
    note_effect: Callable[[], Awaitable[None]],
    finished: Finished,
    see: Callable[[TurnEvent], None] = lambda event: None,
) -> Answer:
    """The answer that ``events`` are; ``note_effect`` returns once it is on disk that the run must not be repeated.

    ``finished`` is what is known of its end where the runtime does not tell; ``see`` is shown each event first.
    """
    parts: list[str] = []
    did: list[str] = []
    files: list[FileOffered] = []
    async with voice.minding_silence(), contextlib.aclosing(events) as stream:
        async for event in stream:
            see(event)
            match event:
                case TextDelta(text):
                    parts.append(text)
                    await voice.hear(text)
                case EffectStarting(what):
                    if what:
                        did.append(what)
                    await note_effect()
                    await voice.turn_away()
                case FileOffered():
                    files.append(event)
                case Finished():
                    finished = event
                case _:
                    assert_never(event)
    return Answer("".join(parts), finished, tuple(did), voice.unsaid, voice.spoke, tuple(files[:MOST_FILES]))
