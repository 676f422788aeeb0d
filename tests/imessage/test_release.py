"""Reading the version beside everything else."""

from __future__ import annotations

from pathlib import Path

from tests.imessage.phones import scripted

from openclaw.imessage.command import imsg_command
from openclaw.imessage.release import reading_release


async def test_the_version_is_what_imsg_prints(tmp_path: Path) -> None:
    """``imsg --version`` (imsg contract 2)."""
    async with reading_release(imsg_command(scripted(tmp_path, "", version="0.8.1"), None, None)) as release:
        assert await release.version() == (0, 8, 1)


async def test_a_program_that_cannot_run_has_no_version(tmp_path: Path) -> None:
    """Never raises: the line itself will say what is wrong."""
    async with reading_release(imsg_command(str(tmp_path / "imsg"), None, None)) as release:
        assert await release.version() is None
