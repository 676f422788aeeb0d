"""Changing the settings file in place."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from openclaw.simulator.behaviour import SUFFIX, BadSettings, write_settings
from openclaw.simulator.page.settings import change_settings, read_document, settings_stamp


def test_without_a_file_there_is_nothing_and_a_change_makes_it(tmp_path: Path) -> None:
    """Every key is optional."""
    database = tmp_path / "chat.db"
    assert (read_document(database), settings_stamp(database)) == ({}, (0, 0))
    change_settings(database, lambda document: document.update({"pollMs": 5}))
    assert read_document(database) == {"pollMs": 5}
    assert settings_stamp(database) != (0, 0)


def test_changes_at_once_are_all_kept(tmp_path: Path) -> None:
    """Two windows may switch at the same moment."""
    database = tmp_path / "chat.db"
    with ThreadPoolExecutor(8) as threads:
        for number in range(40):
            threads.submit(
                change_settings, database, lambda document, key=str(number): document.update({key: 1})
            )
    assert len(read_document(database)) == 40


def test_every_replacement_has_its_own_stamp(tmp_path: Path) -> None:
    """A window is told of each."""
    database = tmp_path / "chat.db"
    write_settings(str(database), {"a": 1})
    first = settings_stamp(database)
    write_settings(str(database), {"a": 2})
    assert settings_stamp(database) != first


def test_an_unusable_file_is_named_and_left_alone(tmp_path: Path) -> None:
    """Unreadable state is an error, never an empty start (style, 20)."""
    database = tmp_path / "chat.db"
    Path(f"{database}{SUFFIX}").write_text("[]")
    with pytest.raises(BadSettings, match=r"chat\.db\.simulator\.json cannot be used"):
        change_settings(database, lambda document: document.clear())
    assert Path(f"{database}{SUFFIX}").read_text() == "[]"
