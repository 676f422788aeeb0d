from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from openclaw.control.address import FILE_NAME, ControlAddress, publish, running_gateway, withdraw

OURS = ControlAddress(os.getpid(), 18789, "2026-03-01T10:00:00.000Z", "1.2.3")


def test_a_published_address_is_found(tmp_path: Path):
    """A command finds the gateway of its state directory through the file (brief)."""
    publish(OURS, tmp_path)
    assert running_gateway(tmp_path) == OURS
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_the_file_of_a_dead_process_means_not_running(tmp_path: Path):
    """A gateway that was killed leaves its file behind (brief: stale file)."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait(timeout=20)
    publish(ControlAddress(dead.pid, 18789, "", ""), tmp_path)
    assert running_gateway(tmp_path) is None


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"pid": 1}', '{"pid": "1", "port": 1}', '{"pid": -1, "port": 80}',
     '{"pid": 0, "port": 80}', '{"pid": 1, "port": 0}', '{"pid": 99999999999999999999, "port": 80}'],
)  # fmt: skip
def test_a_file_that_says_nothing_usable_means_not_running(tmp_path: Path, text: str):
    """A damaged file must not stop a command, nor make it signal a process group (pid 0, -1)."""
    (tmp_path / FILE_NAME).write_text(text)
    assert running_gateway(tmp_path) is None


def test_only_its_own_file_is_withdrawn(tmp_path: Path):
    """A gateway that ends late must not hide the one that took its place."""
    publish(ControlAddress(os.getpid(), 2, "", ""), tmp_path)
    withdraw(OURS, tmp_path)
    assert (tmp_path / FILE_NAME).exists()
    publish(OURS, tmp_path)
    withdraw(OURS, tmp_path)
    withdraw(OURS, tmp_path)
    assert running_gateway(tmp_path) is None
