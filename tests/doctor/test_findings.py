"""Findings as values and as JSON."""

from __future__ import annotations

from pathlib import Path

from openclaw.doctor.findings import error, finding_shape, fine, note, summary, warning
from openclaw.doctor.names import Check
from openclaw.doctor.repairs import MakeDirectory


def test_a_finding_is_told_in_full() -> None:
    """What was looked at, what was found, what helps, and whether --fix can."""
    found = warning(
        Check.FILES_STATE, "/state", "it is not there", "make it", [MakeDirectory(Path("/state"))]
    )
    assert finding_shape(found) == {
        "id": "files.state-dir",
        "severity": "warning",
        "lookedAt": "/state",
        "found": "it is not there",
        "fix": "make it",
        "fixable": True,
    }


def test_each_severity_is_counted() -> None:
    """Also those that do not occur."""
    found = [
        fine(Check.CONFIG_FILE, "a", "b"),
        error(Check.CONFIG_FILE, "a", "b", "c"),
        note(Check.UPGRADE, "a", "b"),
    ]
    assert summary(found) == {"ok": 1, "info": 1, "warning": 0, "error": 1}


def test_every_check_asks_a_question_of_its_own() -> None:
    """The names are an interface; each has what it asks."""
    assert len({check.question for check in Check}) == len(Check)
    assert all(check.question.rstrip(")").endswith(("?", "deep")) for check in Check)
