"""The ledger's file, and where it lies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from openclaw.doctor.checks.ledger import LedgerFacts, PlaceFacts, judge_file, judge_place, syncing_program
from openclaw.doctor.findings import Severity
from openclaw.doctor.names import Check

FILE = Path("/home/ann/.openclaw/openclaw.sqlite")
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
GIB = 1024**3


@pytest.mark.parametrize(
    ("facts", "severity", "says"),
    [
        (LedgerFacts(FILE, exists=False), Severity.INFO, "none yet"),
        (LedgerFacts(FILE, True, 4096, 3, 3, "quick"), Severity.OK, "whole (quick check)"),
        (LedgerFacts(FILE, True, 4096, 3, 3, "full"), Severity.OK, "whole (full check)"),
        (LedgerFacts(FILE, True, 4096, 3, 3, "unfinished"), Severity.INFO, "in time"),
        (LedgerFacts(FILE, True, 4096, 2, 3, "quick"), Severity.INFO, "older release"),
        (LedgerFacts(FILE, True, 4096, 3, 3, "quick", "is damaged", "restore"), Severity.ERROR, "damaged"),
    ],
)
def test_each_state_of_the_file_has_its_finding(facts: LedgerFacts, severity: Severity, says: str) -> None:
    """Damage is an error; an old schema is brought up at the next start."""
    [finding] = judge_file(facts)
    assert (finding.check, finding.severity, says in finding.found) == (Check.LEDGER_FILE, severity, True)


def judged(state_dir: Path = FILE.parent, **facts: Any) -> dict[Check, Severity]:
    given = {"free": 50 * GIB, "newest_backup": NOON - timedelta(days=2)} | facts
    return {one.check: one.severity for one in judge_place(PlaceFacts(state_dir, **given), NOON)}


def test_a_plain_place_is_fine() -> None:
    """Room, and a copy whose age is only told."""
    assert judged() == {Check.LEDGER_DISK: Severity.OK, Check.LEDGER_BACKUP: Severity.INFO}


@pytest.mark.parametrize(
    ("free", "severity"), [(GIB // 2, Severity.WARNING), (1024**2, Severity.ERROR), (GIB, Severity.OK)]
)
def test_room_on_the_disk(free: int, severity: Severity) -> None:
    """Scarce is a warning, exhausted an error."""
    assert judged(free=free)[Check.LEDGER_DISK] is severity


def test_a_disk_that_cannot_be_seen_is_not_judged() -> None:
    """No guess."""
    assert Check.LEDGER_DISK not in judged(free=None)


@pytest.mark.parametrize(
    ("holder", "gateway", "told"), [(None, None, False), (12, 12, False), (12, None, True), (0, None, True)]
)
def test_a_holder_that_is_not_the_gateway_is_told(
    holder: int | None, gateway: int | None, told: bool
) -> None:
    """A gateway that starts, or another command; the running gateway itself is no news."""
    assert (Check.LEDGER_LOCK in judged(holder=holder, gateway=gateway)) is told


@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("/Users/ann/Library/Mobile Documents/com~apple~CloudDocs/state", "iCloud Drive"),
        ("/Users/ann/Dropbox (Personal)/state", "Dropbox"),
        ("/Users/ann/Library/CloudStorage/OneDrive-Firm/state", "a cloud drive"),
        ("/Users/ann/OneDrive - Firm/state", "OneDrive"),
        ("/Users/ann/.openclaw", ""),
        ("/srv/Dropboxes/state", ""),
    ],
)
def test_a_synchronised_directory_is_known_by_its_name(path: str, who: str) -> None:
    """A database that is copied while it is written gets damaged."""
    assert syncing_program(Path(path)) == who
    assert (judged(Path(path)).get(Check.LEDGER_PLACE) is Severity.WARNING) == bool(who)


@pytest.mark.parametrize(
    ("kind", "told"), [("nfs4", True), ("smbfs", True), ("ext4", False), ("apfs", False), ("", False)]
)
def test_a_network_file_system_is_told(kind: str, told: bool) -> None:
    """SQLite's own manual: locks of network file systems are not to be relied on."""
    assert (Check.LEDGER_PLACE in judged(file_system=kind)) is told


def test_a_missing_copy_is_told_only_where_there_is_a_ledger() -> None:
    """Nobody backs up nothing."""
    assert Check.LEDGER_BACKUP in judged(newest_backup=None)
    assert Check.LEDGER_BACKUP not in judged(newest_backup=None, has_ledger=False)
