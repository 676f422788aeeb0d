"""The scripts: readable by every shell, repeatable in no time, and the demonstration as a stranger meets it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from openclaw.agents.local_model import packages_installed

ROOT = Path(__file__).parents[2]
SCRIPTS = [path for path in sorted((ROOT / "scripts").iterdir()) if path.is_file() and not path.suffix]


def run(*command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a script from somewhere else, without any key."""
    known = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    return subprocess.run(
        command, cwd="/", env=known | environ, capture_output=True, text=True, timeout=100, check=False
    )


@pytest.mark.parametrize(
    "script", [path for path in SCRIPTS if path.read_text().startswith("#!/bin/sh")], ids=str
)
@pytest.mark.parametrize("shell", ["sh", "dash", "bash"])
def test_every_shell_can_read_it(script: Path, shell: str) -> None:
    """POSIX sh is what Debian, macOS and Alpine have in common."""
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    assert run(shell, "-n", str(script)).returncode == 0


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_it_can_be_run(script: Path) -> None:
    """Whoever clones the project runs it by its name."""
    assert os.access(script, os.X_OK)


def test_the_locks_name_no_place() -> None:
    """A lock holds names, versions and hashes: no index and no path of a machine, so it works everywhere."""
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        text = lock.read_text()
        assert "--hash=sha256:" in text
        assert not [
            line for line in text.splitlines() if "://" in line or "index-url" in line or "find-links" in line
        ]


@pytest.mark.parametrize("lock", ["runtime", "dev"])
def test_the_locks_hold_what_the_project_asks_for(lock: str) -> None:
    """A dependency that is added or raised is locked in the same change: scripts/lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = project["project"]["dependencies"] if lock == "runtime" else project["dependency-groups"]["dev"]
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    locked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))
    wanted = [Requirement(line) for line in asked]
    assert not [str(one) for one in wanted if not one.specifier.contains(locked.get(one.name, "0"))]


@pytest.mark.skipif(not packages_installed(), reason="no small local model: scripts/setup local-model")
def test_the_demo_answers_unattended(tmp_path: Path) -> None:
    """A stranger writes, is let in by the code, writes again and is answered; nothing is left (design 10)."""
    model, question = "local/smollm2-135m-instruct", "What is the capital of France?"
    directory = str(tmp_path / "demo")
    ended = run(
        str(ROOT / "scripts" / "demo"), "--model", model, "--say", question, OPENCLAW_DEMO_DIR=directory
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip()
    assert "Pairing code" not in ended.stdout
