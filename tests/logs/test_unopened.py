from __future__ import annotations

import pytest
import structlog

from openclaw.logs.unopened import warn_on_stderr


def test_a_command_warns_on_standard_error_and_keeps_the_rest_to_itself(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Standard output belongs to the answer, which a program may read (facts J)."""
    warn_on_stderr()
    log = structlog.get_logger("openclaw.test")
    log.info("not.told")
    log.warning("is.told", cause="a full disk")
    structlog.reset_defaults()
    said = capsys.readouterr()
    assert said.out == ""
    assert "is.told" in said.err
    assert "not.told" not in said.err
