"""The files that a configuration is made of, and noticing that one of them changed."""

from __future__ import annotations

from pathlib import Path

from openclaw.config.locations import Locations
from openclaw.config.sources import fingerprint, source_files


def installation(home: Path, text: str) -> Locations:
    """An installation whose configuration is ``text``."""
    (home / "openclaw.json").write_text(text)
    return Locations(home, home, home / "openclaw.json")


def test_a_configuration_is_made_of_itself_its_includes_and_the_variables(tmp_path: Path) -> None:
    """An edit of any of them is an edit of the configuration; what is not there may appear."""
    (tmp_path / "groups.json5").write_text("{ '7': { $include: './one.json5' } }")
    (tmp_path / "one.json5").write_text("{}")
    here = installation(tmp_path, "{ channels: { imessage: { groups: { $include: './groups.json5' } } } }")

    names = [path.name for path in source_files(here)]

    assert names == ["openclaw.json", ".env", "groups.json5", "one.json5"]


def test_a_broken_configuration_is_watched_up_to_where_it_breaks(tmp_path: Path) -> None:
    """Whoever mends the included file must not have to touch the main one as well."""
    (tmp_path / "broken.json5").write_text("{ not")
    here = installation(tmp_path, "{ messages: { $include: './broken.json5' } }")

    assert tmp_path / "broken.json5" in source_files(here)


def test_a_missing_configuration_is_watched_for(tmp_path: Path) -> None:
    """The first file may be written beside a running gateway."""
    here = Locations(tmp_path, tmp_path, tmp_path / "openclaw.json")

    assert source_files(here) == (tmp_path / "openclaw.json", tmp_path / ".env")


def test_writing_replacing_and_removing_a_file_changes_the_fingerprint(tmp_path: Path) -> None:
    """Editors write in place, or put another file in the place of the old one."""
    path = tmp_path / "openclaw.json"
    looks = [fingerprint([path])]
    path.write_text("{}")
    looks.append(fingerprint([path]))
    path.write_text("{ }")
    looks.append(fingerprint([path]))
    (tmp_path / "other").write_text("{ }")
    (tmp_path / "other").rename(path)
    looks.append(fingerprint([path]))
    path.unlink()
    looks.append(fingerprint([path]))

    assert len(set(looks)) == 4
    assert looks[0] == looks[-1] == ()
