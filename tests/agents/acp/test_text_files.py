"""Files that an agent reads and writes through us."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from openclaw.agents.acp.text_files import MOST_BYTES, read, write
from openclaw.errors import ToolFailed


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Folders are made; a shorter text leaves nothing of a longer one."""
    path = tmp_path / "a" / "b.txt"
    write(path, "a long text, ümläuts included")
    write(path, "short")
    assert read(path) == "short"


def test_bytes_that_are_no_text_are_shown_as_such(tmp_path: Path) -> None:
    """A picture read as text breaks nothing."""
    path = tmp_path / "x"
    path.write_bytes(b"\xff\xfeok")
    assert read(path) == "\ufffd\ufffdok"


def test_what_is_no_regular_file_holds_up_nobody(tmp_path: Path) -> None:
    """A pipe, a folder, a device, a link: refused at once, whether or not somebody is at the pipe's other end."""
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(tmp_path / "file")
    (tmp_path / "file").write_text("kept")
    for path in (pipe, tmp_path, link, tmp_path / "none"):
        with pytest.raises(ToolFailed):
            read(path)
    for path in (pipe, tmp_path, link):
        with pytest.raises(ToolFailed):
            write(path, "x")
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(ToolFailed, match="no regular file"):
        write(pipe, "x")
    os.close(reader)
    assert (tmp_path / "file").read_text() == "kept"


def test_size_is_bounded_both_ways(tmp_path: Path) -> None:
    """What is too large is refused before it is held or written."""
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(ToolFailed, match="larger than"):
        read(path)
    with pytest.raises(ToolFailed, match="larger than"):
        write(tmp_path / "new", "x" * (MOST_BYTES + 1))
    assert not (tmp_path / "new").exists()
