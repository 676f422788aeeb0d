"""Bindings that do not do what they seem to: each is a warning that names the key and the way out."""

from __future__ import annotations

from typing import Any

import pytest
from tests.making import ANN, BOB

from openclaw.config.load import Loaded
from openclaw.config.review import review

PEOPLE = {"dmPolicy": "allowlist", "groupPolicy": "disabled", "allowFrom": [ANN]}
ACCOUNTS = {"accounts": {"default": {"dbPath": "/a"}, "work": {"dbPath": "/b", "region": "DE"}}}


def bound(*matches: dict[str, Any]) -> list[dict[str, Any]]:
    """A binding to the agent for each of ``matches``."""
    return [{"agentId": "main", "match": {"channel": "imessage"} | match} for match in matches]


def said(check: Any, bindings: list[dict[str, Any]], **sections: Any) -> dict[str, str]:
    """What is warned of bindings and of who is the default agent, by key."""
    loaded: Loaded = check({"channels": {"imessage": PEOPLE | ACCOUNTS}, "bindings": bindings, **sections})
    found = [issue for issue in review(loaded.config) if issue.path.startswith(("bindings", "agents.list"))]
    assert all(issue.fix for issue in found)
    return {issue.path: issue.message for issue in found}


def direct(name: str, **more: Any) -> dict[str, Any]:
    """One person."""
    return {"peer": {"kind": "direct", "id": name}} | more


def group(name: str, **more: Any) -> dict[str, Any]:
    """One group."""
    return {"peer": {"kind": "group", "id": name}} | more


@pytest.mark.parametrize(
    ("match", "readable"),
    [
        (direct(ANN), True),
        (direct("dm@example.com"), True),
        (direct("chat_identifier:+15550100001"), True),
        (direct("*"), True),
        (group("7"), True),
        (group("chat_id: 7"), True),
        (group("chat_guid:iMessage;+;chat7"), True),
        (direct("chat_id:seven"), False),
        (direct("nobody; here"), False),
        (group(""), False),
        (group(ANN), False),
        (group("family"), False),
    ],
)
def test_a_peer_that_cannot_be_read_is_said(check: Any, match: dict[str, Any], readable: bool) -> None:
    """It matches nothing (behaviour facts A.13), and nobody would know why the agent never answers."""
    found = said(check, bound(match))

    assert (found == {}) is readable
    assert set(found) <= {"bindings[0].match.peer.id"}


@pytest.mark.parametrize("field", [{"guildId": "1"}, {"teamId": "T"}, {"roles": ["a"]}])
def test_a_word_of_another_channel_is_said(check: Any, field: dict[str, Any]) -> None:
    """Nothing here has a guild, a team or roles; with channel discord it is that channel's own matter."""
    [key] = field
    assert list(said(check, bound(field))) == [f"bindings[0].match.{key}"]
    assert said(check, bound(field | {"channel": "discord"})) == {}


@pytest.mark.parametrize(
    ("first", "second", "hidden"),
    [
        (group("7"), group("chat_id:7"), True),
        (group("7"), group("8"), False),
        (group("7"), group("7", accountId="work"), False),
        (group("7", accountId="*"), group("7", accountId="work"), True),
        (group("7", accountId="work"), group("7", accountId="*"), False),
        (direct(ANN), direct("imessage:(555) 010-0001"), True),
        (direct(ANN), direct(BOB), False),
        (direct("+491711234567", accountId="work"), direct("0171 1234567", accountId="work"), True),
        ({"peer": {"kind": "dm", "id": "*"}}, direct("*"), True),
        (direct("*"), group("*"), False),
        (direct("*"), direct(ANN), False),
        ({}, {"accountId": "default"}, True),
        ({"accountId": "*"}, {"accountId": "work"}, False),
        ({"accountId": "*"}, {"accountId": "*"}, True),
        ({"channel": "telegram"}, {}, False),
        ({"guildId": "1"}, {}, False),
    ],
)
def test_one_that_another_before_it_decides_is_said(
    check: Any, first: dict[str, Any], second: dict[str, Any], hidden: bool
) -> None:
    """Inside a tier the first of the file decides, in whatever spelling it names its place."""
    found = said(check, bound(first, second))

    assert ("bindings[1].match" in found) is hidden
    if hidden:
        assert "bindings[0]" in found["bindings[1].match"]


def test_a_second_default_agent_is_said(check: Any) -> None:
    """The first one counts (behaviour facts A.10)."""
    agents = {"list": [{"id": "a"}, {"id": "b", "default": True}, {"id": "c", "default": True}]}

    assert "b comes first" in said(check, [], agents=agents)["agents.list[2].default"]
