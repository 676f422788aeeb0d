"""What a turn's messages say to the gateway."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from tests.rig import Agent, running
from tests.turns.commands.house import OTHER, STRANGER, house, says

from openclaw.domain.turns import EffectStarting, Finished, Prompt, TextDelta, TurnEvent
from openclaw.store import Ledger


async def test_a_shortcut_is_answered_and_the_rest_goes_to_the_agent(ledger: Ledger) -> None:
    """Behaviour facts I.1: /help, /commands, /status, /whoami inside a message run and are removed from it."""
    agent = Agent()
    async with running(ledger, house(), agent) as rig:
        await rig.hear(says(1, "who am I? /whoami and what is 2+2"))
        texts = await rig.phone.texts(2)
    assert texts[0].startswith("You write as +15550100001")
    assert texts[1] == "You said who am I? and what is 2+2"


async def test_what_whoever_may_not_command_writes_is_left_as_it_is(ledger: Ledger) -> None:
    """Their words are words."""
    agent, document = Agent(), house()
    document["channels"]["imessage"]["allowFrom"] = [STRANGER, OTHER]
    text = "/think high /model opus tell /status me"
    async with running(ledger, document, agent) as rig:
        await rig.hear(says(1, text, STRANGER))
        assert await rig.phone.texts(1) == [f"You said {text}"]
    assert (agent.prompts[0].model, agent.prompts[0].thinking) == ("", "")


async def test_new_takes_a_model_directives_and_the_first_message(ledger: Ledger) -> None:
    """Behaviour facts I.2: a known model is one, any other word is talk; a directive without talk is kept."""
    agent = Agent()
    said = (
        "/new opus /think low hello",
        "/new zebra crossing",
        "/new default /think high",
        "/new /think high",
        "hi",
    )
    async with running(ledger, house(), agent) as rig:
        for count, text in enumerate(said, 1):
            await rig.hear(says(count, text))
            texts = await rig.phone.texts(count)
    asked = [(prompt.text, prompt.model, prompt.thinking) for prompt in agent.prompts]
    assert asked == [
        ("hello", "test/grand", "low"),
        ("zebra crossing", "test/grand", ""),
        ("default", "test/grand", "high"),
        ("hi", "test/grand", "high"),
    ]
    assert texts[3] == "A new conversation has begun."


async def test_what_the_agent_did_is_told_where_that_is_wished(ledger: Ledger) -> None:
    """/verbose on, for the session or for one message."""
    agent = Agent()

    async def behave(prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        yield EffectStarting("search\nsecond line")
        yield EffectStarting("search")
        yield EffectStarting("send_file")
        yield TextDelta("done")
        yield Finished("m")

    agent.behave = behave
    async with running(ledger, house(), agent) as rig:
        await rig.hear(says(1, "go"))
        await rig.phone.texts(1)
        await rig.hear(says(2, "/verbose on go"))
        assert await rig.phone.texts(2) == ["done", "done\n\nDid: search, send_file"]
