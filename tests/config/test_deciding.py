"""Which key of the file decided: the account's, the channel's, another section's, or none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from openclaw.config.deciding import Matter, deciding_keys, fix_for
from openclaw.config.load import Loaded, check_document
from openclaw.config.locations import Locations
from openclaw.domain.chats import ChatRef
from openclaw.domain.commands import Flag
from openclaw.domain.ids import AccountId, AgentId, ChatRowId
from openclaw.domain.reasons import Reason

DEFAULT, WORK = AccountId("default"), AccountId("work")
SEVEN = ChatRef(ChatRowId(7), "iMessage;+;chat7", "chat7")
HERE = Path("/nonexistent")


def loaded(document: dict[str, Any]) -> Loaded:
    """A file that says ``document``."""
    return check_document(document, Locations(HERE, HERE, HERE / "openclaw.json"), {})


def said(document: dict[str, Any], reason: Reason, matter: Matter | None = None) -> list[str]:
    """The deciding keys in words."""
    return [key.says for key in deciding_keys(loaded(document), matter or Matter(DEFAULT), reason)]


@pytest.mark.parametrize(
    ("channels", "account", "expected"),
    [
        (
            {"imessage": {"groupPolicy": "disabled", "accounts": {"Work": {"groupPolicy": "disabled"}}}},
            WORK,
            "channels.imessage.accounts.Work.groupPolicy",
        ),
        (
            {"imessage": {"groupPolicy": "disabled", "accounts": {"work": {}}}},
            WORK,
            "channels.imessage.groupPolicy",
        ),
        (
            {"imessage": {}, "defaults": {"groupPolicy": "disabled"}},
            DEFAULT,
            "channels.defaults.groupPolicy",
        ),
        ({"imessage": {}}, DEFAULT, "default (channels.imessage.groupPolicy is not set)"),
        (
            {"defaults": {"groupPolicy": "open"}},
            DEFAULT,
            "default (channels.imessage.groupPolicy is not set; channels.imessage is missing, so the strictest counts)",
        ),
    ],
    ids=["its own", "inherited", "of all channels", "not set", "no section"],
)
def test_the_key_that_counted_is_named(channels: dict[str, Any], account: AccountId, expected: str) -> None:
    """An account's own, else the channel's, else the defaults', else none (rulings 2 and 3)."""
    assert said({"channels": channels}, Reason.GROUPS_DISABLED, Matter(account)) == [expected]


def test_the_value_in_force_goes_with_it() -> None:
    """What counts is shown, also where nothing is set."""
    document = {"channels": {"imessage": {"allowFrom": ["+15550100001"]}}}
    keys = deciding_keys(loaded(document), Matter(DEFAULT), Reason.DM_NOT_ALLOWED)

    assert [(key.value, key.is_set) for key in keys] == [(["+15550100001"], True), ("pairing", False)]


