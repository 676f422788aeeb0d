"""Files that others of the machine could get at."""

from __future__ import annotations

from pathlib import Path

import pytest

from openclaw.doctor.checks.files import FileFacts, Seen, judge
from openclaw.doctor.findings import Severity
from openclaw.doctor.names import Check
from openclaw.doctor.repairs import ChangeMode, MakeDirectory

STATE = Path("/home/ann/.openclaw")


def facts(*seen: Seen) -> FileFacts:
    return FileFacts(STATE, True, (("configuration", seen),))


def test_closed_files_are_fine() -> None:
    """0600 and 0700 (requirements of the brief of every release: files are readable by their owner only)."""
    closed = (Seen(STATE, 0o700, is_directory=True), Seen(STATE / "openclaw.json", 0o600))
    [finding] = judge(facts(*closed))
    assert (finding.check, finding.severity) == (Check.FILES_MODE, Severity.OK)


@pytest.mark.parametrize(
    ("seen", "severity", "mode"),
    [
        (Seen(STATE / "openclaw.json", 0o644), Severity.WARNING, 0o600),
        (Seen(STATE / "openclaw.json", 0o660), Severity.ERROR, 0o600),
        (Seen(STATE, 0o755, is_directory=True), Severity.WARNING, 0o700),
        (Seen(STATE, 0o777, is_directory=True), Severity.ERROR, 0o700),
        (Seen(STATE / "scripts" / "imsg-ssh", 0o755), Severity.WARNING, 0o700),
    ],
)
def test_an_open_file_is_closed_by_taking_rights_away(seen: Seen, severity: Severity, mode: int) -> None:
    """What others may write is an error, what they may read a warning; a script stays executable."""
    [finding] = judge(facts(seen))
    assert (finding.severity, finding.repairs) == (severity, (ChangeMode(seen.path, mode),))


@pytest.mark.parametrize(
    "one", [Seen(STATE / "x", 0o644, is_link=True), Seen(STATE / "x", 0o644, is_ours=False)]
)
def test_what_is_not_plainly_ours_is_told_and_not_changed(one: Seen) -> None:
    """What a link leads to, or another user owns, is somebody else's to decide."""
    found = [finding for finding in judge(facts(one)) if finding.check is Check.FILES_MODE]
    assert [finding.repairs for finding in found] == [()]


def test_another_owner_is_told() -> None:
    """A file of root in the place of ours keeps the gateway from writing."""
    found = list(judge(facts(Seen(STATE / "openclaw.sqlite", 0o600, is_ours=False))))
    assert [finding.check for finding in found] == [Check.FILES_MODE, Check.FILES_OWNER]
    assert "chown" in found[1].fix


def test_many_files_are_one_finding() -> None:
    """Three are named, the rest is counted, all are repaired."""
    [finding] = judge(facts(*(Seen(STATE / f"{number}.log", 0o644) for number in range(9))))
    assert "and 6 more" in finding.found
    assert len(finding.repairs) == 9


def test_a_missing_state_directory_can_be_made() -> None:
    """Before the first start there is nothing else to look at."""
    [finding] = judge(FileFacts(STATE, False))
    assert finding.repairs == (MakeDirectory(STATE),)


def test_a_state_directory_that_cannot_be_used_is_an_error() -> None:
    """No gateway starts there, and ``--fix`` neither takes a file away nor changes whose a directory is."""
    [blocked] = judge(FileFacts(STATE, False, is_blocked=True))
    [forbidden] = [
        one for one in judge(FileFacts(STATE, True, is_writable=False)) if one.check is Check.FILES_STATE
    ]
    assert (blocked.check, blocked.severity, blocked.repairs) == (Check.FILES_STATE, Severity.ERROR, ())
    assert (forbidden.severity, forbidden.repairs) == (Severity.ERROR, ())
    assert "OPENCLAW_STATE_DIR" in blocked.fix
    assert "chown" in forbidden.fix
