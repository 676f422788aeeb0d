"""What the gateway answers about the conversation and whoever asks."""

from __future__ import annotations

from tests.making import ACCOUNT
from tests.rig import running

from openclaw.domain.commands import Rank
from openclaw.store import Ledger
from openclaw.turns.commands.words import COMMANDS

from .house import OTHER, give, house, in_group, says


async def test_help_lists_what_is_the_senders_to_give(ledger: Ledger) -> None:
    """The owner's commands are shown to the owner, what is switched off to nobody, a group's in groups."""
    mine, theirs = await give(ledger, says(1, "/help"), says(2, "/help", OTHER), document=house(debug=False))
    words = [line.partition(":")[0] for line in mine.splitlines()]
    assert words == [one.word for one in COMMANDS if not one.group_only and one.word != "/debug"]
    allowed = {line.partition(":")[0] for line in theirs.splitlines()}
    assert allowed == {one.word for one in COMMANDS if one.who is Rank.ANYONE and not one.group_only}


async def test_commands_tells_arguments_and_aliases(ledger: Ledger) -> None:
    """/commands, the catalogue."""
    [text] = await give(ledger, in_group(1, "/commands"))
    assert "/think [off | minimal | low | medium | high | default]" in text
    assert "(also /id)" in text
    assert "/activation [mention | always]" in text


async def test_whoami_shows_both_spellings_of_the_sender(ledger: Ledger) -> None:
    """Behaviour facts I.2: channel, raw sender, the form that lists compare, in groups the chat id."""
    document = house()
    document["channels"]["imessage"]["region"] = "US"
    texts = await give(
        ledger, says(1, "/id", "(555) 010-0001"), in_group(2, "/whoami", OTHER), document=document
    )
    assert texts[0].splitlines() == [
        f"You write as (555) 010-0001, over iMessage account {ACCOUNT}.",
        "In lists that is +15550100001.",
        "You are the owner.",
    ]
    assert texts[1].splitlines()[1:] == ["This group is chat_id:7."]


async def test_status_speaks_of_agent_conversation_settings_and_queue(ledger: Ledger) -> None:
    """Requirements: /status."""
    said = ("hello", "/model opus", "/think high", "/status")
    texts = await give(ledger, *(says(row, text) for row, text in enumerate(said, 1)))
    assert texts[3].splitlines()[0] == "Agent: main (test/grand)"
    assert "2 messages" in texts[3]
    assert "Set here: model test/grand, thinking high" in texts[3]
    assert "Queue: collect" in texts[3]


async def test_status_says_when_no_model_is_set_up(ledger: Ledger) -> None:
    """Design section 8: messages wait, visibly to those who may ask."""
    document = house() | {"agents": {}}
    async with running(ledger, document) as rig:
        await rig.hear(says(1, "hello"))
        await rig.hear(says(2, "/status"))
        [text] = await rig.phone.texts(1)
    assert "No model is set up yet" in text
    assert "Waiting: 1" in text
