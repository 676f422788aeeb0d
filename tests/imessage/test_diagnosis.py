"""The known conditions behind imsg's last words."""

from __future__ import annotations

from pathlib import Path

import pytest

from openclaw.errors import RequestFailed
from openclaw.imessage.command import ImsgCommand
from openclaw.imessage.diagnosis import diagnose, diagnose_error

REMOTE = ImsgCommand("imsg", "/there/chat.db", is_remote=True)
BANNER = "⚠️  Permission Error: cannot open /x\n\nunable to open database file\n\nimsg needs Full Disk Access"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BANNER, "permission-denied"),
        (
            'permissionDenied(path: "/x", underlying: unable to open database file (code: 14))',
            "permission-denied",
        ),
        ("authorization denied (code: 23)", "permission-denied"),
        ("permissionDenied(path: /x, underlying: No such file or directory)", "database-missing"),
        ("Unknown subcommand 'rpc' for command 'imsg'", "rpc-unsupported"),
        ('Error: unknown command "rpc" for "imsg"', "rpc-unsupported"),
        ("bash: line 1: imsg: command not found", "imsg-not-found"),
        ("ann@mac: Permission denied (publickey).", "ssh-key-refused"),
        ("Host key verification failed.", "ssh-host-unknown"),
    ],
)
def test_every_known_form_is_recognised(text: str, code: str) -> None:
    """Banners of all releases (imsg contract 1.9, 2), each with a fix."""
    found = diagnose([text], REMOTE)

    assert found is not None
    assert found.code == code
    assert found.fix


@pytest.mark.parametrize(
    "text", ["", "Permission denied, please try again.", "ssh: connect to host x: refused", "hello"]
)
def test_other_words_are_not_explained_away(text: str) -> None:
    """A refused SSH login is no missing Full Disk Access."""
    assert diagnose([text], REMOTE) is None


def test_a_banner_about_a_file_that_is_not_there_is_a_missing_database(tmp_path: Path) -> None:
    """imsg shows one banner for both; on this machine a look tells them apart."""
    absent, present = tmp_path / "absent.db", tmp_path / "present.db"
    present.touch()

    codes = [
        found.code
        for path in (absent, present)
        if (found := diagnose([BANNER], ImsgCommand("imsg", str(path), is_remote=False)))
    ]

    assert codes == ["database-missing", "permission-denied"]


def test_an_unavailable_database_of_strict_releases_is_recognised() -> None:
    """-32002 with an object as data (imsg contract 1.10)."""
    error = RequestFailed("chats.list", -32002, "m", {"detail": "authorization denied", "retry_safe": True})

    found = diagnose_error(error, REMOTE)

    assert found is not None
    assert found.code == "permission-denied"
    assert "authorization denied" in str(found)
