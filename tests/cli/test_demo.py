"""The demonstration's conversation with a gateway whose agent cannot answer: bounds and reasons."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def demo(directory: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run the demonstration to its end."""
    environ = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    return subprocess.run(
        [sys.executable, "-m", "openclaw.cli.demo", *arguments],
        env=environ | {"OPENCLAW_DEMO_DIR": str(directory)},
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_pipe_sees_the_code_and_how_to_approve_it(tmp_path: Path) -> None:
    """A stranger's first line is met with a code, and the owner's command is shown (requirements, quick setup)."""
    ended = demo(tmp_path, "--model", "nowhere/nothing", typed="hello\n")
    assert ended.returncode == 0, ended.stderr
    assert "openclaw pairing approve imessage" in ended.stdout
    assert "nothing is left running" in ended.stdout


def test_a_directory_in_use_is_named(tmp_path: Path) -> None:
    """The reason is one sentence on standard error, and the exit code is 1."""
    (tmp_path / "something").touch()
    ended = demo(tmp_path, "--model", "nowhere/nothing", "--say", "hello")
    assert ended.returncode == 1
    assert "holds something else" in ended.stderr
