"""What a person sets for their session, and that it acts."""

from __future__ import annotations

import pytest
from tests.rig import Agent, running

from openclaw.domain.admission import Reason
from openclaw.domain.ids import SessionKey
from openclaw.domain.sessions import SessionSettings
from openclaw.store import Ledger, session_settings
from openclaw.turns.commands.settings import parse_queue

from .house import OTHER, Outside, give, house, in_group, reasons, says

KEY = SessionKey("agent:main:imessage:direct:+15550100001")
GROUP = SessionKey("agent:main:imessage:group:7")


async def settings(ledger: Ledger, key: SessionKey = KEY) -> SessionSettings:
    return await ledger.read(lambda tx: session_settings.load(tx, key))


@pytest.mark.parametrize(
    ("text", "answer", "kept"),
    [
        ("/model opus", "Model: test/grand", {"model": "test/grand"}),
        ("/model 2", "Model: test/other", {"model": "test/other"}),
        ("/model default", "Model: test/echo (the default)", {}),
        ("/model", "Model: test/echo. /models lists those on offer.", {}),
        ("/model status", "Model: test/echo. /models lists those on offer.", {}),
        ("/model zebra", '"zebra" is none of the models on offer. /models lists them.', {}),
        ("/think high", "Thinking: high", {"thinking": "high"}),
        ("/T OFF", "Thinking: off", {"thinking": "off"}),
        (
            "/think hard please",
            '"hard please" is no level. Thinking: default. Levels: off, minimal, low, medium, high, default.',
            {},
        ),
        ("/verbose on", "Verbose: on", {"verbose": "on"}),
        ("/v", "Verbose: off.", {}),
        ("/think low /v on", "Thinking: low\nVerbose: on", {"thinking": "low", "verbose": "on"}),
        ("/usage tokens", "Usage: tokens", {"usage": "tokens"}),
        ("/usage", "Usage: not set. /usage [off | tokens | full | cost]", {}),
        (
            "/usage lots",
            '"lots" is not understood. Usage: not set. /usage [off | tokens | full | cost]',
            {},
        ),
        ("/send off", "Send: off", {"send": "off"}),
        ("/send inherit", "Send: inherit", {}),
        ("/activation always", "That is for groups; here you are always answered.", {}),
        (
            "/queue followup debounce:2s cap:25 drop:old",
            "Queue: followup, debounce:2s, cap:25, drop:old",
            {"queue": "followup", "queue_debounce_ms": 2000, "queue_cap": 25, "queue_drop": "old"},
        ),
        ("/queue", "Queue: collect, debounce:0s, cap:20, drop:summarize", {}),
    ],
)
async def test_each_is_kept_and_said(ledger: Ledger, text: str, answer: str, kept: dict[str, str]) -> None:
    """Behaviour facts I.2: alone, a directive persists; without a value it tells what is set."""
    assert await give(ledger, says(1, text)) == [answer]
    assert await settings(ledger) == SessionSettings(**kept)  # type: ignore[arg-type]


async def test_the_queue_goes_by_the_configuration_again(ledger: Ledger) -> None:
    """``default`` and ``reset`` take every option back."""
    await give(ledger, says(1, "/queue interrupt cap:3"), says(2, "/queue reset"))
    assert await settings(ledger) == SessionSettings()


@pytest.mark.parametrize(
    "word", ["sideways", "cap:0", "cap:x", "drop:all", "debounce:forever", "debounce:99999m", "cap:٣"]
)
def test_a_queue_option_that_means_nothing_is_named(word: str) -> None:
    """Nothing of such a line is kept."""
    parsed = parse_queue(["collect", word])
    assert isinstance(parsed, str)
    assert word in parsed


