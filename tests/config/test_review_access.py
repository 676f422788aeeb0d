"""What will surprise the owner of a configuration about who is let in."""

from __future__ import annotations

from typing import Any

import pytest
from tests.making import ANN

from openclaw.config.review import review
from openclaw.errors import ConfigIssue

AGENTS = {"defaults": {"model": "openai/gpt-4.1"}, "list": [{"id": "main", "identity": {"name": "Claw"}}]}
ONE = {"dmPolicy": "allowlist", "groupPolicy": "allowlist", "allowFrom": [ANN]}


def warnings(check: Any, imessage: dict[str, Any]) -> dict[str, ConfigIssue]:
    """The warnings about a section, by the key each names."""
    found = review(check({"agents": AGENTS, "channels": {"imessage": imessage}}).config)
    assert all(issue.fix for issue in found)
    return {issue.path: issue for issue in found}


@pytest.mark.parametrize(
    ("section", "key"),
    [
        ({"groupAllowFrom": ["chat_id:seven"]}, "groupAllowFrom"),
        ({"groupAllowFrom": ["chat_id:0", "Ann <ann@example.com>"]}, "groupAllowFrom"),
        ({"allowFrom": ["+1 555 O10 0001"], "groupAllowFrom": [ANN]}, "allowFrom"),
        ({"accounts": {"work": {"groupAllowFrom": ["chat_id:*"]}}}, "accounts.work.groupAllowFrom"),
        (
            {"accounts": {"work": {"allowFrom": ["me;"], "groupPolicy": "disabled"}}},
            "accounts.work.allowFrom",
        ),
        ({"groups": {"chat_id:seven": {}}}, "groups.chat_id:seven"),
        ({"groups": {"guid:": {}, "7": {}}}, "groups.guid:"),
        ({"accounts": {"a": {"dbPath": "/a"}, "b": {}}, "groups": {"chat_id:x": {}}}, "groups.chat_id:x"),
        ({"accounts": {"Work": {"groups": {"chat_id:x": {}}}}}, "accounts.Work.groups.chat_id:x"),
    ],
)
def test_what_admits_nobody_is_named(check: Any, section: dict[str, Any], key: str) -> None:
    """Ruling 3: also where there are entries and none of them can match anybody."""
    found = warnings(check, ONE | section)

    assert [path for path in found if path != "channels.imessage.defaultAccount"] == [
        f"channels.imessage.{key}"
    ]


@pytest.mark.parametrize(
    "section",
    [
        {},
        {"allowFrom": ["chat_id:7"]},
        {"groupAllowFrom": ["chat_id:seven", ANN]},
        {"groups": {"7": {}, "chat_id:8": {}, "chat_guid:any;+;chat9": {}, "chat10": {}, "*": {}}},
        {"groupPolicy": "disabled", "groups": {"chat_id:seven": {}}},
    ],
)
def test_what_admits_somebody_leaves_nothing_to_say(check: Any, section: dict[str, Any]) -> None:
    """One entry that can match is a list; each single one is for the doctor to judge."""
    assert not warnings(check, ONE | section)


@pytest.mark.parametrize("key", ["chat_id:7", "007", "chat: 7"])
def test_a_group_with_two_entries_is_said(check: Any, key: str) -> None:
    """All spellings mean the same, so what the second entry says would hold for nobody."""
    found = warnings(check, ONE | {"groups": {"7": {}, key: {"tools": {"deny": ["*"]}}, "*": {}}})

    [issue] = found.values()
    assert issue.value == key
    assert "same group as 7" in issue.message
