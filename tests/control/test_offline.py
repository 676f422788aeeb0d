from __future__ import annotations

from pathlib import Path

import pytest

from openclaw.control.offline import perform_offline
from openclaw.errors import StateDirectoryBusy
from openclaw.store import lock_state

from .conftest import NOW


def test_without_the_lock_the_ledger_is_not_touched(tmp_path: Path):
    """One process per state directory, commands included (design 4)."""
    with lock_state(tmp_path), pytest.raises(StateDirectoryBusy):
        perform_offline("pause", {}, tmp_path, NOW)
    assert not (tmp_path / "openclaw.sqlite").exists()


def test_a_look_makes_no_installation(tmp_path: Path):
    """A mistyped state directory must not come into being because somebody looked into it."""
    state = tmp_path / "mistyped"
    assert perform_offline("chats", {}, state, NOW) == {"chats": []}
    assert not state.exists()


def test_a_change_is_kept_for_the_next_start(tmp_path: Path):
    """What the operator decided while nothing ran holds afterwards (design 4)."""
    perform_offline("pause", {}, tmp_path, NOW)
    assert perform_offline("overview", {}, tmp_path, NOW)["paused"] is True
