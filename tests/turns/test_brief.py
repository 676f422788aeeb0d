"""What the configuration says about a turn's conversation."""

from __future__ import annotations

from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.making import ACCOUNT, ANN, NOON, direct_chat, group_chat
from tests.rig import configure

from openclaw.config.sections.agents import AgentDefaults
from openclaw.domain.ids import AccountId, AgentId, MessageId, SessionKey, TurnId
from openclaw.domain.turns import Turn, TurnMessage
from openclaw.turns.brief import Brief, briefs, time_zone


def turn(sender: str = ANN, *, group: bool = False, account: AccountId = ACCOUNT) -> Turn:
    said = (TurnMessage(MessageId(1), sender, "hi", NOON),)
    chat = group_chat() if group else direct_chat(sender)
    return Turn(TurnId(1), account, AgentId("main"), SessionKey("s"), chat, group, said, 1, effects=False)


def brief(asked: Turn, agents: Any = None, **imessage: Any) -> Brief:
    """How a turn is told with these keys of the section."""
    return briefs(configure({"channels": {"imessage": imessage}, "agents": agents or {}}))(asked)


def test_a_plain_configuration_tells_the_time_and_fifty_messages() -> None:
    """Behaviour facts A.7 and A.10: the defaults."""
    found = brief(turn(group=True))
    assert (found.context_limit, found.memory_limit, found.must_be_called) == (50, None, True)
    assert (found.tells_time, found.tells_elapsed, found.instructions) == (True, True, "")


def test_only_a_group_has_group_instructions_and_a_mention_rule() -> None:
    """groups.<id>.systemPrompt and requireMention."""
    groups = {"7": {"systemPrompt": " Speak Dutch. ", "requireMention": False}}
    assert brief(turn(group=True), groups=groups).instructions == "Speak Dutch."
    assert not brief(turn(group=True), groups=groups).must_be_called
    assert brief(turn(), groups=groups).instructions == ""


def test_only_a_direct_chat_has_a_memory_limit() -> None:
    """A.12's caveat is not kept: the documented meaning holds in every scope, and historyLimit is for context alone."""
    keys: dict[str, Any] = {
        "dmHistoryLimit": 9,
        "dms": {"+1 555 010 0001": {"historyLimit": 2}},
        "historyLimit": 3,
    }
    assert brief(turn(), **keys).memory_limit == 2
    assert brief(turn("+15550100009"), **keys).memory_limit == 9
    assert brief(turn(group=True), **keys).memory_limit is None


def test_what_is_told_of_time_can_be_switched_off() -> None:
    """agents.defaults.envelopeTimestamp and envelopeElapsed."""
    off = {"defaults": {"envelopeTimestamp": "off", "envelopeElapsed": "off"}}
    found = brief(turn(), off)
    assert (found.tells_time, found.tells_elapsed) == (False, False)


def test_a_turn_of_an_account_that_is_gone_is_told_plainly() -> None:
    """A turn may outlive its account's entry."""
    assert brief(turn(account=AccountId("gone"))).context_limit == 0


@pytest.mark.parametrize(
    ("zone", "user", "expected"),
    [
        (None, None, None),
        ("local", "Europe/Berlin", None),
        ("utc", "Europe/Berlin", UTC),
        ("user", "Europe/Berlin", ZoneInfo("Europe/Berlin")),
        ("user", None, None),
        (None, "Europe/Berlin", ZoneInfo("Europe/Berlin")),
        ("Asia/Tokyo", "Europe/Berlin", ZoneInfo("Asia/Tokyo")),
    ],
)
def test_the_zone_is_named_or_the_users_or_this_computers(zone: Any, user: Any, expected: Any) -> None:
    """agents.defaults.envelopeTimezone and userTimezone (behaviour facts A.10)."""
    assert time_zone(AgentDefaults(envelope_timezone=zone, user_timezone=user)) == expected
