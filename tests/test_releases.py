"""Which release ran last on a state directory, and what changed since."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from openclaw.releases import FILE_NAME, announce, changes, changes_between, last_release, note_release

CHANGES = """# Changes

## Unreleased

- Not out yet.

## 0.10.0 (2026-05-01)

- Ten.

## [0.2.1] - 2026-04-01

- Two one.

## 0.2.0

- Two.

## 0.1.0

- One.
"""


@pytest.mark.parametrize(
    ("before", "now", "lines"),
    [
        ("0.1.0", "0.2.0", ["- Not out yet.", "- Two."]),
        ("0.2", "0.10.0", ["- Not out yet.", "- Ten.", "- Two one."]),
        ("0.1.0", "0.10.0", ["- Not out yet.", "- Ten.", "- Two one.", "- Two."]),
        ("0.10.0", "0.11.0", ["- Not out yet."]),
        ("0.2.0", "0.2.0", []),
        ("0.10.0", "0.2.0", []),
    ],
)
def test_the_sections_of_the_way_are_told(before: str, now: str, lines: list[str]) -> None:
    """The newest first; numbers are compared as numbers; on the way back there is nothing to tell."""
    told = changes_between(CHANGES, before, now)
    assert [line for line in told.splitlines() if line.startswith("- ")] == lines


def test_the_list_of_changes_comes_with_the_program() -> None:
    """Else nothing could be told."""
    assert changes().startswith("# Changes")


def test_a_release_is_noted_once(tmp_path: Path) -> None:
    """What ran before is told at the change, and only then; the file is its owner's."""
    assert last_release(tmp_path) == ""
    assert note_release(tmp_path, "0.1.0") == ""
    assert note_release(tmp_path, "0.1.0") == ""
    assert note_release(tmp_path, "0.2.0") == "0.1.0"
    assert last_release(tmp_path) == "0.2.0"
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


@pytest.mark.parametrize("content", [b"\xff\xfe", b""])
def test_a_note_that_says_nothing_is_none(tmp_path: Path, content: bytes) -> None:
    """A damaged note costs one announcement and no start."""
    (tmp_path / FILE_NAME).write_bytes(content)
    assert last_release(tmp_path) == ""


def test_a_start_after_an_update_tells_what_changed(tmp_path: Path) -> None:
    """In the log, with both releases; the first start ever, and one of the same release, tell nothing."""
    with capture_logs() as logged:
        announce(tmp_path, "0.0.1")
        announce(tmp_path, "0.0.1")
    assert logged == []
    with capture_logs() as logged:
        announce(tmp_path, "0.1.0")
    [entry] = logged
    assert (entry["event"], entry["before"], entry["now"]) == ("release.changed", "0.0.1", "0.1.0")
    assert "The first version" in entry["changes"]


def test_a_note_that_cannot_be_written_keeps_nobody_from_answering(tmp_path: Path) -> None:
    """It is told in the log."""
    (tmp_path / "a file").touch()
    with capture_logs() as logged:
        announce(tmp_path / "a file", "0.1.0")
    assert [entry["event"] for entry in logged] == ["release.not_noted"]
