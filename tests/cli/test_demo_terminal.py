"""The demonstration's conversation with a gateway whose agent cannot answer: bounds and reasons."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from tests.children import bounded

from openclaw.control.address import running_gateway


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
    ended = demo(tmp_path, "--terminal", "--model", "nowhere/nothing", typed="hello\n")
    assert ended.returncode == 0, ended.stderr
    assert "openclaw pairing approve imessage" in ended.stdout
    assert "nothing is left running" in ended.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_whatever_ends_it_ends_the_gateway(tmp_path: Path, number: signal.Signals) -> None:
    """Ctrl-C, a kill and a closed window leave nothing running (design 5: bounded ends)."""
    environ = os.environ | {"OPENCLAW_DEMO_DIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    started = subprocess.Popen(
        [sys.executable, "-m", "openclaw.cli.demo", "--terminal", "--model", "nowhere/nothing"],
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with bounded(started) as child:
        assert child.stdout is not None
        assert "a stranger" in child.stdout.readline()
        gateway = running_gateway(tmp_path / "state")
        assert gateway is not None
        child.send_signal(number)
        said, _ = child.communicate(timeout=30)
    assert "nothing is left running" in said
    assert not psutil.pid_exists(gateway.pid)


def test_a_directory_in_use_is_named(tmp_path: Path) -> None:
    """The reason is one sentence on standard error, and the exit code is 1."""
    (tmp_path / "something").touch()
    ended = demo(tmp_path, "--model", "nowhere/nothing", "--say", "hello")
    assert ended.returncode == 1
    assert "holds something else" in ended.stderr
