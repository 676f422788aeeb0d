"""Whom an account lets in, and whom nobody meant to keep out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from openclaw.config.accounts import AccountConfig, resolve_accounts
from openclaw.config.sections.channels import Channels
from openclaw.config.sections.imessage import GroupConfig, IMessage
from openclaw.config.sections.root import Config
from openclaw.doctor.checks.access import (
    AccessFacts,
    ListFacts,
    entry_problem,
    judge_account,
    judge_list,
)
from openclaw.doctor.findings import Severity
from openclaw.doctor.names import Check
from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import ChatRowId

CREW = ChatRef(ChatRowId(7), "iMessage;+;chat7", "chat7")


def account(**values: Any) -> AccountConfig:
    [one] = resolve_accounts(Config(channels=Channels(imessage=IMessage(**values))))
    return one


def found(one: AccountConfig, **facts: Any) -> list[tuple[Check, Severity, str]]:
    given = {"region_set": True, "approved": 1, "chats": (CREW,)} | facts
    judged = judge_account(AccessFacts(one, "channels.imessage", **given))
    return [(finding.check, finding.severity, finding.looked_at) for finding in judged]


def test_an_account_without_oddities_is_fine() -> None:
    """Pairing with somebody approved, a known group, complete numbers."""
    one = account(allow_from=("+15550100001",), groups={"7": GroupConfig()})
    assert found(one) == [(Check.ACCESS_DIRECT, Severity.OK, "channels.imessage")]


def test_a_list_that_admits_nobody_is_told_by_its_entries_alone() -> None:
    """That nobody is answered the review of the configuration says; told twice it would be two faults."""
    one = account(dm_policy="allowlist", allow_from=("chat_id:seven",))
    entry = (Check.ACCESS_ENTRY, Severity.WARNING, "channels.imessage.allowFrom[0]")
    assert found(one, approved=0) == [entry]


@pytest.mark.parametrize(
    ("values", "facts", "expected"),
    [
        ({"dm_policy": "disabled"}, {}, (Check.ACCESS_DIRECT, Severity.INFO)),
        ({}, {"approved": 0}, (Check.ACCESS_DIRECT, Severity.INFO)),
        (
            {"dm_policy": "allowlist", "allow_from": ("+15550100001",)},
            {"approved": 2},
            (Check.ACCESS_DIRECT, Severity.INFO),
        ),
        ({"group_policy": "disabled"}, {}, (Check.ACCESS_GROUPS, Severity.INFO)),
        ({"groups": {"9": GroupConfig()}}, {}, (Check.ACCESS_GROUP, Severity.INFO)),
        ({"groups": {"chat_guid:iMessage;+;x": GroupConfig()}}, {}, (Check.ACCESS_GROUP, Severity.INFO)),
        ({"own_handles": ("12",)}, {}, (Check.ACCESS_ENTRY, Severity.WARNING)),
        ({"own_handles": ("chat_id:7",)}, {}, (Check.ACCESS_ENTRY, Severity.WARNING)),
        ({"own_handles": ("*",)}, {}, (Check.ACCESS_ENTRY, Severity.WARNING)),
        ({"group_allow_from": ("(",)}, {}, (Check.ACCESS_ENTRY, Severity.WARNING)),
        ({"allow_from": ("5550100001",)}, {"region_set": False}, (Check.ACCESS_REGION, Severity.WARNING)),
    ],
)
def test_what_keeps_people_out_is_told(
    values: dict[str, Any], facts: dict[str, Any], expected: tuple[Check, Severity]
) -> None:
    """Each with one finding, and nothing beside it."""
    assert [each[:2] for each in found(account(**values), **facts)] == [expected]


@pytest.mark.parametrize(
    "key", ["*", "7", "chat_id:7", "chat_guid:any;+;chat7", "chat_identifier:chat7", "chat7"]
)
def test_a_group_is_known_in_every_spelling(key: str) -> None:
    """Ruling 5; and * stands for any group."""
    assert [each[0] for each in found(account(groups={key: GroupConfig()}))] == [Check.ACCESS_DIRECT]


def test_groups_are_not_judged_while_the_ledger_cannot_tell() -> None:
    """No guess: what is not known is not said."""
    assert [each[0] for each in found(account(groups={"9": GroupConfig()}), chats=None)] == [
        Check.ACCESS_DIRECT
    ]


@pytest.mark.parametrize(
    ("entry", "region", "says"),
    [
        ("+15550100001", "US", ""),
        ("ann@example.com", "US", ""),
        ("*", "US", ""),
        ("chat_id:7", "US", ""),
        ("imessage:+15550100001", "US", ""),
        ("0151 23456789", "DE", ""),
        ("262966", "US", ""),
        ("12", "US", "never matches"),
        ("chat_id:seven", "US", "never matches"),
        ("+1 555 0100 O01", "US", "never matches"),
        ("Ann", "US", "a sender's name"),
        ("0151 2345678", "US", "no number of US"),
    ],
)
def test_an_entry_that_never_matches_says_why(entry: str, region: str, says: str) -> None:
    """Typing errors, names in the place of numbers, and numbers of another country (ruling 4)."""
    problem = entry_problem(entry, region)
    assert says in problem
    assert bool(problem) == bool(says)


def test_an_entry_is_named_by_its_position() -> None:
    """Whoever corrects it finds it in the file."""
    [finding] = judge_list(ListFacts("commands.ownerAllowFrom", ("+15550100001", "Ann"), "US"))
    assert finding.looked_at == "commands.ownerAllowFrom[1]"


def test_a_group_that_is_named_twice_is_told_though_it_is_spelt_otherwise() -> None:
    """What the second entry says of it, its tools for one, would hold for nobody."""
    one = account(groups={"7": GroupConfig(), "chat_guid:any;+;chat7": GroupConfig(require_mention=False)})

    [finding] = judge_account(AccessFacts(one, "channels.imessage", True, 1, (CREW,)))
    assert (finding.check, finding.severity) == (Check.ACCESS_GROUP, Severity.WARNING)
    assert finding.looked_at == 'channels.imessage.groups["chat_guid:any;+;chat7"]'
    assert "same group as 7" in finding.found


def test_a_group_whose_spelling_shows_that_it_is_named_twice_is_not_told_again() -> None:
    """The review of the configuration has told it, which needs no chat for it."""
    one = account(groups={"7": GroupConfig(), "chat_id:7": GroupConfig()})
    assert found(one) == [(Check.ACCESS_DIRECT, Severity.OK, "channels.imessage")]


def test_no_list_that_the_gates_would_use_is_called_unusable() -> None:
    """The check and the gates read an entry by the same function."""
    one = account(allow_from=("+15550100001", "ann@example.com", "chat_id:7"))
    assert found(replace(one, region="DE")) == [(Check.ACCESS_DIRECT, Severity.OK, "channels.imessage")]


@pytest.mark.parametrize("entry", ["*", "chat_id:7"])
def test_an_owner_is_a_person(entry: str) -> None:
    """What lets many in elsewhere makes nobody the owner, and nothing else would say so (design section 6)."""
    [finding] = judge_list(ListFacts("commands.ownerAllowFrom", (entry,), "US", people_only=True))
    assert (finding.check, finding.looked_at) == (Check.ACCESS_ENTRY, "commands.ownerAllowFrom[0]")
    assert "names no handle, which alone counts here" in finding.found
    assert not list(judge_list(ListFacts("elsewhere", (entry,), "US")))


def test_a_single_value_is_named_by_its_key() -> None:
    """``notify.owner`` is no list."""
    [finding] = judge_list(ListFacts("notify.owner", ("0151 123",), "US", is_one=True))
    assert finding.looked_at == "notify.owner"
