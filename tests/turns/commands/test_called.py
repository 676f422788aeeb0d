"""Commands in a group behind the name of the agent: the same as without it, for whoever may give them."""

from __future__ import annotations

from typing import Any

import pytest
from tests.rig import running

from openclaw.domain.admission import Reason
from openclaw.domain.ids import SessionKey
from openclaw.store import Ledger, messages, session_settings

from .house import OTHER, OWNER, STRANGER, Outside, house, in_group, reasons, says

GROUP = SessionKey("agent:main:imessage:group:7")


def called(**commands: Any) -> dict[str, Any]:
    """A house in whose groups the agent must be called by its name."""
    document = house(**commands)
    document["channels"]["imessage"]["groups"] = {"*": {"requireMention": True}}
    return document | {"messages": {"groupChat": {"mentionPatterns": ["@?claw"]}}}


async def hear(ledger: Ledger, *texts: str, sender: str = OTHER, count: int) -> tuple[list[str], int]:
    """What is sent for what ``sender`` says in the group, ``count`` bubbles, and how often the agent was asked."""
    async with running(ledger, called(), ports=Outside().ports) as rig:
        for row, text in enumerate(texts, 1):
            await rig.hear(in_group(row, text, sender))
        sent = await rig.phone.texts(count)
        return sent, len(rig.agent.prompts)


async def test_the_name_before_a_command_is_no_word_for_the_agent(ledger: Ledger) -> None:
    """It is answered once, and no turn is spent on the name alone."""
    texts = ("@claw /whoami", "Claw, /think high", "claw: /usage:tokens")
    sent, asked = await hear(ledger, *texts, count=3)
    assert "This group is chat_id:7." in sent[0]
    assert sent[1:] == ["Thinking: high", "Usage: tokens"]
    assert asked == 0
    kept = await ledger.read(lambda tx: session_settings.load(tx, GROUP))
    assert (kept.thinking, kept.usage) == ("high", "tokens")


async def test_what_follows_a_reset_is_the_first_message(ledger: Ledger) -> None:
    """A command that keeps its place has its words without the name as well."""
    sent, asked = await hear(ledger, "claw /new tell me", count=1)
    assert (sent, asked) == ([f"You said {OTHER}: tell me"], 1)


async def test_a_directive_beside_words_stays_a_message_to_the_agent(ledger: Ledger) -> None:
    """The whole of it, name and all: somebody calls the agent there."""
    sent, _ = await hear(ledger, "claw /think high what is it", count=1)
    assert sent == [f"You said {OTHER}: claw what is it"]


@pytest.mark.parametrize(
    ("text", "sender", "reason"),
    [
        ("claw /status", STRANGER, Reason.COMMAND_UNAUTHORISED),
        ("claw /config show", OTHER, Reason.COMMAND_OWNER),
        ("@claw: /allowlist add +15550100007", OTHER, Reason.COMMAND_OWNER),
        ("claw /restart", OTHER, Reason.COMMAND_OWNER),
    ],
)
async def test_a_name_gives_nobody_any_authority(
    ledger: Ledger, text: str, sender: str, reason: Reason
) -> None:
    """Refused as without it, in silence, and the agent is not asked."""
    outside = Outside()
    async with running(ledger, called(), ports=outside.ports) as rig:
        await rig.hear(in_group(1, text, sender))
        await rig.hear(says(2, "/whoami", OWNER))
        assert len(await rig.phone.texts(1)) == 1
        assert rig.agent.prompts == []
    assert await reasons(ledger) == [reason, "/whoami"]
    assert (outside.restarts, outside.desk.writes) == (0, [])


async def test_the_owners_words_behind_the_name_are_carried_out_whole(ledger: Ledger) -> None:
    """And forgotten once they are, as every command is."""
    outside = Outside()
    async with running(ledger, called(), ports=outside.ports) as rig:
        await rig.hear(in_group(1, "claw /config set messages.queue.cap=25"))
        assert await rig.phone.texts(1) == ["messages.queue.cap = 25"]
    [held] = [one for one in await ledger.read(lambda tx: messages.latest(tx, 9)) if not one.message.from_me]
    assert held.message.text == ""


async def test_in_a_direct_message_a_name_is_talk(ledger: Ledger) -> None:
    """Nobody calls whom they are alone with; there the command is the whole message."""
    async with running(ledger, called(), ports=Outside().ports) as rig:
        await rig.hear(says(1, "claw /new"))
        assert await rig.phone.texts(1) == ["You said claw /new"]
