"""What every test may ask for: a real ledger on a real disk. And what holds for every property: no clock decides."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from hypothesis import settings

from openclaw.store import Ledger, open_ledger

# How long an example takes says how busy the machine is, and nothing about what is tested.
settings.register_profile("here", deadline=None)
settings.load_profile("here")


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncGenerator[Ledger]:
    """A new ledger, closed after the test."""
    async with open_ledger(tmp_path / "state") as opened:
        yield opened
