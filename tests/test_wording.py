"""What an agent wrote, as the bubbles that leave."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.making import ACCOUNT, ANN, NOON, direct_chat
from tests.rig import configure, open_to_all

from openclaw.config.accounts import resolve_accounts
from openclaw.config.agents import resolve_agents
from openclaw.domain.ids import AgentId, MessageGuid, MessageId, SessionKey, TurnId
from openclaw.domain.turns import Turn, TurnMessage
from openclaw.wording import speech

SAID = tuple(
    TurnMessage(MessageId(number), ANN, f"word {number}", NOON, guid=MessageGuid(f"G{number}"))
    for number in (1, 2, 3)
)
TURN = Turn(
    TurnId(1), ACCOUNT, AgentId("main"), SessionKey("agent:main:main"), direct_chat(), False, SAID, 1, False
)


def below(text: str, turn: Turn = TURN) -> list[tuple[str, str]]:
    """Each bubble with the message that it is to hang below."""
    config = configure(open_to_all(textChunkLimit=10))
    say = speech(resolve_accounts(config), resolve_agents(config))
    return [(bubble.text, bubble.reply_to) for bubble in say(turn, text)]


@pytest.mark.parametrize(
    ("tag", "guid"),
    [
        ("[[reply_to_current]]", "G3"),
        ("[[reply_to:1]]", "G1"),
        ("[[reply_to:G2]]", "G2"),
        ("[[reply_to:0]]", ""),
        ("[[reply_to:4]]", ""),
        ("[[reply_to:another-chats-message]]", ""),
        ("", ""),
    ],
)
def test_the_first_bubble_hangs_below_the_message_that_is_named(tag: str, guid: str) -> None:
    """Only one that the turn answers can be named: nobody's message of another chat."""
    assert below(f"{tag} one two three four") == [("one two", guid), ("three four", "")]


def test_what_is_told_in_short_or_has_no_name_is_hung_below_by_nothing() -> None:
    """Messages of a full queue have no place in the prompt; imsg 0.3 may tell no guid."""
    short = replace(TURN, messages=(replace(SAID[0], condensed=True), SAID[1]))
    nameless = replace(TURN, messages=(replace(SAID[0], guid=MessageGuid("")),))
    assert below("[[reply_to:1]] yes", short) == [("yes", "G2")]
    assert below("[[reply_to_current]] yes", nameless) == [("yes", "")]


def test_silence_stays_silence_with_a_tag() -> None:
    """A tag makes no words."""
    assert below("[[reply_to_current]] NO_REPLY") == []
