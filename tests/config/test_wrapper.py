"""Where a wrapper leads to."""

from __future__ import annotations

from pathlib import Path

import pytest

from openclaw.config.wrapper import detect_remote_host, host_in_wrapper


@pytest.mark.parametrize(
    ("line", "host"),
    [
        ('exec ssh -T gateway-host imsg "$@"', "gateway-host"),
        ('exec ssh -T user@gateway.example imsg "$@"', "user@gateway.example"),
        ('ssh -o BatchMode=yes mac /opt/homebrew/bin/imsg "$@"', "mac"),
        ('ssh bare-host imsg "$@"\nssh user@host true', "user@host"),
        ('exec ssh "$HOST" imsg "$@"', None),
        ("ssh 192.0.2.7 imsg", None),
        ("exec /usr/local/bin/imsg", None),
        ("ssh -x@host y", None),
    ],
)
def test_hosts_are_found_where_the_original_finds_them(line: str, host: str | None) -> None:
    """Behaviour facts G.1: a user@host first, else the word before imsg; variables are not resolved."""
    assert host_in_wrapper("#!/usr/bin/env bash\n" + line) == host


def test_only_a_readable_script_is_asked(tmp_path: Path) -> None:
    """A program, a missing file and the bare name say nothing."""
    (tmp_path / "script").write_text("ssh mac imsg")
    (tmp_path / "binary").write_bytes(b"\xff\xfe ssh mac imsg")

    assert detect_remote_host(str(tmp_path / "script")) == "mac"
    assert detect_remote_host(str(tmp_path / "binary")) is None
    assert detect_remote_host(str(tmp_path / "absent")) is None
    assert detect_remote_host("imsg") is None
