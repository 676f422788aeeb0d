"""Which release ran here last."""

from __future__ import annotations

from openclaw.doctor.checks.upgrade import UpgradeFacts, judge
from openclaw.doctor.findings import Severity


def test_nothing_is_said_before_the_first_start() -> None:
    """There was no release before."""
    assert list(judge(UpgradeFacts("", "0.2.0"))) == []


def test_the_same_release_is_fine() -> None:
    """Nothing changed."""
    [finding] = judge(UpgradeFacts("0.2.0", "0.2.0"))
    assert finding.severity is Severity.OK


def test_another_release_is_told_with_what_changed() -> None:
    """And where to read how to go back."""
    [finding] = judge(UpgradeFacts("0.1.0", "0.2.0", "## 0.2.0\n\n- New."))
    assert (finding.severity, "- New." in finding.found) == (Severity.INFO, True)
    assert "docs/upgrading.md" in finding.fix
