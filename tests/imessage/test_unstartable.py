"""A program that is there and cannot be started: its own fault is named, and not that it is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from openclaw.domain.health import ProbeCode
from openclaw.imessage.probe import probe_phone


@pytest.mark.parametrize(
    ("content", "detail", "fix"),
    [
        (
            "#!/no/such/shell\nexec true\n",
            "first line names is not there: /no/such/shell",
            "Correct the first line",
        ),
        ("#!/bin/sh\r\nexec true\r\n", "first line names is not there: /bin/sh\\r", "Correct the first line"),
        ("exec true\n", "neither a program for this machine nor a script", "#!/bin/sh"),
    ],
)
async def test_a_script_that_cannot_run_is_told_by_its_first_line(
    tmp_path: Path, content: str, detail: str, fix: str
) -> None:
    """The system says "No such file or directory" of the interpreter; the script itself is there."""
    script = tmp_path / "imsg"
    script.write_bytes(content.encode())
    script.chmod(0o755)

    probe = await probe_phone(str(script), None)

    assert (probe.code, str(script) in probe.detail) == (ProbeCode.IMSG_NOT_FOUND, True)
    assert detail in probe.detail
    assert fix in probe.fix


async def test_a_bare_name_is_told_with_the_path_in_which_it_was_looked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What launchd starts has a short PATH, which is the usual cause (requirements, troubleshooting)."""
    monkeypatch.setenv("PATH", str(tmp_path))

    probe = await probe_phone("imsg", None)

    assert probe.detail == f"imsg is in no folder of PATH ({tmp_path})"
    assert "full path in channels.imessage.cliPath" in probe.fix


async def test_a_directory_is_no_program(tmp_path: Path) -> None:
    """``chmod +x`` does not help it, which is what a refused right to run it would be answered with."""
    probe = await probe_phone(str(tmp_path), None)
    assert (probe.code, probe.detail) == (
        ProbeCode.IMSG_NOT_FOUND,
        f"{tmp_path} is a directory and no program",
    )
    assert "cliPath" in probe.fix
    assert "chmod" not in probe.fix
