"""The configuration: there, readable, valid, and without surprises."""

from __future__ import annotations

from pathlib import Path

import pytest

from openclaw.doctor.checks.configuration import ConfigurationFacts, judge
from openclaw.doctor.findings import Severity
from openclaw.doctor.names import Check
from openclaw.errors import ConfigError, ConfigInvalid, ConfigIssue, ConfigUnreadable

FILE = Path("/home/ann/.openclaw/openclaw.json")


def judged(
    failure: ConfigError | None = None, *, exists: bool = True, **more: object
) -> list[tuple[Check, Severity]]:
    facts = ConfigurationFacts(FILE, exists, failure, **more)  # type: ignore[arg-type]
    return [(finding.check, finding.severity) for finding in judge(facts)]


def test_a_file_that_can_be_used_is_fine_twice() -> None:
    """It is there, and it keeps the rules."""
    assert judged() == [(Check.CONFIG_FILE, Severity.OK), (Check.CONFIG_VALID, Severity.OK)]


def test_a_missing_file_is_no_error() -> None:
    """The defaults count then (ruling 15), and the fix makes a file."""
    [finding] = judge(ConfigurationFacts(FILE, exists=False))
    assert (finding.check, finding.severity) == (Check.CONFIG_FILE, Severity.WARNING)
    assert "openclaw init" in finding.fix


def test_an_unreadable_file_is_named_with_its_cause() -> None:
    """The text of the error is the finding; rules cannot be judged."""
    assert judged(ConfigUnreadable("it is not JSON5: line 3")) == [
        (Check.CONFIG_FILE, Severity.ERROR),
        (Check.CONFIG_REVIEW, Severity.INFO),
    ]


def test_every_issue_is_a_finding_of_its_own() -> None:
    """All at once, each with its place and its fix (ruling 13)."""
    issues = [
        ConfigIssue("channels.imessage.dmPolicy", "must be one of …", fix='use "pairing"'),
        ConfigIssue("", "must be an object"),
    ]
    found = list(judge(ConfigurationFacts(FILE, True, ConfigInvalid(str(FILE), issues))))
    assert "are not looked at" in found[-1].found
    assert [(one.check, one.severity) for one in found[1:-1]] == [(Check.CONFIG_VALID, Severity.ERROR)] * 2
    assert (found[1].looked_at, found[1].fix) == ("channels.imessage.dmPolicy", 'use "pairing"')
    assert (found[2].looked_at, found[2].fix) == (str(FILE), "openclaw config validate")


@pytest.mark.parametrize(
    ("path", "check"),
    [
        ("session.dmScope", Check.CONFIG_SHARED),
        ("commands.ownerAllowFrom", Check.CONFIG_OWNER),
        ("bindings[0].agentId", Check.CONFIG_BINDING),
        ("bindings[0].match.accountId", Check.CONFIG_BINDING),
        ("bindings[0].session.dmScope", Check.CONFIG_SHARED),
        ("agents", Check.AGENT_MODEL),
        ("channels.imessage.accounts.work.groupAllowFrom", Check.ACCESS_GROUPS),
        ("channels.imessage.dmPolicy", Check.ACCESS_DIRECT),
        ("channels.imessage.accounts.work.allowFrom", Check.ACCESS_DIRECT),
        ("channels.imessage.groups.chat_id:7", Check.ACCESS_GROUP),
        ('channels.imessage.groups["chat_guid:any;+;chat.7"]', Check.ACCESS_GROUP),
        ("channels.imessage.groups.7.toolsBySender.Ann", Check.CONFIG_REVIEW),
        ("messages.groupChat.mentionPatterns", Check.ACCESS_MENTION),
        ("agents.list[0].groupChat.mentionPatterns[1]", Check.ACCESS_MENTION),
        ("gateway.bind", Check.CONFIG_REVIEW),
    ],
)
def test_each_warning_of_the_review_has_a_stable_name(path: str, check: Check) -> None:
    """Scripts may look for it, whatever its sentence becomes."""
    assert judged(review=(ConfigIssue(path, "is odd", fix="mend it"),))[2:] == [(check, Severity.WARNING)]


def test_keys_without_effect_are_only_worth_knowing() -> None:
    """A key of the original is never an error (ruling 13)."""
    issue = ConfigIssue("tools", "this section is not served by this program")
    assert judged(unserved=(issue,))[2:] == [(Check.CONFIG_UNSERVED, Severity.INFO)]
