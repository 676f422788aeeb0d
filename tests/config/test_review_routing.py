"""What the configuration says of routing, and what will surprise its owner."""

from __future__ import annotations

from typing import Any

import pytest
from tests.making import ANN, BOB

from openclaw.config.load import Loaded
from openclaw.config.review import review
from openclaw.errors import ConfigInvalid, ConfigIssue

ONE = {"dmPolicy": "allowlist", "groupPolicy": "disabled", "allowFrom": [ANN]}
SHARED, SCOPE = "session.dmScope", "session.scope"


def warnings(check: Any, imessage: dict[str, Any], **sections: Any) -> dict[str, ConfigIssue]:
    """The warnings about a configuration, by the key each names."""
    loaded: Loaded = check({"channels": {"imessage": imessage}, **sections})
    found = {issue.path: issue for issue in review(loaded.config)}
    assert all(issue.fix for issue in found.values())
    return found


@pytest.mark.parametrize(
    ("people", "shared"),
    [
        ([ANN], False),
        ([ANN, "imessage:+1 (555) 010-0001", "5550100001"], False),
        ([ANN, "nobody;here", ""], False),
        ([ANN, BOB], True),
        ([ANN, "ann@example.com"], True),
        ([ANN, "chat_id:7"], True),
        (["*"], True),
    ],
)
def test_people_are_counted_and_not_their_spellings(check: Any, people: list[str], shared: bool) -> None:
    """The warning about shared context is precise: one person in three spellings is one (design section 6)."""
    policy = {"dmPolicy": "open"} if "*" in people else {}

    assert (SHARED in warnings(check, ONE | policy | {"allowFrom": people})) is shared


def test_linked_handles_are_one_person(check: Any) -> None:
    """identityLinks say that two addresses are one person, so nothing is shared with another."""
    links = {"ann": ["imessage:+15550100001", "Ann@Example.com"]}
    both = ONE | {"allowFrom": [ANN, "ann@example.com"]}

    assert SHARED not in warnings(check, both, session={"identityLinks": links})


def test_the_warning_about_shared_memory_names_the_way_out(check: Any) -> None:
    """Design section 7: loud, naming per-channel-peer."""
    found = warnings(check, ONE | {"allowFrom": [ANN, BOB]})[SHARED]

    assert "share one memory" in found.message
    assert "per-channel-peer" in found.fix


@pytest.mark.parametrize(
    ("match", "scope", "shared"),
    [
        ({}, "main", True),
        ({"peer": {"kind": "direct", "id": "*"}}, "main", True),
        ({"peer": {"kind": "direct", "id": ANN}}, "main", False),
        ({}, "per-peer", False),
        ({"channel": "telegram"}, "main", False),
    ],
)
def test_a_binding_that_shares_a_memory_is_named(
    check: Any, match: dict[str, Any], scope: str, shared: bool
) -> None:
    """session.dmScope of a binding opens what the common one keeps apart (behaviour facts A.12)."""
    binding = {"agentId": "main", "match": {"channel": "imessage"} | match, "session": {"dmScope": scope}}
    several = ONE | {"allowFrom": [ANN, BOB]}
    found = warnings(check, several, session={"dmScope": "per-peer"}, bindings=[binding])

    assert ("bindings[0].session.dmScope" in found) is shared
    assert SHARED not in found


@pytest.mark.parametrize(
    ("people", "agents", "shared"),
    [
        ([ANN, BOB], ["main", "main"], True),
        ([ANN, BOB], ["main", "other"], False),
        ([ANN, "(555) 010-0001"], ["main", "main"], False),
        ([ANN, "ann@example.com"], ["main", "main"], False),
    ],
)
def test_two_people_whom_bindings_put_into_one_session_are_named(
    check: Any, people: list[str], agents: list[str], shared: bool
) -> None:
    """Each binding alone gives one person the main session; together they share it."""
    bindings = [
        {
            "agentId": agent,
            "match": {"channel": "imessage", "peer": {"kind": "direct", "id": person}},
            "session": {"dmScope": "main"},
        }
        for person, agent in zip(people, agents, strict=True)
    ]
    session = {"dmScope": "per-peer", "identityLinks": {"ann": [ANN, "ann@example.com"]}}
    found = warnings(check, ONE | {"allowFrom": people}, session=session, bindings=bindings)

    assert "bindings[0].session.dmScope" not in found
    assert ("bindings[1].session.dmScope" in found) is shared


