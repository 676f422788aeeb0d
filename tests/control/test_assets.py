from __future__ import annotations

from pathlib import Path

from openclaw.control.assets import INDEX, load_assets


def test_files_are_found_by_their_names_below_the_folder(tmp_path: Path):
    """Of every kind that a page needs, and of no other."""
    (tmp_path / "parts").mkdir()
    (tmp_path / INDEX).write_text("<!doctype html>")
    (tmp_path / "parts" / "a.js").write_text("1")
    (tmp_path / "notes.py").write_text("secret")
    found = load_assets(tmp_path)
    assert set(found) == {INDEX, "parts/a.js"}
    assert found["parts/a.js"].media_type.startswith("text/javascript")


def test_a_tag_changes_with_the_content_alone(tmp_path: Path):
    """A browser keeps a file exactly as long as it is the same."""
    (tmp_path / INDEX).write_text("one")
    first = load_assets(tmp_path)[INDEX].tag
    assert load_assets(tmp_path)[INDEX].tag == first
    (tmp_path / INDEX).write_text("two")
    assert load_assets(tmp_path)[INDEX].tag != first


def test_the_page_of_this_package_is_there():
    """An installation without its page would only be noticed in a browser."""
    assert INDEX in load_assets()
