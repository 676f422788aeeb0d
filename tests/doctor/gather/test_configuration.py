"""What the configuration says of whom it lets in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.doctor.installing import install, visit_to

from openclaw.doctor.gather import configuration
from openclaw.doctor.gather.traffic import Traffic


def test_a_missing_file_is_loaded_as_defaults(tmp_path: Path) -> None:
    """It does not exist, and nothing failed."""
    _, environ = install(tmp_path)
    facts = configuration.configuration(visit_to(environ))
    assert (facts.exists, facts.failure) == (False, None)


def test_warnings_of_loading_and_of_the_review_are_apart(tmp_path: Path) -> None:
    """Keys without effect are one thing, what surprises another."""
    _, environ = install(
        tmp_path, {"channels": {"imessage": {"dmPolicy": "open", "allowFrom": ["*"]}}, "browser": {}}
    )
    facts = configuration.configuration(visit_to(environ))
    assert [issue.path for issue in facts.unserved] == ["browser"]
    assert "channels.imessage.dmPolicy" in [issue.path for issue in facts.review]


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ({}, [("channels.imessage", False)]),
        ({"region": "DE"}, [("channels.imessage", True)]),
        (
            {"accounts": {"Home": {"region": "DE"}, "work": {"dbPath": "/b"}}},
            [("channels.imessage.accounts.home", True), ("channels.imessage.accounts.work", False)],
        ),
    ],
)
def test_whether_a_region_was_written_down(
    tmp_path: Path, channel: dict[str, Any], expected: list[tuple[str, bool]]
) -> None:
    """For the channel, or for the account itself; the default is a guess."""
    _, environ = install(tmp_path, {"channels": {"imessage": channel}})
    facts = configuration.access(visit_to(environ), Traffic())
    assert [(one.place, one.region_set) for one in facts] == expected


def test_lists_outside_of_accounts_are_read_without_other_channels(tmp_path: Path) -> None:
    """An owner may have a name there too."""
    document = {
        "channels": {"imessage": {"region": "DE"}},
        "commands": {"ownerAllowFrom": ["telegram:123456", "+4915112345678", "imessage:+4915112345679"]},
        "notify": {"owner": "+4915112345678"},
    }
    _, environ = install(tmp_path, document)
    found = list(configuration.lists(visit_to(environ)))
    assert [(one.place, one.region) for one in found] == [
        ("commands.ownerAllowFrom", "DE"),
        ("notify.owner", "DE"),
    ]
    assert found[0].entries == ("+4915112345678", "imessage:+4915112345679")


def test_every_list_of_patterns_is_found(tmp_path: Path) -> None:
    """The agents' own, and that for all."""
    document = {
        "messages": {"groupChat": {"mentionPatterns": ["a"]}},
        "agents": {"list": [{"id": "one"}, {"id": "two", "groupChat": {"mentionPatterns": ["b"]}}]},
    }
    _, environ = install(tmp_path, document)
    places = [one.place for one in configuration.patterns(visit_to(environ))]
    assert places == ["messages.groupChat.mentionPatterns", "agents.list[1].groupChat.mentionPatterns"]


def test_nothing_is_said_of_a_file_that_cannot_be_used(tmp_path: Path) -> None:
    """Only why."""
    _, environ = install(tmp_path, "{")
    visit = visit_to(environ)
    assert configuration.configuration(visit).failure is visit.failure
    assert configuration.access(visit, Traffic()) == []
    assert [
        *configuration.lists(visit),
        *configuration.patterns(visit),
    ] == []
