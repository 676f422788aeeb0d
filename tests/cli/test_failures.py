from __future__ import annotations

import errno
import json

import pytest

from openclaw.cli.failures import expected, report
from openclaw.errors import ConfigInvalid, ConfigIssue, ControlPortBusy, NotFound, PhoneUnusable


def test_an_expected_error_is_found_inside_groups():
    """A task group wraps what ended it; the operator still gets the one sentence (brief: no traceback)."""
    error = ControlPortBusy("port 1 cannot be used")
    assert expected(ExceptionGroup("outer", [ExceptionGroup("inner", [error])])) is error


def test_a_bug_is_never_taken_for_an_expected_error():
    """What nobody foresaw keeps its trace, also beside an error that was foreseen (style 19)."""
    assert expected(ValueError("bug")) is None
    assert expected(ExceptionGroup("both", [NotFound("x"), ValueError("bug")])) is None


def test_files_that_are_not_ours_are_a_message_and_a_missing_one_is_a_bug():
    """Rights and room are the operator's to mend; anything else of the system keeps its trace (style 19)."""
    refused = expected(PermissionError(13, "Permission denied", "/state/gateway.lock"))
    assert str(refused).startswith("/state/gateway.lock: Permission denied")
    assert expected(FileNotFoundError(2, "No such file", "/x")) is None


def test_a_full_disk_behind_standard_output_is_a_message():
    """A failed write names no file."""
    failure = expected(OSError(errno.ENOSPC, "No space left on device"))
    assert failure is not None
    assert "make room" in str(failure)


def test_fix_and_issues_are_part_of_the_report(capsys: pytest.CaptureFixture[str]):
    """A message names the fix (style 21), as text and as JSON."""
    report(PhoneUnusable("permission-denied", "may not read", "grant it"), as_json=False)
    assert capsys.readouterr().err == "Error: may not read\nFix: grant it\n"
    report(PhoneUnusable("permission-denied", "may not read", "grant it"), as_json=True)
    assert json.loads(capsys.readouterr().err) == {"error": "may not read", "fix": "grant it"}
    report(ConfigInvalid("f", [ConfigIssue("a.b", "is wrong")]), as_json=True)
    assert json.loads(capsys.readouterr().err)["issues"] == [{"path": "a.b", "message": "is wrong"}]


def test_a_message_cannot_move_the_cursor(capsys: pytest.CaptureFixture[str]):
    """Names that contacts chose may be part of a message."""
    report(NotFound("no chat \x1b[2J"), as_json=False)
    assert "\x1b" not in capsys.readouterr().err
