"""The release that was here before, against this program and its own list of changes."""

from __future__ import annotations

from pathlib import Path

from tests.doctor.installing import install, visit_to

from openclaw import __version__
from openclaw.doctor.gather.upgrade import upgrade
from openclaw.releases import note_release


def test_what_changed_since_is_found(tmp_path: Path) -> None:
    """The section of the list of changes between the two."""
    state_dir, environ = install(tmp_path, {})
    note_release(state_dir, "0.0.1")
    facts = upgrade(visit_to(environ))
    assert (facts.last, facts.current) == ("0.0.1", __version__)
    assert facts.changes.startswith("## ")


def test_the_same_release_has_no_changes(tmp_path: Path) -> None:
    """Nor has a directory that no gateway ran on."""
    state_dir, environ = install(tmp_path, {})
    assert upgrade(visit_to(environ)).last == ""
    note_release(state_dir, __version__)
    assert upgrade(visit_to(environ)).changes == ""
