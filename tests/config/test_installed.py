"""By which way a harness would be started on this computer."""

from __future__ import annotations

from pathlib import Path

from openclaw.config.harnesses import Harness
from openclaw.config.installed import way_of

BOTH = Harness("x", (("first", "--acp"), ("second",)))


def program(directory: Path, name: str) -> None:
    """A program that can be run."""
    file = directory / name
    file.write_text("")
    file.chmod(0o755)


def test_the_first_way_whose_program_is_there_counts(tmp_path: Path) -> None:
    """Installed before fetched, by its whole path; none where nothing is there."""
    environ = {"PATH": str(tmp_path)}
    assert way_of(BOTH, environ) is None
    program(tmp_path, "second")
    assert way_of(BOTH, environ) == (str(tmp_path / "second"),)
    program(tmp_path, "first")
    assert way_of(BOTH, environ) == (str(tmp_path / "first"), "--acp")


def test_a_harness_with_a_path_of_its_own_is_looked_for_there(tmp_path: Path) -> None:
    """It is started with that one."""
    program(tmp_path, "first")
    own = Harness("x", (("first",),), {"PATH": str(tmp_path)})
    assert way_of(own, {"PATH": "/nowhere"}) == (str(tmp_path / "first"),)
