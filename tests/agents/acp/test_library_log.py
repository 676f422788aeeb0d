"""What the protocol's library logs goes past nobody's eyes but ours, without what was said."""

from __future__ import annotations

import logging
from pathlib import Path

import acp.connection
import pytest
import structlog

from openclaw.agents.acp.library_log import keep_quiet


def _record(path: str, error: Exception | None = None) -> logging.LogRecord:
    info = (type(error), error, None) if error else None
    return logging.LogRecord("root", logging.ERROR, path, 1, "Unhandled error method=%s", ("x",), info)


def test_the_library_is_told_in_short_and_others_are_let_through(caplog: pytest.LogCaptureFixture) -> None:
    """Its errors show whole messages in what they say."""
    keep_quiet()
    keep_quiet()
    library, other = str(Path(acp.connection.__file__)), __file__
    with structlog.testing.capture_logs() as logged:
        logging.getLogger().handle(_record(library, ValueError("what Ada said")))
        logging.getLogger().handle(_record(other))
    assert logged == [
        {
            "event": "acp.library",
            "said": "Unhandled error method=x",
            "error": "ValueError",
            "log_level": "debug",
        }
    ]
    assert [record.pathname for record in caplog.records] == [other]
    caplog.clear()