def test_an_unset_list_of_groups_is_named_with_its_fallback() -> None:
    """groupAllowFrom falls back to allowFrom, and the fix names the list that counts (ruling 3)."""
    document = {"channels": {"imessage": {"allowFrom": ["+15550100001"]}}}
    keys = deciding_keys(loaded(document), Matter(DEFAULT), Reason.GROUP_SENDER)

    assert keys[0].says == "channels.imessage.allowFrom (channels.imessage.groupAllowFrom is not set)"
    assert fix_for(Reason.GROUP_SENDER, keys) == "Add them to channels.imessage.allowFrom."
    own = {"channels": {"imessage": {"allowFrom": [1], "groupAllowFrom": []}}}
    assert said(own, Reason.GROUP_SENDER)[0] == "channels.imessage.groupAllowFrom"


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ({"7": {"requireMention": True}}, "channels.imessage.groups.7.requireMention"),
        (
            {"chat_id:7": {"requireMention": True}, "*": {"requireMention": True}},
            "channels.imessage.groups.chat_id:7.requireMention",
        ),
        ({"7": {}, "*": {"requireMention": True}}, "channels.imessage.groups.*.requireMention"),
        (
            {"7": {}, "chat_id:7": {"requireMention": False}, "*": {"requireMention": True}},
            "channels.imessage.groups.*.requireMention",
        ),
        ({"7": {}}, "default (channels.imessage.groups.7.requireMention is not set)"),
        ({"8": {}}, "default (channels.imessage.groups.*.requireMention is not set)"),
    ],
)
def test_who_required_the_mention_is_named(groups: dict[str, Any], expected: str) -> None:
    """The group's own entry, else the one for all, else the default (behaviour facts C.5)."""
    matter = Matter(DEFAULT, SEVEN, is_group=True)
    assert said({"channels": {"imessage": {"groups": groups}}}, Reason.NOT_MENTIONED, matter)[0] == expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (
            {"agents": {"list": [{"id": "main"}, {"id": "Zoe", "groupChat": {"mentionPatterns": ["zoe"]}}]}},
            "agents.list[1].groupChat.mentionPatterns",
        ),
        (
            {"messages": {"groupChat": {"mentionPatterns": ["claw"]}}},
            "messages.groupChat.mentionPatterns",
        ),
        (
            {"agents": {"list": [{"id": "zoe", "identity": {"name": "Zoe"}}]}},
            "default (agents.list[0].groupChat.mentionPatterns is not set; the agent's name and emoji count)",
        ),
    ],
)
def test_the_patterns_are_those_of_the_agent_that_would_answer(
    document: dict[str, Any], expected: str
) -> None:
    """The agent's, else those for all, else its name (ruling 14)."""
    matter = Matter(DEFAULT, SEVEN, is_group=True, agent=AgentId("zoe"))
    assert said(document, Reason.NOT_MENTIONED, matter)[1] == expected


@pytest.mark.parametrize(
    ("commands", "is_group", "expected"),
    [
        ({"allowFrom": {"imessage": [1]}, "ownerAllowFrom": [1]}, True, ["commands.allowFrom.imessage"]),
        ({"allowFrom": {"*": [1]}}, True, ["commands.allowFrom.*"]),
        ({"ownerAllowFrom": [1]}, False, ["commands.ownerAllowFrom", "channels.imessage.allowFrom"]),
        ({}, False, ["channels.imessage.allowFrom"]),
        ({}, True, ["channels.imessage.allowFrom", "channels.imessage.groupAllowFrom"]),
    ],
)
def test_who_may_command_is_told_by_the_lists_that_count(
    commands: dict[str, Any], is_group: bool, expected: list[str]
) -> None:
    """One list alone when it is set; owners narrow the rest (behaviour facts C.6, C.7)."""
    channel = {"allowFrom": [2], "groupAllowFrom": [3]}
    document = {"channels": {"imessage": channel}, "commands": commands}
    assert said(document, Reason.COMMAND_UNAUTHORISED, Matter(DEFAULT, SEVEN, is_group)) == expected


def test_a_command_that_is_off_is_told_by_its_own_switch() -> None:
    """Of the keys that switch commands on, the one of this command decided (issue 5: the key that decided)."""
    document = {"commands": {"config": False}}
    matter = Matter(DEFAULT, switch=Flag.CONFIG)
    keys = deciding_keys(loaded(document), matter, Reason.COMMAND_DISABLED)
    assert [key.says for key in keys] == ["commands.config"]
    assert fix_for(Reason.COMMAND_DISABLED, keys) == "Set commands.config to true."


def test_what_no_key_decides_names_none() -> None:
    """Our own message is one under every configuration, and an account that is gone has no keys."""
    assert said({}, Reason.OWN_GUID) == []
    assert said({}, Reason.DM_DISABLED, Matter(AccountId("gone"))) == []
    assert fix_for(Reason.UNREADABLE, ()) == Reason.UNREADABLE.fix


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason.keys])
def test_every_reason_with_keys_can_name_them(reason: Reason) -> None:
    """Under an empty file each of them is a default, and says so."""
    keys = deciding_keys(loaded({}), Matter(DEFAULT), reason)
    assert keys
    assert all(key.says.startswith("default (") for key in keys)


def test_keys_of_other_sections_tell_whether_they_are_set() -> None:
    """The same value counts as set or as a default, by what the file says."""
    assert said({}, Reason.LOOP) == ["default (messages.loop.maxTurnsPerMinute is not set)"]
    written = {"messages": {"loop": {"maxTurnsPerMinute": 30}}}
    assert said(written, Reason.LOOP) == ["messages.loop.maxTurnsPerMinute"]
