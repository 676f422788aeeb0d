"""What every test may ask for: a real ledger on a real disk."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from openclaw.store import Ledger, open_ledger


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncGenerator[Ledger]:
    """A new ledger, closed after the test."""
    async with open_ledger(tmp_path / "state") as opened:
        yield opened