async def test_the_chosen_model_and_level_reach_the_agent(ledger: Ledger) -> None:
    """A session's settings are in each prompt; a directive inside a message counts for that one alone."""
    agent = Agent()
    async with running(ledger, house(), agent) as rig:
        for count, text in enumerate(
            ("/model opus", "/think low", "one", "two /think high /model test/other", "three"), 1
        ):
            await rig.hear(says(count, text))
            await rig.phone.texts(count)
    asked = [(prompt.text, prompt.model, prompt.thinking) for prompt in agent.prompts]
    assert asked == [
        ("one", "test/grand", "low"),
        ("two", "test/other", "high"),
        ("three", "test/grand", "low"),
    ]


async def test_usage_stands_below_an_answer_and_not_in_the_transcript(ledger: Ledger) -> None:
    """Behaviour facts I.2; a price that nobody configured is not made up."""
    said = [says(1, "/usage cost"), says(2, "one"), says(3, "/usage full"), says(4, "two")]
    agent = Agent()
    async with running(ledger, house(), agent) as rig:
        for count, message in enumerate(said, 1):
            await rig.hear(message)
            texts = await rig.phone.texts(count)
    assert texts[1] == "You said one\n\nCost: not known (Tokens: 3 in, 4 out)"
    assert texts[3] == "You said two\n\nTokens: 3 in, 4 out. Model: echo/1. Cost: not known"
    assert [entry.text for entry in agent.prompts[-1].history] == ["one", "You said one"]


async def test_nothing_is_sent_where_sending_is_off_but_the_answers_to_commands(ledger: Ledger) -> None:
    """Behaviour facts I.2: /send off; the agent still hears and remembers."""
    agent = Agent()
    async with running(ledger, house(), agent) as rig:
        await rig.hear(says(1, "/send off"))
        await rig.phone.texts(1)
        await rig.hear(says(2, "hello"))
        await rig.hear(says(3, "/status"))
        await rig.phone.texts(2)
        await rig.hear(says(4, "/send on"))
        await rig.phone.texts(3)
        await rig.hear(says(5, "again"))
        texts = await rig.phone.texts(4)
    assert "You said hello" not in texts
    assert texts[3] == "You said again"
    assert Reason.SEND_OFF in await reasons(ledger)
    assert [entry.text for entry in agent.prompts[-1].history] == ["hello", "You said hello"]


async def test_activation_opens_and_closes_the_gate_of_a_group(ledger: Ledger) -> None:
    """Behaviour facts I.2, and what its users expected of it: always needs no name, mention does."""
    document = house() | {
        "messages": {"groupChat": {"mentionPatterns": ["claw"]}, "queue": {"debounceMs": 0}}
    }
    async with running(ledger, document, ports=Outside().ports) as rig:
        await rig.hear(in_group(1, "not called"))
        await rig.phone.texts(1)
        await rig.hear(in_group(2, "/activation mention"))
        await rig.phone.texts(2)
        await rig.hear(in_group(3, "not called either"))
        await rig.hear(in_group(4, "/activation always", OTHER))
        await rig.phone.texts(3)
        await rig.hear(in_group(5, "not called again"))
        texts = await rig.phone.texts(4)
    assert texts == [
        "You said +15550100001: not called",
        "Activation: mention",
        "Activation: always",
        "You said +15550100001: not called again",
    ]
    assert (await settings(ledger, GROUP)).activation == "always"
    assert Reason.NOT_MENTIONED in await reasons(ledger)


async def test_models_are_listed_with_numbers(ledger: Ledger) -> None:
    """/models, and the one that answers is marked; those of one provider keep their numbers."""
    document = house()
    document["agents"]["defaults"]["models"]["far/away"] = {}
    said = ("/models", "/model list", "/models FAR", "/models nowhere")
    told = await give(ledger, *(says(row, text) for row, text in enumerate(said, 1)), document=document)
    choose = "Choose with /model and a number or name."
    assert told[0] == f"1. test/echo <- now\n2. test/other\n3. test/grand (opus)\n4. far/away\n{choose}"
    assert told[1] == told[0]
    assert told[2] == f"4. far/away\n{choose}"
    assert told[3] == '"nowhere" is none of the providers on offer: test, far.'