@pytest.mark.parametrize(("scope", "said"), [("main", False), ("per-peer", True)])
def test_a_global_scope_that_changes_nothing_is_said(check: Any, scope: str, said: bool) -> None:
    """Decision 017: what keeps people apart wins."""
    assert (SCOPE in warnings(check, ONE, session={"scope": "global", "dmScope": scope})) is said


@pytest.mark.parametrize(
    ("wanted", "said"), [("work", False), ("Work ", False), ("*", False), (None, True), ("lost", True)]
)
def test_a_binding_for_an_account_that_does_not_run_is_said(
    check: Any, wanted: str | None, said: bool
) -> None:
    """Omitted means the account ``default``, which not every installation has (behaviour facts A.13)."""
    phone = ONE | {"accounts": {"work": {}}}
    match = {"channel": "imessage"} | ({"accountId": wanted} if wanted else {})
    found = warnings(check, phone, bindings=[{"agentId": "main", "match": match}])

    assert ("bindings[0].match.accountId" in found) is said


NAMED = {"list": [{"id": "a", "identity": {"name": "Molty"}}]}
EMPTY = {"list": [{"id": "a", "identity": {"name": "Molty"}, "groupChat": {"mentionPatterns": []}}]}
GROUPS = ONE | {"groupPolicy": "allowlist"}


@pytest.mark.parametrize(
    ("imessage", "agents", "said"),
    [
        (GROUPS, {}, True),
        (GROUPS, NAMED, False),
        (GROUPS, EMPTY, True),
        (GROUPS | {"groups": {"7": {}}}, {}, True),
        (GROUPS | {"groups": {"*": {"requireMention": False}}}, {}, False),
        (ONE | {"requireMentionInDms": True}, {}, True),
        (ONE | {"requireMentionInDms": True}, NAMED, False),
        (GROUPS | {"groupAllowFrom": []}, {}, False),
        (ONE, {}, False),
    ],
)
def test_an_agent_without_a_name_to_be_called_by_is_said(
    check: Any, imessage: dict[str, Any], agents: dict[str, Any], said: bool
) -> None:
    """None at all means mention gating cannot be enforced, which is a warning (ruling 14)."""
    assert ("messages.groupChat.mentionPatterns" in warnings(check, imessage, agents=agents)) is said


def test_every_bad_pattern_is_named_where_the_file_is_read(check: Any) -> None:
    """Demand H5: by its key, all at once; also one of an agent that nobody is bound to."""
    agents = {
        "list": [
            {"id": "a", "groupChat": {"mentionPatterns": ["fine", "(?=no)"]}},
            {"id": "b", "groupChat": {"mentionPatterns": ["("]}},
        ]
    }
    with pytest.raises(ConfigInvalid) as refused:
        check({"agents": agents, "messages": {"groupChat": {"mentionPatterns": [" "]}}})

    assert [issue.path for issue in refused.value.issues] == [
        "agents.list[0].groupChat.mentionPatterns[1]",
        "agents.list[1].groupChat.mentionPatterns[0]",
        "messages.groupChat.mentionPatterns[0]",
    ]


@pytest.mark.parametrize(
    ("pattern", "said"),
    [("claw|", True), ("(claw)?", True), (".*", True), ("^$", False), (r"\w", False), ("claw", False)],
)
def test_a_pattern_that_is_found_in_every_text_is_said(check: Any, pattern: str, said: bool) -> None:
    """One bar too many, and nobody has to call the agent any more."""
    found = warnings(check, GROUPS, agents=NAMED, messages={"groupChat": {"mentionPatterns": ["x", pattern]}})

    assert ("messages.groupChat.mentionPatterns[1]" in found) is said
    assert "messages.groupChat.mentionPatterns[0]" not in found
