"""Nothing of these tests may leave a complaint behind: a task that nobody looked at, an error of the library's."""

from __future__ import annotations

import gc
import logging
from collections.abc import Generator

import pytest


@pytest.fixture(autouse=True)
def nobody_complains(caplog: pytest.LogCaptureFixture) -> Generator[None]:
    """What asyncio and the library complain of through logging fails the test."""
    yield
    gc.collect()
    complaints = [
        record.getMessage()
        for phase in ("setup", "call")
        for record in caplog.get_records(phase)
        if record.levelno >= logging.WARNING and record.name in ("root", "asyncio")
    ]
    assert complaints == []
