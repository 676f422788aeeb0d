"""What the configuration says of one chat."""

from __future__ import annotations

from typing import Any

import pytest
from tests.making import ANN, group_chat
from tests.rig import configure

from openclaw.config.accounts import AccountConfig, resolve_accounts
from openclaw.config.agents import resolve_agents
from openclaw.config.groups import (
    context_limit,
    group_entries,
    group_instructions,
    may_require_mention,
    memory_limit,
    requires_mention,
)


def account(**imessage: Any) -> AccountConfig:
    """The first account of a section."""
    return resolve_accounts(configure({"channels": {"imessage": imessage}}))[0]


@pytest.mark.parametrize("key", ["7", "chat_id:7", "chat_guid:any;+;chat7", "chat_identifier:chat7", "chat7"])
def test_a_group_is_found_under_every_spelling(key: str) -> None:
    """Ruling 5: all documented spellings mean the same."""
    groups = account(groups={"*": {"systemPrompt": "all"}, key: {"systemPrompt": "here"}}).groups
    assert [entry.system_prompt for entry in group_entries(groups, group_chat(7))] == ["here", "all"]
    assert [entry.system_prompt for entry in group_entries(groups, group_chat(8))] == ["all"]


@pytest.mark.parametrize(
    ("own", "everywhere", "told"),
    [("here", "all", "here"), (None, "all", "all"), ("", "all", ""), (None, None, "")],
)
def test_a_group_has_its_own_instructions_or_those_of_all(own: Any, everywhere: Any, told: str) -> None:
    """groups.<id>.systemPrompt; an empty one of its own keeps those of ``*`` away."""
    groups = {"7": {"systemPrompt": own} if own is not None else {}, "*": {}}
    if everywhere is not None:
        groups["*"] = {"systemPrompt": everywhere}
    assert group_instructions(account(groups=groups), group_chat(7)) == told


@pytest.mark.parametrize(
    ("groups", "required"),
    [
        ({}, True),
        ({"*": {"requireMention": False}}, False),
        ({"7": {}, "*": {"requireMention": False}}, False),
    ],
)
def test_an_agent_has_to_be_called_unless_somebody_says_otherwise(groups: Any, required: bool) -> None:
    """Behaviour facts C.5: the group's own word, else that of ``*``, else yes."""
    assert requires_mention(account(groups=groups), group_chat(7)) is required


@pytest.mark.parametrize(
    ("section", "may"),
    [
        ({}, False),
        ({"groupAllowFrom": ["chat_id:seven"]}, False),
        ({"groupAllowFrom": [ANN]}, True),
        ({"groupPolicy": "open"}, True),
        ({"groupPolicy": "open", "groups": {"7": {"requireMention": False}}}, False),
        ({"groupPolicy": "open", "groups": {"7": {}, "*": {"requireMention": False}}}, False),
        (
            {
                "groupPolicy": "open",
                "groups": {"7": {"requireMention": True}, "*": {"requireMention": False}},
            },
            True,
        ),
        ({"groupPolicy": "disabled", "groupAllowFrom": [ANN]}, False),
        ({"requireMentionInDms": True}, True),
        ({"requireMentionInDms": True, "dmPolicy": "disabled"}, False),
    ],
)
def test_whether_the_agent_must_be_called_anywhere_at_an_account(section: Any, may: bool) -> None:
    """As the gates have it, for those who may come so far at all."""
    assert may_require_mention(account(**section)) is may


@pytest.mark.parametrize("key", [ANN, "(555) 010-0001", "imessage:+1 555 010 0001"])
def test_a_persons_memory_is_found_under_every_spelling(key: str) -> None:
    """dms.<peer>.historyLimit before dmHistoryLimit; handles compare normalised (ruling 4)."""
    assert memory_limit(account(dmHistoryLimit=9, dms={key: {"historyLimit": 0}}), ANN) == 0
    assert memory_limit(account(dmHistoryLimit=9, dms={key: {}}), ANN) == 9
    assert memory_limit(account(dms={"+15550100002": {"historyLimit": 1}}), ANN) is None


def test_a_person_with_several_handles_is_found_by_their_name() -> None:
    """session.identityLinks: the original's peer of ``dms`` is that name, too."""
    limited = account(dms={"Ann": {"historyLimit": 3}})
    assert memory_limit(limited, ANN, {"ann": ["imessage:+1 555 010 0001", "ann@example.com"]}) == 3
    assert memory_limit(limited, ANN, {"ann": ["ann@example.com"]}) is None


@pytest.mark.parametrize(
    ("everywhere", "channel", "own", "agent", "limit"),
    [
        (None, None, None, None, 50),
        (30, None, None, None, 30),
        (30, 20, None, None, 20),
        (30, 20, 10, None, 10),
        (30, 20, 0, None, 0),
        (None, None, None, 80, 80),
        (30, None, None, 80, 80),
        (30, 20, None, 80, 20),
        (30, 20, None, 5, 5),
        (None, None, 0, 80, 0),
    ],
)
def test_the_narrowest_limit_of_context_counts(
    everywhere: Any, channel: Any, own: Any, agent: Any, limit: int
) -> None:
    """Behaviour facts A.7, A.10 and A.11: account, channel, all groups, 50; an agent's narrows them."""

    def set_to(value: Any) -> dict[str, Any]:
        return {} if value is None else {"historyLimit": value}

    config = configure(
        {
            "channels": {"imessage": {**set_to(channel), "accounts": {"Work": set_to(own)}}},
            "messages": {"groupChat": set_to(everywhere)},
            "agents": {"list": [{"id": "main", "groupChat": set_to(agent)}]},
        }
    )
    assert context_limit(config, resolve_accounts(config)[0], resolve_agents(config)[0]) == limit
