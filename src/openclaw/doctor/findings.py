"""Findings: what was looked at, what was found there, how bad it is, and what helps. Values only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from openclaw.doctor.names import Check
from openclaw.doctor.repairs import Repair

Json = dict[str, object]


class Severity(StrEnum):
    """How bad a finding is: fine, worth knowing, likely to surprise, or in the way of answering."""

    OK = "ok"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``fix`` is a command or a key, "" where nothing is to be done.

    ``repairs`` is what ``--fix`` does about it; empty when only a person can.
    """

    check: Check
    severity: Severity
    looked_at: str
    found: str
    fix: str = ""
    repairs: tuple[Repair, ...] = ()


def fine(check: Check, looked_at: str, found: str) -> Finding:
    """A finding that all is well."""
    return Finding(check, Severity.OK, looked_at, found)


def note(check: Check, looked_at: str, found: str, fix: str = "") -> Finding:
    """A finding that is worth knowing, and no trouble."""
    return Finding(check, Severity.INFO, looked_at, found, fix)


def warning(check: Check, looked_at: str, found: str, fix: str, repairs: Iterable[Repair] = ()) -> Finding:
    """A finding that will surprise somebody sooner or later."""
    return Finding(check, Severity.WARNING, looked_at, found, fix, tuple(repairs))


def error(check: Check, looked_at: str, found: str, fix: str, repairs: Iterable[Repair] = ()) -> Finding:
    """A finding that keeps messages from being answered, or anybody may abuse."""
    return Finding(check, Severity.ERROR, looked_at, found, fix, tuple(repairs))


def finding_shape(finding: Finding) -> Json:
    """A finding as ``--json`` prints it."""
    return {
        "id": finding.check,
        "severity": finding.severity,
        "lookedAt": finding.looked_at,
        "found": finding.found,
        "fix": finding.fix,
        "fixable": bool(finding.repairs),
    }


def summary(findings: Iterable[Finding]) -> dict[str, int]:
    """How many findings there are of each severity."""
    counts = dict.fromkeys([str(severity) for severity in Severity], 0)
    for finding in findings:
        counts[finding.severity] += 1
    return counts
