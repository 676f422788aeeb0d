"""Whether another release was used here last, and what changed since. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from openclaw.doctor.findings import Finding, fine, note
from openclaw.doctor.names import Check


@dataclass(frozen=True, slots=True)
class UpgradeFacts:
    """The release that ran last on the state directory ("" for none), this one, and what changed in between."""

    last: str
    current: str
    changes: str = ""


def judge(facts: UpgradeFacts) -> Iterator[Finding]:
    """Nothing where nothing has run yet."""
    if facts.last == facts.current:
        yield fine(Check.UPGRADE, "release used here last", facts.current)
    elif facts.last:
        found = f"{facts.last}; this is {facts.current}"
        if facts.changes:
            found = f"{found}. What changed:\n{facts.changes}"
        yield note(Check.UPGRADE, "release used here last", found, "docs/upgrading.md says how to go back")
