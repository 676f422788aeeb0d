"""Answers that are said while they are written: the whole way, with a real ledger and a small agent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from tests.making import inbound
from tests.rig import Agent, Phone, open_to_all, running
from tests.waiting import until

from openclaw.domain.delivery import OutboundFile
from openclaw.domain.turns import (
    EffectStarting,
    FileOffered,
    Finished,
    Prompt,
    TextDelta,
    TurnEvent,
    TurnState,
)
from openclaw.errors import AgentFailed
from openclaw.store import Ledger, turns

LIVE = open_to_all(
    blockStreaming=True,
    blockStreamingCoalesce={"minChars": 5, "maxChars": 100, "idleMs": 20},
    responsePrefix="[{model}]",
)


class Slow(Agent):
    """Writes one piece after the other, each when it is let."""

    def __init__(self, *pieces: str | TurnEvent | Exception) -> None:
        super().__init__()
        self.go_on = asyncio.Semaphore(0)
        self.behave = self._slowly
        self._pieces = pieces

    async def _slowly(self, _prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        for piece in self._pieces:
            await self.go_on.acquire()
            if isinstance(piece, Exception):
                raise piece
            yield TextDelta(piece) if isinstance(piece, str) else piece
        await self.go_on.acquire()
        yield Finished("test/echo", 1, 2)


async def ended(ledger: Ledger) -> list[TurnState]:
    """How the turns ended, once all have."""

    async def look() -> bool:
        found = await ledger.read(lambda tx: turns.records(tx, (), 10))
        return bool(found) and all(one.state is not TurnState.RUNNING for one in found)

    await until(look, "every turn ends")
    return [one.state for one in await ledger.read(lambda tx: turns.records(tx, (), 10))]


async def test_a_paragraph_is_there_before_the_next_one_is_written(ledger: Ledger) -> None:
    """In order, with the prefix once, and the end says nothing again."""
    agent = Slow("First part.\n\n", "Second part.\n\n", "The end.")
    async with running(ledger, LIVE, agent) as rig:
        await rig.hear(inbound(1, "hello"))
        agent.go_on.release()
        assert await rig.phone.texts(1) == ["[echo] First part."]
        agent.go_on.release()
        assert await rig.phone.texts(2) == ["[echo] First part.", "Second part."]
        for _ in range(2):
            agent.go_on.release()
        assert await rig.phone.texts(3) == ["[echo] First part.", "Second part.", "The end."]
        assert await ended(ledger) == [TurnState.FINISHED]


async def test_short_parts_are_said_in_a_silence(ledger: Ledger) -> None:
    """idleMs of the coalescing."""
    document = open_to_all(blockStreaming=True, blockStreamingCoalesce={"minChars": 500, "idleMs": 20})
    agent = Slow("Hi.\n\n", "More.")
    async with running(ledger, document, agent) as rig:
        await rig.hear(inbound(1, "hello"))
        agent.go_on.release()
        assert await rig.phone.texts(1) == ["Hi."]


async def test_without_the_setting_there_is_one_answer_at_the_end(ledger: Ledger) -> None:
    """Off by default (demand D6)."""
    agent = Slow("First part.\n\n", "Second part.")
    async with running(ledger, open_to_all(), agent) as rig:
        await rig.hear(inbound(1, "hello"))
        for _ in range(3):
            agent.go_on.release()
        assert await rig.phone.texts(1) == ["First part.\n\nSecond part."]


async def test_no_reply_is_never_said(ledger: Ledger) -> None:
    """The word for silence is no block, first or last."""
    agent = Slow("NO_REPLY\n\n", "NO_REPLY")
    async with running(ledger, LIVE, agent) as rig:
        await rig.hear(inbound(1, "hello"))
        for _ in range(3):
            agent.go_on.release()
        assert await ended(ledger) == [TurnState.FINISHED]
        assert rig.phone.sent == []


async def test_a_turn_that_has_spoken_is_not_run_again_when_its_model_fails(ledger: Ledger) -> None:
    """Its beginning would be said twice."""
    agent = Slow("First part.\n\n", AgentFailed("gone"))
    async with running(ledger, LIVE, agent) as rig:
        await rig.hear(inbound(1, "hello"))
        agent.go_on.release()
        assert await rig.phone.texts(1) == ["[echo] First part."]
        agent.go_on.release()
        assert await ended(ledger) == [TurnState.FAILED]
    assert len(agent.prompts) == 1


async def test_a_crash_after_a_block_interrupts_the_turn_and_before_it_repeats_it(ledger: Ledger) -> None:
    """The block and the mark that the run has effects are one commit: there is no moment between them."""
    agent = Slow("First part.\n\n", "Second part.")
    async with running(ledger, LIVE, agent) as rig:
        await rig.hear(inbound(1, "hello"))
        agent.go_on.release()
        await rig.phone.texts(1)
    again = Slow("Other.")
    async with running(ledger, LIVE, again) as rig:
        assert await ended(ledger) == [TurnState.INTERRUPTED]
        assert rig.phone.sent == []
    assert again.prompts == []


async def test_a_crash_before_any_block_lets_the_turn_run_again(ledger: Ledger) -> None:
    """Nothing was said, so nothing can be said twice."""
    agent = Slow("Unfinished")
    async with running(ledger, LIVE, agent) as rig:
        await rig.hear(inbound(1, "hello"))
        agent.go_on.release()
        await until(lambda: _asked(agent), "the agent is asked")
    async with running(ledger, LIVE) as rig:
        # The model that answered, as it tells of itself.
        assert await rig.phone.texts(1) == ["[1] You said hello"]


async def _asked(agent: Agent) -> bool:
    return bool(agent.prompts)


async def test_what_was_written_before_a_tool_is_said_before_it(ledger: Ledger) -> None:
    """A person sees that something goes on."""
    agent = Slow("Let me look.", EffectStarting("search"), "Found it.")
    async with running(ledger, LIVE, agent) as rig:
        await rig.hear(inbound(1, "hello"))
        for _ in range(2):
            agent.go_on.release()
        assert await rig.phone.texts(1) == ["[echo] Let me look."]


async def test_files_follow_the_answer_with_their_captions(ledger: Ledger, tmp_path: Path) -> None:
    """Each is a delivery of the turn with its index, and its own row confirms it."""
    (tmp_path / "a.txt").write_text("abc")
    file = OutboundFile(str(tmp_path / "a.txt"), "a.txt", "text/plain", 3, "d" * 64)
    agent = Slow(FileOffered(file, "The list:"), FileOffered(file), "Here.")
    phone = Phone()
    document: dict[str, Any] = open_to_all(includeAttachments=True)
    async with running(ledger, document, agent, phone) as rig:
        await rig.hear(inbound(1, "hello"))
        for _ in range(4):
            agent.go_on.release()
        assert await rig.phone.texts(4) == ["Here.", "The list:", "", ""]
    assert [message.file for message in phone.sent] == [None, None, file, file]
