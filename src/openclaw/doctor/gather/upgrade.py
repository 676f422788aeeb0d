"""Which release was used here last, and what was written about the way to this one."""

from __future__ import annotations

from openclaw import __version__
from openclaw.doctor.checks.upgrade import UpgradeFacts
from openclaw.doctor.visit import Visit
from openclaw.releases import changes, changes_between, last_release


def upgrade(visit: Visit) -> UpgradeFacts:
    """What the state directory notes, against this program."""
    last = last_release(visit.locations.state_dir)
    between = changes_between(changes(), last, __version__) if last and last != __version__ else ""
    return UpgradeFacts(last, __version__, between)
