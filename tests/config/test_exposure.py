"""No gateway goes by a file that everybody may write."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from openclaw.config.exposure import load_guarded
from openclaw.config.locations import Locations
from openclaw.errors import ConfigInvalid


@pytest.fixture
def place(tmp_path: Path) -> Locations:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "openclaw.json").write_text("{messages: {$include: 'parts/messages.json5'}}")
    (home / "parts").mkdir()
    (home / "parts" / "messages.json5").write_text("{responsePrefix: 'x'}")
    (home / ".env").write_text("KEY=x")
    return Locations(home, home, home / "openclaw.json")


@pytest.mark.parametrize("name", ["openclaw.json", "parts/messages.json5", ".env", ".", "parts"])
def test_what_everybody_may_write_is_refused_by_its_name(place: Locations, name: str) -> None:
    """The file itself, what it includes, the variables, and the folders in which others could be put in their place."""
    path = Path(os.path.normpath(place.state_dir / name))
    path.chmod(path.stat().st_mode | 0o002)

    with pytest.raises(ConfigInvalid) as refused:
        load_guarded(place, {})

    [issue] = refused.value.issues
    assert issue.path == str(path)
    assert issue.fix == f"chmod {700 if path.is_dir() else 600} {path}"


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o640])
def test_what_only_the_audit_minds_is_used(place: Locations, mode: int) -> None:
    """Many systems give each user a group of their own, and write files for it."""
    place.config_path.chmod(mode)
    assert load_guarded(place, {}).config.messages.response_prefix == "x"


def test_in_a_shared_folder_with_the_sticky_bit_nothing_can_be_replaced(place: Locations) -> None:
    """As /tmp is."""
    place.state_dir.chmod(0o1777)
    assert load_guarded(place, {}).exists


def test_a_missing_file_means_defaults_here_too(tmp_path: Path) -> None:
    """There is nothing that somebody else could have written."""
    assert not load_guarded(Locations(tmp_path, tmp_path, tmp_path / "openclaw.json"), {}).exists
