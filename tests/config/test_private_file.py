from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from openclaw.config.private_file import write_private


def test_replaces_what_was_there_and_narrows_its_rights(tmp_path: Path):
    """Secrets are readable by their owner only, whatever stood there before (brief: 0600)."""
    path = tmp_path / "deep" / "secret"
    write_private(path, "one")
    path.chmod(0o644)
    write_private(path, "two")
    assert path.read_text() == "two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["secret"]


def test_a_planted_link_is_not_written_through(tmp_path: Path):
    """Whoever may make links here must not choose which file gets written."""
    (tmp_path / f".secret.{os.getpid()}").symlink_to(tmp_path / "victim")
    with pytest.raises(OSError, match="symbolic"):
        write_private(tmp_path / "secret", "text")
    assert not (tmp_path / "victim").exists()
