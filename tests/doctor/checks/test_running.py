"""The running gateway, judged from outside."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from openclaw.doctor.checks.running import RunningFacts, judge
from openclaw.doctor.findings import Finding, Severity
from openclaw.doctor.names import Check
from openclaw.doctor.repairs import ForgetDead, MakeToken

STATE = Path("/home/ann/.openclaw")
FINE = {
    "accountId": "default",
    "enabled": True,
    "state": "connected",
    "since": "2026-03-04T12:00:00Z",
    "lastError": None,
}
STATUS = {"accounts": [FINE], "ledger": None, "work": {"paused": False, "tripped": []}}


def judged(**facts: Any) -> dict[Check, Finding]:
    given = {"token": "was generated"} | facts
    return {one.check: one for one in judge(RunningFacts(STATE, "0.1.0", 18789, **given))}


def online(status: dict[str, Any] = STATUS, **facts: Any) -> dict[Check, Finding]:
    return judged(**{"pid": 12, "their_version": "0.1.0", "status": status, "attention": {}} | facts)


def test_a_gateway_that_does_its_work_is_fine() -> None:
    """It runs, is this release, and its accounts are connected."""
    assert {check: one.severity for check, one in online().items()} == dict.fromkeys(
        [Check.GATEWAY_RUNS, Check.GATEWAY_VERSION, Check.GATEWAY_ACCOUNT, Check.GATEWAY_TOKEN], Severity.OK
    )


def test_no_gateway_is_no_error() -> None:
    """It was not started, and the command that starts it is told."""
    runs = judged()[Check.GATEWAY_RUNS]
    assert (runs.severity, runs.fix) == (Severity.INFO, "openclaw gateway")


def test_a_gateway_that_does_not_answer_is_an_error() -> None:
    """With its own words."""
    runs = judged(pid=12, failure="timed out")[Check.GATEWAY_RUNS]
    assert (runs.severity, runs.found) == (Severity.ERROR, "timed out")


def test_another_release_that_still_runs_is_told() -> None:
    """After an update the old one goes on until it is started again."""
    assert online(their_version="0.0.9")[Check.GATEWAY_VERSION].severity is Severity.WARNING


@pytest.mark.parametrize(
    ("account", "check", "severity"),
    [
        (
            {"state": "needs permission", "lastError": "denied", "cause": "denied"},
            Check.GATEWAY_ACCOUNT,
            Severity.ERROR,
        ),
        ({"enabled": False}, Check.GATEWAY_ACCOUNT, Severity.INFO),
        ({"paused": True}, Check.GATEWAY_PAUSED, Severity.WARNING),
    ],
)
def test_each_state_of_an_account(account: dict[str, Any], check: Check, severity: Severity) -> None:
    """What does not work is an error, what somebody chose is not."""
    assert online(STATUS | {"accounts": [FINE | account]})[check].severity is severity


@pytest.mark.parametrize(
    ("is_refusal", "fix"), [(True, "OPENCLAW_GATEWAY_TOKEN"), (False, "look at its log")]
)
def test_a_gateway_that_says_nothing_is_told_with_what_helps(is_refusal: bool, fix: str) -> None:
    """The log of a gateway has nothing about a token that a command does not know."""
    facts = RunningFacts(STATE, "0.1.0", 1, 12, failure="it refuses", is_refusal=is_refusal)
    [found] = [one for one in judge(facts) if one.check is Check.GATEWAY_RUNS]
    assert (found.severity, found.found) == (Severity.ERROR, "it refuses")
    assert fix in found.fix


def test_an_account_is_not_told_to_go_on_while_everything_is_paused() -> None:
    """Its own command would not help."""
    status = STATUS | {"accounts": [FINE | {"paused": True}], "work": {"paused": True, "tripped": []}}
    found = list(judge(RunningFacts(STATE, "0.1.0", 1, 12, status=status)))
    assert [one.fix for one in found if one.check is Check.GATEWAY_PAUSED] == ["openclaw resume"]


def test_pauses_are_told_with_what_ends_them() -> None:
    """A person's own pause, and one that a fuse made."""
    trip = {"chatKey": "-;+15550100001", "reason": "a loop", "resume": "openclaw resume +15550100001"}
    found = list(
        judge(
            RunningFacts(STATE, "0.1.0", 1, 12, status=STATUS | {"work": {"paused": True, "tripped": [trip]}})
        )
    )
    paused = [one.fix for one in found if one.check is Check.GATEWAY_PAUSED]
    assert paused == ["openclaw resume", "openclaw resume +15550100001"]


@pytest.mark.parametrize(
    ("config", "severity", "says"),
    [
        ({"refusedAt": "2026-03-04T12:00:00Z"}, Severity.ERROR, "still in force"),
        ({"awaitsRestart": ["gateway.port"]}, Severity.WARNING, "gateway.port"),
    ],
)
def test_an_edit_that_is_not_in_force_is_told(config: dict[str, Any], severity: Severity, says: str) -> None:
    """Refused because it breaks rules, or waiting for the next start."""
    status = STATUS | {"config": {"path": "/state/openclaw.json", **config}}
    found = online(status)[Check.GATEWAY_CONFIG]
    assert (found.severity, says in found.found) == (severity, True)


def test_trouble_of_its_ledger_is_an_error() -> None:
    """A full disk, say, which the file itself does not show."""
    ledger = {"cause": "the disk is full", "fix": "make room"}
    assert online(STATUS | {"ledger": ledger})[Check.LEDGER_FILE].severity is Severity.ERROR


def test_what_waits_for_a_person_is_counted() -> None:
    """Zero is not spoken of."""
    waits = online(attention={"pairing": 2, "turns": 0})[Check.GATEWAY_ATTENTION]
    assert (waits.found, waits.fix) == ("2 pairing", "openclaw attention")


def test_the_address_of_a_dead_gateway_is_removed() -> None:
    """A gateway that was killed leaves it behind."""
    address = judged(dead=99)[Check.GATEWAY_ADDRESS]
    assert address.repairs == (ForgetDead(STATE),)


def test_a_port_in_other_hands_is_an_error_while_no_gateway_runs() -> None:
    """The gateway could not start."""
    assert judged(port_taken=True)[Check.GATEWAY_PORT].severity is Severity.ERROR


def test_a_missing_token_can_be_made() -> None:
    """Unless the configuration cannot be used, which may name one (ruling 15)."""
    assert judged(token="")[Check.GATEWAY_TOKEN].repairs == (MakeToken(STATE),)
    assert judged(token="", config_usable=False)[Check.GATEWAY_TOKEN].repairs == ()


def test_the_last_traffic_is_told() -> None:
    """In, and seen on a phone."""
    noon = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    assert judged(last_in=noon)[Check.GATEWAY_TRAFFIC].found == (
        "last message in 2026-03-04 12:00 UTC, last bubble seen on a phone never"
    )
