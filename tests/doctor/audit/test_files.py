"""What other users of the machine could do with the files, by the original's names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from openclaw.doctor.audit.files import AuditedFiles, judge
from openclaw.doctor.audit.findings import Level
from openclaw.doctor.checks.files import Seen
from openclaw.doctor.repairs import ChangeMode

STATE = Path("/home/ann/.openclaw")
FILE = STATE / "openclaw.json"


def found(**files: Any) -> list[tuple[str, Level]]:
    return [(one.check.value, one.level) for one in judge(AuditedFiles(STATE, **files))]


def directory(mode: int, **more: Any) -> Seen:
    return Seen(STATE, mode, is_directory=True, **more)


def test_closed_files_are_not_spoken_of() -> None:
    """Modes 0700 and 0600, no links."""
    closed = (Seen(FILE, 0o600),)
    assert (
        found(state=directory(0o700), config=closed[0], includes=closed, secrets=closed, sessions=closed)
        == []
    )


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"state": directory(0o777)}, ("fs.state_dir.perms_world_writable", Level.CRITICAL)),
        ({"state": directory(0o770)}, ("fs.state_dir.perms_group_writable", Level.WARN)),
        ({"state": directory(0o755)}, ("fs.state_dir.perms_readable", Level.WARN)),
        ({"state": directory(0o700, is_link=True)}, ("fs.state_dir.symlink", Level.WARN)),
        ({"config": Seen(FILE, 0o662)}, ("fs.config.perms_writable", Level.CRITICAL)),
        ({"config": Seen(FILE, 0o644)}, ("fs.config.perms_world_readable", Level.CRITICAL)),
        ({"config": Seen(FILE, 0o640)}, ("fs.config.perms_group_readable", Level.WARN)),
        ({"config": Seen(FILE, 0o600, is_link=True)}, ("fs.config.symlink", Level.WARN)),
        ({"includes": (Seen(FILE, 0o620),)}, ("fs.config_include.perms_writable", Level.CRITICAL)),
        ({"includes": (Seen(FILE, 0o604),)}, ("fs.config_include.perms_world_readable", Level.CRITICAL)),
        ({"includes": (Seen(FILE, 0o640),)}, ("fs.config_include.perms_group_readable", Level.WARN)),
        ({"includes": (Seen(FILE, 0o600, is_link=True),)}, ("fs.config_include.symlink", Level.WARN)),
        ({"credentials": (Seen(FILE, 0o620),)}, ("fs.credentials_dir.perms_writable", Level.CRITICAL)),
        ({"credentials": (Seen(FILE, 0o644),)}, ("fs.credentials_dir.perms_readable", Level.WARN)),
        ({"secrets": (Seen(FILE, 0o606),)}, ("fs.auth_profiles.perms_writable", Level.CRITICAL)),
        ({"secrets": (Seen(FILE, 0o640),)}, ("fs.auth_profiles.perms_readable", Level.WARN)),
        ({"sessions": (Seen(FILE, 0o644),)}, ("fs.sessions_store.perms_readable", Level.WARN)),
        ({"logs": (Seen(FILE, 0o644),)}, ("fs.log_file.perms_readable", Level.WARN)),
    ],
)
def test_each_open_file_has_the_name_of_the_original(
    files: dict[str, Any], expected: tuple[str, Level]
) -> None:
    """Behaviour facts L.3: checkId and severity; the worst thing about a file is told once."""
    assert found(**files) == [expected]


def test_an_open_file_can_be_closed_and_a_link_cannot() -> None:
    """--fix takes rights away, and never from what a link leads to."""
    [one] = judge(AuditedFiles(STATE, config=Seen(FILE, 0o644)))
    assert (one.modes, one.remediation) == ((ChangeMode(FILE, 0o600),), f"chmod 600 {FILE}")
    linked = list(judge(AuditedFiles(STATE, config=Seen(FILE, 0o644, is_link=True))))
    assert [one.modes for one in linked] == [(), ()]


def test_a_synchronised_directory_is_told() -> None:
    """Everything in it is on other machines too."""
    [one] = judge(AuditedFiles(Path("/Users/ann/Dropbox/openclaw")))
    assert (one.check.value, one.level, one.is_fixable) == ("fs.synced_dir", Level.WARN, False)
