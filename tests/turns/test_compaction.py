"""/compact, and what is left of it after a reset."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from tests.rig import Agent, running
from tests.turns.commands.house import house, says

from openclaw.domain.messages import MessageState
from openclaw.domain.sessions import SUMMARY, TranscriptEntry
from openclaw.domain.turns import Finished, Prompt, TextDelta, TurnEvent
from openclaw.errors import AgentFailed
from openclaw.store import Ledger, messages
from openclaw.turns.compaction import FAILED, KEPT, NOTHING, foldable


def summing(agent: Agent) -> None:
    """Let the agent answer as always, and sum up when that is what it is asked."""
    echo = agent.behave

    async def behave(prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        if prompt.text.startswith("Sum up"):
            yield TextDelta("They spoke of a blue door.")
            yield Finished("echo/1", 1, 1)
            return
        async for event in echo(prompt):
            yield event

    agent.behave = behave


async def test_older_words_are_folded_and_the_newest_stay(ledger: Ledger) -> None:
    """The agent is told the summary, then the last two exchanges; what was said is still in the ledger."""
    agent = Agent()
    summing(agent)
    said = (
        "one",
        "two",
        "three",
        "four",
        "/compact keep the dates",
        "five",
        "/compact",
        "six",
        "/reset soft",
        "seven",
    )
    async with running(ledger, house(), agent) as rig:
        for count, text in enumerate(said, 1):
            await rig.hear(says(count, text))
            texts = await rig.phone.texts(count)
    assert texts[4] == "Folded 4 entries into a summary; the last 4 stay as they are."
    asked = agent.prompts[4]
    assert asked.text == "Sum up the conversation so far. Pay attention to this: keep the dates"
    assert [entry.text for entry in asked.history] == ["one", "You said one", "two", "You said two"]
    summary = TranscriptEntry(SUMMARY, "They spoke of a blue door.")
    after = agent.prompts[5]
    assert (after.text, after.history[0]) == ("five", summary)
    assert [entry.text for entry in after.history[1:]] == ["three", "You said three", "four", "You said four"]
    # The second summary is made of the first and what came since.
    assert texts[6] == "Folded 2 entries into a summary; the last 4 stay as they are."
    assert agent.prompts[6].history[0] == summary
    assert texts[8] == "A new conversation has begun; the summary of the last one is kept."
    assert agent.prompts[-1].history == (summary,)


async def test_there_must_be_something_to_fold(ledger: Ledger) -> None:
    """A summary alone is not summed up again."""
    agent = Agent()
    async with running(ledger, house(), agent) as rig:
        for count, text in enumerate(("/compact", "one", "/compact", "/reset soft"), 1):
            await rig.hear(says(count, text))
            texts = await rig.phone.texts(count)
    assert texts == [
        NOTHING,
        "You said one",
        NOTHING,
        "A new conversation has begun; there was no summary to keep.",
    ]
    assert len(agent.prompts) == 1


def test_a_summary_is_not_folded_alone() -> None:
    """Only what a person said since makes a new summary worth its call."""
    summary, said = TranscriptEntry(SUMMARY, "s"), TranscriptEntry("user", "u")
    newest = (TranscriptEntry("assistant", "a"),) * KEPT
    assert foldable((summary, *newest)) == ()
    assert foldable((summary, said, *newest)) == (summary, said)


async def test_a_summary_that_cannot_be_had_leaves_everything_as_it_is(ledger: Ledger) -> None:
    """Tried three times, said plainly, and the operator has the failed turn with its cause."""
    agent = Agent()
    echo = agent.behave

    async def behave(prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        if prompt.text.startswith("Sum up"):
            raise AgentFailed("the model is out")
        async for event in echo(prompt):
            yield event

    agent.behave = behave
    async with running(ledger, house(), agent) as rig:
        for count, text in enumerate(("one", "two", "three", "/compact", "four"), 1):
            await rig.hear(says(count, text))
            texts = await rig.phone.texts(count)
    assert texts[3] == FAILED
    assert [entry.text for entry in agent.prompts[-1].history][:2] == ["one", "You said one"]
    [failed] = await ledger.read(lambda tx: messages.in_state(tx, MessageState.FAILED))
    assert failed.command == "/compact"
